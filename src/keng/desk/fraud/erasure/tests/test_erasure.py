"""Erasure: asked with the receipt, answered in time, refused while a measure is open, final for everybody once granted."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from django.db.models import Q

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.sealing import BrokenSealError
from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.erasure import actions, queries
from keng.desk.fraud.erasure.models import Erasure
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import queueing
from keng.desk.fraud.reports.models import Report, ReportKey
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people.actions import enrol
from keng.vietnam import rules


def ask(cast, received):
    return actions.ask(received.receipt, cast.keys, now=cast.clock.at)


def grant(cast, erasure, officer=None):
    return actions.grant(officer or cast.first, erasure.pk, "", now=cast.clock.at)


@pytest.fixture
def erased(cast):
    """A report with a talk, erased because its reporter asked."""
    received = cast.report()
    reports.write_from_reporter(received.receipt, "Con tôi tên là Bông.", cast.keys, now=cast.clock.at)
    grant(cast, ask(cast, received))
    received.report.refresh_from_db()
    return received


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("2026-11-18T03:00", "2026-11-20T17:00"),  # Wednesday: to the end of Friday in Vietnam
        ("2026-11-19T18:00", "2026-11-25T17:00"),  # in Vietnam it is Friday already: Monday, Wednesday (Tuesday is off)
        ("2026-11-21T03:00", "2026-11-25T17:00"),  # Saturday: Monday, Wednesday
    ],
)
def test_the_clock_of_the_law_counts_working_days_in_vietnam(asked, by):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (asked, by)]

    assert rules.due("erasure.answer_within", moments[0]) == moments[1]


def test_asking_needs_the_receipt_and_is_done_once_at_a_time(cast):
    received = cast.report()
    with pytest.raises(InputError):
        actions.ask("0000-0000-0000-0000", cast.keys, now=cast.clock.at)
    first = ask(cast, received)
    with pytest.raises(ConflictError, match="asked_already"):
        ask(cast, received)

    actions.refuse(cast.first, first.pk, "đang điều tra", now=cast.clock.at)
    assert ask(cast, received).state == "open"


def test_a_refusal_needs_a_reason_and_leaves_everything(cast):
    received = cast.report()
    erasure = ask(cast, received)
    with pytest.raises(InputError, match="no_reason"):
        actions.refuse(cast.first, erasure.pk, " ", now=cast.clock.at)
    actions.refuse(cast.first, erasure.pk, "đang điều tra", now=cast.clock.at)

    assert unlock(received.report, cast.keys).text()
    with pytest.raises(ConflictError, match="decided_already"):
        grant(cast, erasure)


@pytest.mark.parametrize("why", ["measure", "appeal", "hold"])
def test_it_is_not_granted_while_something_is_open_and_is_when_that_ends(cast, why):
    received = cast.report()
    erasure = ask(cast, received)
    if why == "hold":
        hold = actions.place_hold(cast.first, received.report.pk, "văn bản 12", now=cast.clock.at)
    else:
        measure = cast.hold(received)
    if why == "appeal":
        appeals.lodge(measure.code, "Tôi bán xe.", cast.keys, now=cast.clock.at)
        measures.lift(cast.second, measure.pk, "xong", now=cast.clock.at)

    with pytest.raises(RefusedError, match="kept"):
        grant(cast, erasure)
    assert Report.objects.get(pk=received.report.pk).erased_at is None
    assert Erasure.objects.get().state == "open"

    match why:
        case "hold":
            actions.release_hold(cast.first, hold.pk, "xong", now=cast.clock.at)
        case "measure":
            measures.decline(cast.second, measure.pk, "không đủ", now=cast.clock.at)
        case "appeal":
            third = enrol("ba", "Ba", "Trung tâm", "officer", now=cast.clock.at)
            appeals.decide(third, measure.appeals.get().pk, grant=False, reason="không", now=cast.clock.at)
    grant(cast, erasure)
    assert Report.objects.get(pk=received.report.pk).erased_at


def test_a_role_without_the_right_decides_nothing(cast):
    erasure = ask(cast, cast.report())

    for officer in (cast.auditor, cast.operator):
        with pytest.raises(RefusedError):
            grant(cast, erasure, officer)


def test_nothing_that_was_written_can_be_found_in_the_database(cast, erased, stored_bytes):
    stored = stored_bytes()

    for gone in ("0071000123456", "vietcombank-xacthuc", "912345678", "1234567890"):
        assert gone.encode() not in stored
    assert bytes(Report.objects.get().original_sha256) != bytes.fromhex(erased.sha256)
    assert bytes.fromhex(erased.sha256) not in stored
    assert not ReportKey.objects.exists()
    assert unlock(erased.report, cast.keys).key is None
    with pytest.raises(ConflictError, match="erased"):
        unlock(erased.report, cast.keys).original()


def test_the_reporter_can_prove_what_was_erased_and_we_could_not_guess_it(cast):
    body = json.dumps(cast.body(), ensure_ascii=False).encode()
    received = reports.receive(body, cast.keys, retry_key=None, now=cast.clock.at)
    grant(cast, ask(cast, received))

    [entry] = [one for one in ledger.entries_about(received.report.subject) if one.verb == "erasure.ask"]
    assert entry.facts["hmac"] == hmac.new(received.receipt.encode(), body, hashlib.sha256).hexdigest()


def test_after_it_the_talk_is_closed_for_both_sides(cast, erased):
    for write in (
        lambda: reports.write_from_reporter(erased.receipt, "còn đó không", cast.keys, now=cast.clock.at),
        lambda: reports.write_to_reporter(cast.first, erased.report.pk, "chào", cast.keys, now=cast.clock.at),
        lambda: ask(cast, erased),
        lambda: actions.place_hold(cast.first, erased.report.pk, "văn bản 12", now=cast.clock.at),
    ):
        with pytest.raises(ConflictError, match="erased"):
            write()


def test_after_it_no_money_is_held_because_of_it_and_it_waits_in_no_queue(cast, erased):
    with pytest.raises(RefusedError, match="report_closed"):
        cast.hold(erased)
    assert queueing.to_hold(queueing.mine(cast.first), now=cast.clock.at) == []
    assert queueing.to_read(queueing.mine(cast.first), now=cast.clock.at, idle=Q()) == []


def test_a_repeat_of_an_erased_report_makes_no_new_one(cast):
    body = json.dumps(cast.body()).encode()
    received = reports.receive(body, cast.keys, retry_key="retry-key-0123456789", now=cast.clock.at)
    grant(cast, ask(cast, received))

    with pytest.raises(ConflictError, match="erased"):
        reports.receive(body, cast.keys, retry_key="retry-key-0123456789", now=cast.clock.at)
    assert Report.objects.count() == 1


def test_requests_are_listed_by_the_clock_and_late_ones_are_told(cast):
    first, second = ask(cast, cast.report()), None
    cast.clock.pass_by(days=3)
    second = ask(cast, cast.report())
    cast.clock.at = first.answer_by

    assert queries.waiting(cast.auditor) == [first, second]
    assert [queries.is_late(one, cast.clock.at) for one in (first, second)] == [True, False]


def test_another_reports_key_does_not_open_what_a_backup_kept(cast, erased):
    other = cast.report()
    kept = ReportKey.objects.get(report=other.report)
    Report.objects.filter(pk=erased.report.pk).update(erased_at=None)
    ReportKey.objects.create(report=erased.report, sealed_by=kept.sealed_by, sealed=kept.sealed)

    with pytest.raises(BrokenSealError):
        unlock(Report.objects.get(pk=erased.report.pk), cast.keys)
