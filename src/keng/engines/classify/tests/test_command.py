from __future__ import annotations

import json
from pathlib import Path

import pytest

from keng.cli import main
from keng.engines.classify import shipped

CODES = [
    "cheap_travel", "deepfake_call", "sim_lock", "fake_receipt", "relative_emergency", "child_model",
    "fake_lender", "gambling_or_loan_app", "fake_site", "forged_sender", "investment", "online_job",
    "stolen_profile", "fake_police", "fake_goods", "stolen_id_loan", "mistaken_transfer", "recovery_service",
    "otp_theft", "scare_rumour", "profile_recovery", "romance", "phishing_link", "lottery_tips",
]  # fmt: skip
WITHOUT_FORM = [
    "fake_vneid", "fake_bank_notice", "parcel", "traffic_fine", "utility_bill", "prize",
    "charity", "online_abduction", "sextortion", "remote_app", "other",
]  # fmt: skip


def rows_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_it_prints_a_line_for_each_good_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text('{"id":7,"text":"Me oi con ve tre","sender":"0912345678"}\n{"id":8}\n{"id":"b","text":""}\n')
    assert main(["classify", "-i", str(source), "-o", str(target)]) == 3
    first, second = rows_of(target)
    assert list(first)[:5] == ["id", "scam", "spam", "trick", "why"]
    assert first["trick"] is None and first["why"] == []
    assert second == {"id": "b", "scam": 0.0, "spam": 0.0, "trick": None, "why": [], "model": shipped().version}
    assert capsys.readouterr().err == 'line 2: "text" is missing\n3 read, 2 written, 1 skipped\n'


def test_the_tricks_are_the_closed_list_with_the_forms_in_order(tmp_path: Path) -> None:
    target = tmp_path / "tricks"
    assert main(["classify", "--tricks", "-o", str(target)]) == 0
    rows = rows_of(target)
    assert [row["code"] for row in rows] == CODES + WITHOUT_FORM
    assert [row["form"] for row in rows] == [*range(1, 25)] + [None] * len(WITHOUT_FORM)
    assert all(row[key] for row in rows for key in ("name_vi", "name_en", "advice_vi", "advice_en"))


def test_every_reason_given_is_on_the_list(tmp_path: Path) -> None:
    listed, target = tmp_path / "reasons", tmp_path / "out"
    assert main(["classify", "--reasons", "-o", str(listed)]) == 0
    judged = Path(__file__).parent / "judged" / "messages.tsv"
    texts = [line.split("\t")[4] for line in judged.read_text("utf-8").splitlines()]
    source = tmp_path / "in"
    source.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)))
    assert main(["classify", "-i", str(source), "-o", str(target)]) == 0
    given = {why["reason"] for row in rows_of(target) for why in row["why"]}  # type: ignore[attr-defined]
    rows = rows_of(listed)
    assert given <= {row["code"] for row in rows}
    assert all(list(row) == ["code", "vi", "en"] and row["vi"] and row["en"] for row in rows)


def test_another_model_is_compared_before_it_goes_live(tmp_path: Path) -> None:
    model = json.loads((Path(__file__).parents[1] / "data" / "model.json").read_text("utf-8"))
    model.update(version="calls everything a scam", start={"spam": 0.0, "scam": 99.0})
    other, source, target = tmp_path / "other.json", tmp_path / "in", tmp_path / "out"
    other.write_text(json.dumps(model))
    source.write_text('{"id":1,"text":"Me oi con ve tre, dung cho com"}\n')
    assert main(["classify", "-i", str(source), "-o", str(target), "--compare", str(other)]) == 0
    row = rows_of(target)[0]
    assert (row["model"], row["changes"], row["trick"]) == (shipped().version, True, None)
    assert row["other"]["model"] == "calls everything a scam" and row["other"]["scam"] > 0.5  # type: ignore[index]
    assert main(["classify", "-i", str(source), "-o", str(target), "--model", str(other)]) == 0
    assert rows_of(target)[0]["scam"] == row["other"]["scam"]  # type: ignore[index]


def test_the_version_of_the_model_is_told(tmp_path: Path) -> None:
    target = tmp_path / "version"
    assert main(["classify", "--version-of-model", "-o", str(target)]) == 0
    assert rows_of(target) == [{"model": shipped().version}]


@pytest.mark.parametrize("content", ["", "[]", '{"format":2}', '{"format":1}', "\udcff"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert main(["classify", "--model", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_it_gives_the_same_with_any_number_of_threads(tmp_path: Path) -> None:
    source = tmp_path / "in"
    line = '{"id":%d,"text":"Chuc mung ban trung thuong xe SH, dong phi 2 trieu nhan qua tai trian-%d.xyz"}\n'
    source.write_text("".join(line % (n, n) for n in range(3000)))
    results = []
    for threads in ("1", "2"):
        target = tmp_path / threads
        assert main(["classify", "-i", str(source), "-o", str(target), "--threads", threads]) == 0
        results.append(target.read_bytes())
    assert results[0] == results[1]
