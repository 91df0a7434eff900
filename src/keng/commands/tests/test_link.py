"""`keng link` as a command: contract sections 1 and 5."""

import io
import json
import re
import sys
from pathlib import Path

import pytest

from keng import cli

ACCOUNT = [{"kind": "account", "value": "970436:1017588888", "start": 3}]


def row(number: int, text: str = "", indicators: object = (), **more: object) -> dict[str, object]:
    return {
        "id": f"r{number}",
        "at": f"2026-03-05T07:30:{number % 60:02}Z",
        "text": text,
        "indicators": indicators,
        **more,
    }


def link(tmp_path: Path, rows: list[object], *words: str) -> tuple[int, list[dict[str, object]]]:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows]
    source.write_text("\n".join(texts), encoding="utf-8")
    status = cli.main(["link", "-i", str(source), "-o", str(target), "--threads", "1", *words])
    read = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
    return status, [json.loads(line) for line in read]


def test_one_line_a_report_in_input_order_with_why(tmp_path: Path):
    status, found = link(tmp_path, [row(2, "b", ACCOUNT), row(1, "a", ACCOUNT), row(3)])
    assert status == 0
    assert [one["id"] for one in found] == ["r2", "r1", "r3"]
    assert found[0]["campaign"] == found[1]["campaign"] != found[2]["campaign"]
    assert found[0]["why"] == [{"with": "r1", "kind": "account", "value": "970436:1017588888"}]
    assert found[2]["why"] == []
    assert all(re.fullmatch(r"[ -~]{1,32}", str(one["campaign"])) for one in found)


def test_indicators_are_found_when_null_or_absent_and_not_when_none_are_given(tmp_path: Path):
    text = "Chuyển 500k vào VCB 1017588888 ngay"
    absent = {key: value for key, value in row(2, text + " nhé").items() if key != "indicators"}
    _, found = link(tmp_path, [row(1, text, None), absent, row(3, text + " giúp", [])])
    assert found[0]["campaign"] == found[1]["campaign"] != found[2]["campaign"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "not JSON"),
        ({"id": "x", "text": ""}, '"at" is missing'),
        ({"id": "x", "at": "yesterday", "text": ""}, '"at" is not a time'),
        ({"id": "x", "at": 5, "text": ""}, '"at" is not a string'),
        ({"id": True, "at": "2026-03-05", "text": ""}, '"id" is neither'),
        (row(9, indicators={}), '"indicators" is not a list'),
        (row(9, indicators=[{"kind": "phone"}]), '"indicators" has one without'),
        (row(1, "khác"), "another text"),
        (row(9, "x" * (1 << 20) + "x"), "over 1 MiB"),
    ],
)
def test_a_bad_row_is_told_and_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: object, reason: str):
    status, found = link(tmp_path, [row(1, "a"), bad, row(3)])
    told = capsys.readouterr().err.splitlines()
    assert status == 3 and [one["id"] for one in found] == ["r1", "r3"]
    assert told[0].startswith("line 2: ") and reason in told[0]
    assert told[-1] == "3 read, 2 written, 1 skipped"


def test_under_strict_nothing_is_written_and_the_state_stays(tmp_path: Path):
    state = ("--state", str(tmp_path / "state"))
    assert link(tmp_path, [row(1, "a")], *state)[0] == 0
    (tmp_path / "out.jsonl").unlink()
    assert link(tmp_path, [row(2), "{"], "--strict", *state) == (2, [])
    assert link(tmp_path, [row(2, "anything")], *state)[0] == 0


def test_no_rows_are_no_lines(tmp_path: Path):
    assert link(tmp_path, []) == (0, [])


def test_bad_rows_alone_are_no_lines(tmp_path: Path):
    assert link(tmp_path, ["{", "[]"]) == (3, [])


def test_the_same_report_again_prints_its_campaign(tmp_path: Path):
    state = ("--state", str(tmp_path / "state"))
    _, first = link(tmp_path, [row(1, "a", ACCOUNT), row(1, "a", ACCOUNT), row(2, "b", ACCOUNT)], *state)
    _, again = link(tmp_path, [row(1, "a", [], at="1999-01-01"), row(2, "b")], *state)
    assert len(first) == 3 and len({one["campaign"] for one in first + again}) == 1


def test_merges_come_first_and_the_older_stays(tmp_path: Path):
    state = ("--state", str(tmp_path / "state"))
    other = [{"kind": "wallet", "value": "eth:0xabc"}]
    _, first = link(tmp_path, [row(5, "a", ACCOUNT), row(4, "b", other)], *state)
    _, later = link(tmp_path, [row(6, "c", ACCOUNT + other)], *state)
    assert later[0] == {"merged": first[0]["campaign"], "into": first[1]["campaign"]}
    assert later[1]["campaign"] == first[1]["campaign"] and len(later) == 2


def test_a_stream_prints_as_it_reads_with_merges_in_between(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    other = [{"kind": "wallet", "value": "eth:0xabc"}]
    rows = [row(1, "a", ACCOUNT), row(2, "b", other), row(3, "c", ACCOUNT + other)]
    source = io.TextIOWrapper(io.BytesIO("\n".join(map(json.dumps, rows)).encode()))
    monkeypatch.setattr(sys, "stdin", source)
    assert cli.main(["link", "--stream"]) == 0
    found = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [one.get("id", "merge") for one in found] == ["r1", "r2", "merge", "r3"]
    assert found[2] == {"merged": found[1]["campaign"], "into": found[0]["campaign"]}


def test_a_folder_that_is_no_state_is_unusable(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", encoding="utf-8")
    assert link(tmp_path, [row(1)], "--state", str(tmp_path / "mine"))[0] == 2
    assert "no state folder" in capsys.readouterr().err


def test_bad_days_together_skip_nothing_that_is_usable(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    hub = [{"kind": "phone", "value": "19001009"}]
    rows: list[object] = [
        "\ufeff" + json.dumps(row(1, "")) + "\r",
        "",
        row(2, "x " * (1 << 19)),  # a MiB to the byte
        row(3, "", hub),
        row(4, "", hub),
        row(5, "a", ACCOUNT, at="0001-01-01T00:00:00Z"),
        row(6, "b", ACCOUNT, at="9999-12-31T23:59:59Z"),
        row(7, "\ud800" * 3, at="2026-03-05"),
    ]
    rows[-1] = json.dumps(rows[-1])
    status, found = link(tmp_path, rows)
    assert status == 0 and [one["id"] for one in found] == [f"r{number}" for number in range(1, 8)]
    assert len({one["campaign"] for one in found}) == 6
    assert found[4]["campaign"] == found[5]["campaign"]
    assert capsys.readouterr().err.splitlines()[-1] == "7 read, 7 written, 0 skipped"


def test_another_text_under_a_kept_id_is_a_bad_row_also_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    state = ("--state", str(tmp_path / "state"))
    link(tmp_path, [row(1, "a", ACCOUNT)], *state)
    capsys.readouterr()
    status, found = link(tmp_path, [row(1, "b", ACCOUNT), row(2, "c", ACCOUNT)], *state)
    assert status == 3 and [one["id"] for one in found] == ["r2"]
    assert "another text" in capsys.readouterr().err


def test_codes_of_merged_campaigns_are_not_given_again(tmp_path: Path):
    state = ("--state", str(tmp_path / "state"))
    seen: set[object] = set()
    for call in range(4):
        pair = [[{"kind": "wallet", "value": f"eth:0x{2 * call + side}"}] for side in range(2)]
        first = 10 * call
        _, apart = link(tmp_path, [row(first, "", pair[0]), row(first + 1, "", pair[1])], *state)
        assert not seen & {one["campaign"] for one in apart}
        seen |= {one["campaign"] for one in apart}
        _, merged = link(tmp_path, [row(first + 2, "", pair[0] + pair[1])], *state)
        assert merged[0].keys() == {"merged", "into"} and merged[1]["campaign"] == merged[0]["into"]


def test_the_number_of_threads_changes_no_byte(tmp_path: Path):
    rows = [
        row(number, f"tin {number} " + "chuyển khoản ngay " * 30, ACCOUNT if number % 3 else [])
        for number in range(600)
    ]
    _, one = link(tmp_path, list(rows))
    first = (tmp_path / "out.jsonl").read_bytes()
    assert link(tmp_path, list(rows), "--threads", "2")[0] == 0
    assert (tmp_path / "out.jsonl").read_bytes() == first and len(one) == 600
