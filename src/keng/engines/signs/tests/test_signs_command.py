"""`keng signs`: what it takes, what it refuses, and that a refusal leaves nothing behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keng.cli import main
from keng.engines.signs.tests.worlds import make_world, write_world


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return write_world(make_world(3), tmp_path / "in")


def run(files: dict[str, str], *more: str, out: Path, **others: str) -> int:
    given = {**{name: files[name] for name in ("accounts", "transfers")}, **others}
    options = [part for name, path in given.items() for part in (f"--{name}", path)]
    return main(["signs", *options, "-o", str(out), "--threads", "1", "--as-of", "2026-11-20", *more])


def csv(path: Path, text: str | bytes) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def test_a_mule_is_told_with_figures_and_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    moves, at = [], datetime(2026, 11, 20, 2, tzinfo=UTC)
    for n in range(6):
        moves.append(f"{2 * n + 1},97041{n}:5,970400:1,10000000,2026-11-20 09:{n * 6:02d}:00")  # Vietnam's clock
        moves.append(f"{2 * n + 2},970400:1,cash:9,9700000,2026-11-20T02:{n * 6 + 4:02d}:00Z")
    transfers = csv(tmp_path / "t.csv", "transfer_id,from_account,to_account,amount,at\n" + "\n".join(moves) + "\n")
    accounts = csv(tmp_path / "a.csv", "record_id;full_name\n970400:1;Nguyễn Thị Bắp\n970400:2;X\n")
    assert run({"accounts": accounts, "transfers": transfers}, out=tmp_path / "out.jsonl") == 0
    (row,) = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert (row["subject"], row["sign"], at.year) == ("970400:1", "S3", 2026)
    assert row["figures"] == {
        "senders": 6,
        "credits": 6,
        "received": 60_000_000,
        "hours": 1,
        "minutes": 4,
        "out_percent": 97,
    }
    assert row["vi"].startswith("Nhận từ 6 tài khoản trong 1 giờ (60.000.000 đồng)")
    assert row["behind"] == [str(n) for n in (1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12)]
    assert "Bắp" not in (tmp_path / "out.jsonl").read_text("utf-8")
    summary = {line["sign"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (summary["S3"]["held"], summary["S6G"]["state"], summary["S4"]["missing"]) == (1, "off", ["listed"])


def test_a_sign_on_age_place_or_job_needs_an_assessment(files, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "o.parquet"
    assert run(files, "--sign", "S6G", out=out) == 2
    said = capsys.readouterr().err
    assert "đánh giá tác động" in said
    assert "assessment" in said
    assert not out.exists()
    assert run(files, "--sign", "S6G", "--assessment", "ĐG-12/2026", out=out) == 0
    assert json.loads(capsys.readouterr().out)["assessment"] == "ĐG-12/2026"


@pytest.mark.parametrize("reference", ["", "no number", "./nowhere/assessment", "x" * 200])
def test_an_assessment_that_is_none_is_refused(files, tmp_path: Path, reference: str):
    assert run(files, "--assessment", reference, out=tmp_path / "o.parquet") == 2
    assert not (tmp_path / "o.parquet").exists()


def test_an_assessment_in_a_file_is_kept_by_its_hash(files, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    document = csv(tmp_path / "danh-gia.pdf", b"%PDF")
    assert run(files, "--sign", "S6G", "--assessment", document, out=tmp_path / "o.parquet") == 0
    assert json.loads(capsys.readouterr().out)["assessment"].startswith("danh-gia.pdf sha256:")
    assert run(files, "--assessment", csv(tmp_path / "empty.pdf", b""), out=tmp_path / "p.parquet") == 2


HEAD = "transfer_id,from_account,to_account,amount,at\n"
BAD = {
    "a column is missing": "transfer_id,from_account,to_account,amount\n1,a,b,5\n",
    "a null": HEAD + "1,,b,5,2026-01-01\n",
    "an amount of nothing": HEAD + "1,a,b,0,2026-01-01\n",
    "an amount that is no number": HEAD + "1,a,b,5tr,2026-01-01\n",
    "no time": HEAD + "1,a,b,5,yesterday\n",
    "an id twice": HEAD + "1,a,b,5,2026-01-01\n1,a,b,5,2026-01-01\n",
    "a row too short": HEAD + "1,a,b,5,2026-01-01\n2,a\n",
    "two encodings": HEAD.encode()
    + "1,tài,b,5,2026-01-01\n".encode()
    + "2,tài,b,5,2026-01-01\n".encode("cp1258", "replace"),
    "UTF-16": HEAD.encode("utf-16"),
    "nothing at all": b"",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_whole_in_both_languages(files, tmp_path: Path, content, capsys):
    out = tmp_path / "o.parquet"
    assert run(files, out=out, transfers=csv(tmp_path / "bad.csv", content)) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 2
    assert said[0] != said[1]
    assert "transfers" in said[0]
    assert "tài" not in " ".join(said)
    assert [path.name for path in tmp_path.iterdir() if "o.parquet" in path.name] == []


def test_the_line_of_another_encoding_is_told(files, tmp_path: Path, capsys):
    run(files, out=tmp_path / "o.parquet", transfers=csv(tmp_path / "bad.csv", BAD["two encodings"]))
    assert "line 3" in capsys.readouterr().err


@pytest.mark.parametrize("kept", [0, 3, 200, -8])
def test_a_cut_off_parquet_is_refused(files, tmp_path: Path, kept: int, capsys):
    whole = Path(files["transfers"]).read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:kept])
    assert run(files, out=tmp_path / "o.parquet", transfers=str(tmp_path / "cut.parquet")) == 2
    assert "Parquet" in capsys.readouterr().err
    assert not (tmp_path / "o.parquet").exists()


def test_a_parquet_with_damaged_pages_is_refused(files, tmp_path: Path):
    whole = bytearray(Path(files["transfers"]).read_bytes())
    whole[4:400] = b"\xff" * 396
    (tmp_path / "bad.parquet").write_bytes(whole)
    assert run(files, out=tmp_path / "o.parquet", transfers=str(tmp_path / "bad.parquet")) == 2
    assert not (tmp_path / "o.parquet").exists()


def test_a_repeated_account_is_refused(files, tmp_path: Path):
    accounts = csv(tmp_path / "a.csv", "record_id\na\na\n")
    assert run(files, out=tmp_path / "o.parquet", accounts=accounts) == 2


@pytest.mark.parametrize("ids", [[1, 2, 2], [2, 1, 2], [3, 3, 4]])
def test_a_repeated_transfer_is_refused_in_whatever_order(files, tmp_path: Path, ids: list[int]):
    table = pq.read_table(files["transfers"])
    assert table.num_rows >= 3
    pq.write_table(table.slice(0, 3).set_column(0, "transfer_id", pa.array(ids, pa.uint64())), tmp_path / "t.parquet")
    assert run(files, out=tmp_path / "o.parquet", transfers=str(tmp_path / "t.parquet")) == 2
    pq.write_table(table.slice(0, 3).set_column(0, "transfer_id", pa.array([9, 4, 7])), tmp_path / "t.parquet")
    assert run(files, out=tmp_path / "o.parquet", transfers=str(tmp_path / "t.parquet")) == 0


def test_no_rows_give_the_columns_and_no_rows(files, tmp_path: Path, capsys):
    transfers = csv(tmp_path / "t.csv", HEAD)
    assert run(files, out=tmp_path / "o.parquet", transfers=transfers) == 0
    assert "transfers: không có dòng nào" in capsys.readouterr().err
    table = pq.read_table(tmp_path / "o.parquet")
    assert table.num_rows == 0
    assert "behind" in table.column_names


def test_a_refusal_leaves_what_stood_there(files, tmp_path: Path):
    out = tmp_path / "o.parquet"
    out.write_bytes(b"before")
    assert run(files, out=out, accounts=str(tmp_path / "nowhere.parquet")) == 2
    assert out.read_bytes() == b"before"


def test_without_inputs_or_output_it_says_what_is_missing(files, tmp_path: Path, capsys):
    assert main(["signs", "-o", str(tmp_path / "o")]) == 2
    assert main(["signs", "--sims", files["sims"]]) == 2
    assert run(files, "--sign", "S9", out=tmp_path / "o") == 2
    assert run(files, "--sign", "S4", out=tmp_path / "o") == 2
    assert "--listed" in capsys.readouterr().err


def test_the_rules_are_printed_with_who_set_each_figure(capsys):
    assert main(["signs", "--rules", "--as-of", "2026-11-20"]) == 0
    rules = {rule["code"]: rule for rule in map(json.loads, capsys.readouterr().out.splitlines())}
    assert rules["S4"]["parameters"][0]["set_by"] == "published"
    assert rules["S3"]["parameters"][0] | {"vi": "", "en": ""} == {
        "name": "senders", "value": 5, "unit": "accounts", "set_by": "project", "confirmed": False, "vi": "", "en": "",
    }  # fmt: skip


def test_lists_verdicts_and_owners_give_their_signs(tmp_path: Path):
    pq.write_table(pa.table({"record_id": ["a", "b", "c"], "holder_id": [1234567890, 5, 7]}), tmp_path / "a.parquet")
    files = {
        "accounts": str(tmp_path / "a.parquet"),
        "transfers": csv(tmp_path / "t.csv", HEAD),
        "verdicts": csv(tmp_path / "v.csv", "record_id,verdict\na,conflict\nb,mismatch\nc,verified\n"),
        "offered": csv(tmp_path / "o.csv", "account,list\nb,chợ 1\nb,chợ 2\nb,chợ 2\nz,chợ 1\n"),
        "warned": csv(tmp_path / "w.csv", "holder_id\n001 234 567 890\n"),
    }
    assert run(files, out=tmp_path / "o.jsonl", **files) == 0
    rows = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text("utf-8").splitlines()]
    assert [(row["sign"], row["subject"]) for row in rows] == [("S1", "a"), ("S2", "b"), ("S5", "a")]
    assert rows[0]["vi"].endswith("số giấy tờ là của người khác.")
    assert rows[1]["figures"] == {"lists": 2}
