"""A verdict for each report from its own transaction on; which model gives it; what is left of it once the report is erased."""

from __future__ import annotations

import json

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import queries, repeats
from keng.desk.fraud.reports.actions import erase
from keng.desk.fraud.reports.models import ErasedWhy, Report
from keng.desk.fraud.reports.origin import Origin
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.fraud.verdicts import actions, live
from keng.desk.fraud.verdicts import queries as verdicts
from keng.desk.fraud.verdicts.models import Choice, StoredModel, Verdict
from keng.desk.fraud.verdicts.tests.made import SCAM, model_file
from keng.desk.ground.gate.sources import day_key
from keng.engines.classify import classify, shipped, tricks
from keng.vietnam import rules

HARMLESS = "Mẹ ơi con về trễ, đừng chờ cơm"


def opened(cast, received):
    return unlock(Report.objects.get(pk=received.report.pk), cast.keys)


def test_a_report_has_the_verdict_of_its_text_with_the_model_that_gave_it(cast):
    received = cast.report()

    row, said = Verdict.objects.get(pk=received.report.pk), classify(SCAM)
    assert (row.called, row.scam, row.spam, row.model) == (said.trick, said.scam, said.spam, shipped().version)
    assert row.why == [[one.start, one.end, one.reason] for one in said.why] != []
    assert row.called in {one.code for one in tricks()}


def test_the_sender_that_the_reporter_names_counts(cast):
    text = "Quy khach co giao dich 2.000.000d. Chi tiet lien he 1900545413"
    plain, forged = cast.report(text=text, loss=None), cast.report(text=text, loss=None, sender="+855971234567")

    assert queries.stored_verdict(forged.report).scam == classify(text, sender="+855971234567").scam
    assert queries.stored_verdict(forged.report).scam > queries.stored_verdict(plain.report).scam


def test_of_an_sms_by_the_grammar_the_complained_of_text_is_judged_in_its_place(cast):
    inner = "VCB: TK bi khoa, xac thuc ngay tai vcb-xacthuc.top, nhap ma OTP"
    received = cast.report(channel="sms", text=f"LD (0912345678) ({inner})", loss=None)

    judged = queries.stored_verdict(received.report)
    assert judged.called == classify(inner, sender="0912345678").trick
    text = opened(cast, received).text()
    assert all(text[one.start : one.end] in inner for one in judged.why)


@pytest.mark.parametrize("text", ["", "  \n ", "LD (0912345678)"])
def test_a_report_without_a_word_has_none(cast, text):
    received = (
        cast.report(channel="sms" if text.startswith("LD") else "api", text=text)
        if text.strip()
        else cast.report(text=text)
    )

    assert not Verdict.objects.exists()
    assert queries.verdict_of(opened(cast, received)) is None


def test_a_report_from_before_there_were_verdicts_is_judged_when_it_is_opened(cast):
    received = cast.report()
    Verdict.objects.all().delete()

    judged = queries.verdict_of(opened(cast, received))

    assert judged.called == classify(SCAM).trick
    assert not Verdict.objects.exists()  # looking writes nothing


def test_copies_of_one_original_share_the_verdict_of_the_first(cast):
    repeats.counter.seen.clear()
    origin = Origin(day_key(cast.keys, cast.clock.at))
    body = json.dumps({"channel": "api", "text": SCAM + " một nghìn lần"}).encode()
    some = [
        reports.receive(body, cast.keys, retry_key=None, origin=origin, now=cast.clock.at)
        for _ in range(rules.limit("reports.repeats", cast.clock.at.date()).value + 2)
    ]
    repeats.counter.seen.clear()

    last = Report.objects.get(pk=some[-1].report.pk)
    assert last.shared_id and not Verdict.objects.filter(pk=last.pk).exists()
    assert queries.stored_verdict(last) == queries.stored_verdict(some[0].report)


def test_erasing_a_report_leaves_what_it_was_called_and_no_place_in_its_text(cast):
    received = cast.report()
    called = Verdict.objects.get().called

    erase(received.report.pk, ErasedWhy.REQUEST, actor="system:test", now=cast.clock.at)

    row = Verdict.objects.get()
    assert (row.called, row.why) == (called, [])


def test_no_words_of_a_report_are_kept_with_its_verdict(cast, stored_bytes):
    cast.report(text="Chuyển cho tôi mã otp ngay kẻo khoá thẻ Xoàiriêngbiệt", loss=None)

    assert "Xoàiriêngbiệt".encode() not in stored_bytes()


# --- models


def put_live(cast, version, officer=None):
    actions.put_live(officer or cast.operator, version, now=cast.clock.at)
    live.forget()  # what the commit does


@pytest.fixture
def other(cast):
    return actions.add_model(model_file(), actor="system:test", now=cast.clock.at)


def test_another_model_reads_what_comes_once_it_is_live_and_nothing_that_was_read(cast, other):
    before = cast.report()
    assert queries.stored_verdict(before.report).model == shipped().version

    put_live(cast, other)
    after = cast.report()

    assert (queries.stored_verdict(after.report).model, queries.stored_verdict(after.report).called) == (other, "true")
    assert queries.stored_verdict(before.report).called == classify(SCAM).trick


def test_one_goes_back_to_the_programs_own(cast, other):
    put_live(cast, other)
    put_live(cast, shipped().version)

    assert live.model() is shipped()
    assert [one.version for one in verdicts.models() if one.is_live] == [shipped().version]
    assert Choice.objects.count() == 2


def test_each_step_is_in_the_ledger(cast, entries, other):
    put_live(cast, other)

    assert entries(f"model:{other}") == ["models.add", "models.put_live"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"\xff", b'{"format": 2}', b"[" * 100_000, b'{"format": 1, "version": "x"}']
)
def test_what_is_no_model_is_refused(cast, body):
    with pytest.raises(InputError, match="no_model"):
        actions.add_model(body, actor="system:test", now=cast.clock.at)
    assert not StoredModel.objects.exists()


def test_the_same_file_twice_is_one_model_and_another_under_its_name_is_refused(cast, other):
    assert actions.add_model(model_file(), actor="system:test", now=cast.clock.at) == other
    with pytest.raises(ConflictError, match="other_model"):
        actions.add_model(model_file(scam=-50.0), actor="system:test", now=cast.clock.at)
    assert StoredModel.objects.count() == 1


def test_only_who_leads_the_operators_puts_one_live_with_a_fresh_proof(cast, other):
    with pytest.raises(RefusedError, match="not_allowed"):
        put_live(cast, other, cast.first)
    cast.operator.proven_at = None
    with pytest.raises(RefusedError, match="proof_needed"):
        put_live(cast, other)
    assert live.model() is shipped()


def test_a_model_that_is_not_there_or_is_live_is_told(cast, other):
    with pytest.raises(InputError, match="no_such_model"):
        put_live(cast, "nowhere")
    with pytest.raises(ConflictError, match="live_already"):
        put_live(cast, shipped().version)
