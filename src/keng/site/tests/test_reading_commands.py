"""`keng replay` and `keng verdicts export`: what they print, and that they change nothing unless told to."""

from __future__ import annotations

import json

import pytest

from keng.cli import main
from keng.conftest import SCAM
from keng.desk.fraud.corrections import actions
from keng.desk.fraud.corrections.models import Change, Replay
from keng.desk.fraud.verdicts import live
from keng.desk.fraud.verdicts.models import StoredModel, Verdict
from keng.desk.fraud.verdicts.tests.made import model_file
from keng.engines.classify import classify, shipped

TRICK = classify(SCAM).trick


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "new.json"
    path.write_bytes(model_file())
    return str(path)


def test_a_replay_tells_the_moves_the_sums_and_the_reports_and_changes_nothing(cast, model, tmp_path, capsys):
    judged, plain = cast.report(), cast.report()
    actions.correct(cast.first, judged.report.pk, "true", cast.keys, now=cast.clock.at)
    before = list(Verdict.objects.order_by("pk").values())

    assert main(["replay", "--model", model, "--changes", str(tmp_path / "changes")]) == 0

    move, sums = lines(capsys.readouterr().out)
    assert move == {"from": TRICK, "to": "true", "reports": 2, "judged": 1, "was_right": 0, "would_be_right": 1}
    assert sums == {"model": "test-1", "reports": 2, "judged": 1, "was_right": 0, "would_be_right": 1, "changed": 2}
    changes = lines((tmp_path / "changes").read_text("utf-8"))
    assert [(one["report"], one["said"], one["model"]) for one in changes] == [
        (plain.report.code, None, shipped().version),
        (judged.report.code, "true", shipped().version),
    ]
    assert list(Verdict.objects.order_by("pk").values()) == before
    assert not StoredModel.objects.exists() and not Replay.objects.exists() and not Change.objects.exists()


def test_only_the_newest_and_offered_for_the_page(cast, model, capsys):
    for _ in range(3):
        cast.report()

    assert main(["replay", "--model", model, "--newest", "2", "--offer"]) == 0

    assert lines(capsys.readouterr().out)[-1]["reports"] == 2
    assert StoredModel.objects.get().version == "test-1"
    assert live.chosen() == shipped().version


@pytest.mark.parametrize("arguments", [["--model", "/nowhere.json"], ["--newest", "0"]])
def test_what_cannot_be_done_is_status_2(cast, model, capsys, arguments):
    assert main(["replay", *(["--model", model] if "--model" not in arguments else []), *arguments]) == 2
    assert capsys.readouterr().err


def test_the_export_leaves_texts_out_unless_a_purpose_is_stated(cast, capsys, tmp_path):
    actions.correct(cast.first, cast.report().report.pk, "investment", cast.keys, now=cast.clock.at)

    assert main(["verdicts", "export"]) == 0
    [line] = lines(capsys.readouterr().out)
    assert (line["said"], line["right"], "text" in line) == ("investment", False, False)
    assert main(["verdicts", "export", "--texts", "-o", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()
    assert main(["verdicts", "export", "--texts", "--purpose", "đo mô hình", "-o", str(tmp_path / "out")]) == 0
    assert lines((tmp_path / "out").read_text("utf-8"))[0]["text"] == SCAM
    assert main(["verdicts", "export", "--since", "2027-01-01T00:00:00Z"]) == 0
    assert capsys.readouterr().out == ""
