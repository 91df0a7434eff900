"""One word of an officer on a verdict: written, replaced, taken back, counted, and exported without what anybody wrote."""

from __future__ import annotations

import json

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.corrections import actions, exporting, queries
from keng.desk.fraud.corrections.models import Correction
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.actions import erase
from keng.desk.fraud.reports.models import ErasedWhy, Report
from keng.desk.fraud.verdicts.models import Verdict
from keng.desk.fraud.verdicts.tests.made import SCAM
from keng.desk.ground.ledger import queries as ledger
from keng.engines.classify import classify, shipped
from keng.vietnam import rules

TRICK = classify(SCAM).trick


def say(cast, received, said="right", officer=None):
    return actions.correct(officer or cast.first, received.report.pk, said, cast.keys, now=cast.clock.at)


def rate(cast, machine=TRICK):
    found = queries.rate_of(shipped().version, machine, cast.clock.at.date())
    return found.judged, found.right


def test_one_word_stands_and_the_ledger_tells_what_it_replaced_by_codes(cast):
    received = cast.report()

    say(cast, received)
    say(cast, received, "investment", cast.second)

    standing = queries.standing(received.report.pk)
    assert (standing.machine, standing.said, standing.officer) == (TRICK, "investment", cast.second)
    assert Correction.objects.count() == 2
    told = [one.facts for one in ledger.entries_on(received.report.subject) if one.verb == "verdicts.correct"]
    assert told[0] == {"model": shipped().version, "machine": TRICK, "said": "investment"}


def test_taken_back_nothing_stands_and_nothing_is_counted(cast, entries):
    received = cast.report()
    say(cast, received, "true")

    actions.undo(cast.second, received.report.pk, now=cast.clock.at)

    assert queries.standing(received.report.pk) is None
    assert rate(cast) == (0, 0)
    assert entries(received.report.subject)[-2:] == ["verdicts.correct", "verdicts.undo"]
    with pytest.raises(ConflictError, match="nothing_said"):
        actions.undo(cast.first, received.report.pk, now=cast.clock.at)


def test_the_same_word_twice_is_told(cast):
    received = cast.report()
    say(cast, received, TRICK)

    with pytest.raises(ConflictError, match="said_already"):
        say(cast, received)
    assert Correction.objects.count() == 1


@pytest.mark.parametrize("said", ["", "nonsense", "RIGHT", "x" * 500])
def test_a_trick_that_is_none_is_refused(cast, said):
    with pytest.raises(InputError, match="no_call"):
        say(cast, cast.report(), said)


def test_what_has_no_word_or_is_erased_cannot_be_judged(cast):
    with pytest.raises(ConflictError, match="nothing_judged"):
        say(cast, cast.report(text=""))
    gone = cast.report()
    erase(gone.report.pk, ErasedWhy.REQUEST, actor="system:test", now=cast.clock.at)
    with pytest.raises(ConflictError, match="erased"):
        say(cast, gone)


def test_a_report_without_a_kept_verdict_is_judged_by_the_live_model_for_it(cast):
    received = cast.report()
    Verdict.objects.all().delete()

    assert say(cast, received, "true").machine == TRICK


def test_only_an_officer_may(cast):
    received = cast.report()

    for officer in (cast.auditor, cast.operator):
        with pytest.raises(RefusedError, match="not_allowed"):
            say(cast, received, "true", officer)
    assert not Correction.objects.exists()


def test_a_verdict_does_not_move_when_it_is_corrected(cast):
    received = cast.report()
    before = reports.stored_verdict(received.report)

    say(cast, received, "true")

    assert reports.stored_verdict(Report.objects.get()) == before


def test_the_table_tells_each_model_and_call_and_the_rate_once_there_are_enough(cast):
    enough = rules.limit("verdicts.enough", cast.clock.at.date()).value
    some = [cast.report() for _ in range(enough)]
    for number, received in enumerate(some[:-1]):
        say(cast, received, "right" if number % 3 else "parcel")
    [row] = queries.table(cast.auditor, cast.clock.at.date())
    assert not row.rate.enough

    say(cast, some[-1], "true")

    [row] = queries.table(cast.first, cast.clock.at.date())
    wrong = len(range(0, enough - 1, 3))
    assert (row.model, row.machine, row.instead) == (shipped().version, TRICK, (("parcel", wrong), ("true", 1)))
    assert (row.rate.judged, row.rate.right, row.rate.enough) == (enough, enough - wrong - 1, True)
    assert rate(cast) == (enough, enough - wrong - 1)


# --- export


def test_the_export_holds_no_word_that_anybody_wrote_and_nothing_was_looked_at(cast, entries):
    received = cast.report()
    say(cast, received, "investment")

    [line] = exporting.rows()

    assert line == {
        "report": received.report.code, "channel": "api", "received_at": "2026-11-21T07:30:00Z", "model": shipped().version,
        "machine": TRICK, "said": "investment", "right": False, "said_at": "2026-11-21T07:30:00Z",
    }  # fmt: skip
    assert "reports.look" not in entries()
    assert not any(word in json.dumps(line) for word in SCAM.split() if len(word) > 6)


def test_texts_leave_only_for_a_purpose_and_their_reporter_sees_that(cast):
    received = cast.report(sender="VCB")
    say(cast, received)
    with pytest.raises(InputError, match="no_purpose"):
        list(exporting.rows_with_texts(cast.keys, "  ", now=cast.clock.at))

    [line] = exporting.rows_with_texts(cast.keys, "đo mô hình mới", now=cast.clock.at)

    assert (line["text"], line["sender"], line["right"]) == (SCAM, "VCB", True)
    [look] = reports.track(received.receipt, cast.keys, now=cast.clock.at).looks
    assert look.purpose.en == "To measure and correct the machine that reads"


def test_what_was_erased_or_taken_back_is_not_evaluation_data(cast):
    erased, undone = cast.report(), cast.report()
    say(cast, erased)
    say(cast, undone)
    actions.undo(cast.first, undone.report.pk, now=cast.clock.at)
    erase(erased.report.pk, ErasedWhy.REQUEST, actor="system:test", now=cast.clock.at)

    [line] = exporting.rows_with_texts(cast.keys, "đo", now=cast.clock.at)

    assert (line["report"], line["text"]) == (erased.report.code, None)
