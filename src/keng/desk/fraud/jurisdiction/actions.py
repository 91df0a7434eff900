"""What can be done about whose a report is: offer, accept, refuse, withdraw, assign; and what the clock does by itself.

Why it ends: an offer goes only to a unit that never had the report; a refused or overdue one takes the report up to the lowest unit
above both sides, and from then on it is only assigned; a unit assigns it to another at most once, and what one assigned,
no unit below that one assigns anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.times import day_in_vietnam, iso
from keng.desk.fraud.jurisdiction import refusals
from keng.desk.fraud.jurisdiction.models import Handover, HandoverState
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import queries as report_queries
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

MAX_REASON = 500
CLOCK = "system:worker"
FROM_ABOVE = (HandoverState.RAISED, HandoverState.ASSIGNED)


def offer(officer: Officer, report_id: UUID, to: str, reason: str, *, now: datetime) -> Handover:
    """Offer a report to another police unit. The giver owns it until it is accepted or the rule's time is over.

    Raises RefusedError (`had_it`, `decided_above`), ConflictError `offered_already`, InputError.
    """
    accept_by = rules.limit("jurisdiction.accept_within", day_in_vietnam(now)).after(now)
    try:
        with transaction.atomic():
            report = reports.get_report_for(officer, "jurisdiction.offer", report_id, locked=True)
            receiver = _receiver(report, to, now)
            _check_may_offer(report, receiver)
            row = _begin(report, receiver, HandoverState.OFFERED, officer.actor, reason, now, accept_by=accept_by)
            _record("jurisdiction.offer", officer.actor, row, now, accept_by=iso(accept_by))
    except IntegrityError as error:
        waiting = Handover.objects.filter(report_id=report_id, state=HandoverState.OFFERED).select_related("receiver")
        name = waiting[0].receiver.name if waiting else to
        raise ConflictError("offered_already", refusals.OFFERED_ALREADY.filled(name=name)) from error
    return row


@transaction.atomic
def accept(officer: Officer, handover_id: UUID, *, now: datetime) -> Handover:
    """Take an offered report over. Raises ConflictError `too_late`, `no_offer`."""
    row = _offer_to(officer, handover_id, now)
    _end(row, HandoverState.ACCEPTED, officer.actor, now)
    reports.set_owner(row.report, organisations.heir_of(row.receiver))
    _record("jurisdiction.accept", officer.actor, row, now)
    return row


@transaction.atomic
def refuse(officer: Officer, handover_id: UUID, reason: str, *, now: datetime) -> Handover:
    """Not take it: it goes up to the unit above both, which assigns it. Raises ConflictError `too_late`, `no_offer`."""
    row = _offer_to(officer, handover_id, now)
    _end(row, HandoverState.REFUSED, officer.actor, now, answer=_reason(reason))
    _record("jurisdiction.refuse", officer.actor, row, now)
    _raise(row, now)
    return row


@transaction.atomic
def withdraw(officer: Officer, handover_id: UUID, *, now: datetime) -> Handover:
    """Take an offer back while nobody accepted it. The unit that it was made to counts as having had it."""
    rights.require(officer, "jurisdiction.offer")
    row = _get(handover_id)
    try:
        reports.get_report_for(officer, "jurisdiction.offer", row.report_id, locked=True)
    except InputError as error:  # of another unit: as if it were not there
        raise InputError("no_offer", refusals.NO_OFFER) from error
    _end(row, HandoverState.WITHDRAWN, officer.actor, now)
    _record("jurisdiction.withdraw", officer.actor, row, now)
    return row


@transaction.atomic
def assign(officer: Officer, report_id: UUID, to: str, reason: str, *, now: datetime) -> Handover:
    """The unit above owner and receiver decides: the receiver owns the report at once and offers it to nobody.

    Raises RefusedError `not_above`, `decided_above`, `had_it`; InputError.
    """
    report = reports.get_report_for(officer, "jurisdiction.assign", report_id, locked=True)
    receiver = _receiver(report, to, now)
    decider = _above_both(report.owner, receiver)
    if not (decider and rights.is_allowed(officer, "jurisdiction.assign", on=decider, now=now)):
        raise RefusedError("not_above", refusals.NOT_ABOVE, field="to")
    _check_may_assign(officer, report, receiver, decider, now)
    open_ones = Handover.objects.filter(report=report, state=HandoverState.OFFERED)
    open_ones.update(state=HandoverState.WITHDRAWN, ended_by=officer.actor, ended_at=now)
    row = _begin(report, receiver, HandoverState.ASSIGNED, officer.actor, reason, now, decided_in=decider)
    reports.set_owner(report, receiver)
    _record("jurisdiction.assign", officer.actor, row, now, by=decider.code)
    return row


def send_up_the_overdue(*, now: datetime, most: int = 100) -> int:
    """Take up every report whose offer nobody accepted in time, each in its own transaction. Safe to repeat."""
    due = Handover.objects.filter(state=HandoverState.OFFERED, accept_by__lte=now).order_by("accept_by")
    return sum(_send_up(pk, now) for pk in list(due.values_list("pk", flat=True)[:most]))


@transaction.atomic
def _send_up(handover_id: UUID, now: datetime) -> bool:
    row = _get(handover_id)
    ended = {"state": HandoverState.OVERDUE, "ended_by": CLOCK, "ended_at": now}
    if Handover.objects.filter(pk=row.pk, state=HandoverState.OFFERED).update(**ended) != 1:
        return False
    _record("jurisdiction.overdue", CLOCK, row, now)
    _raise(row, now)
    return True


def _raise(row: Handover, now: datetime) -> None:
    """The lowest unit above giver and receiver owns the report now. If that is the owner already, it stays there."""
    report = row.report
    above = _above_both(report.owner, organisations.heir_of(row.receiver))
    if above is None or above == report.owner:
        return
    up = _begin(report, above, HandoverState.RAISED, CLOCK, row.answer or "–", now)
    reports.set_owner(report, above)
    _record("jurisdiction.raise", CLOCK, up, now)


def _above_both(left: Organisation | None, right: Organisation) -> Organisation | None:
    """The lowest police unit that is, or stands above, each of the two; None under no common roof."""
    if left is None:
        return (organisations.above(right) or [right])[0]
    ours = [*organisations.above(left), organisations.heir_of(left)]
    theirs = {one.pk for one in (*organisations.above(right), right)}
    common = [one for one in ours if one.pk in theirs and one.is_police]
    return common[-1] if common else None


def _receiver(report: Report, to: str, now: datetime) -> Organisation:
    found = organisations.get_organisation(to)
    if not (found.is_police and found.stands_on(day_in_vietnam(now))):
        raise InputError("no_unit", refusals.NO_UNIT, field="to")
    if report.owner_id == found.pk:
        raise InputError("same_unit", refusals.SAME, field="to")
    return found


def _check_may_offer(report: Report, receiver: Organisation) -> None:
    rows = _history(report)
    if any(row.state in FROM_ABOVE for row in rows):
        raise RefusedError("decided_above", refusals.DECIDED_ABOVE)
    had = {path for row in rows for path in (row.giver.heir_path, row.receiver.heir_path)}
    if receiver.heir_path in had:
        raise RefusedError("had_it", refusals.HAD_IT.filled(name=receiver.name), field="to")


def _check_may_assign(
    officer: Officer, report: Report, receiver: Organisation, decider: Organisation, now: datetime
) -> None:
    assigned = [row for row in _history(report) if row.state == HandoverState.ASSIGNED]
    last = assigned[-1].decided_in if assigned else None
    if last and not rights.is_allowed(officer, "jurisdiction.assign", on=organisations.heir_of(last), now=now):
        raise RefusedError("decided_above", refusals.DECIDED_ABOVE)
    before = {row.receiver.heir_path for row in assigned if row.decided_in_id == decider.pk}
    if receiver.heir_path in before:
        raise RefusedError("had_it", refusals.HAD_IT.filled(name=receiver.name), field="to")


def _history(report: Report) -> list[Handover]:
    rows = Handover.objects.filter(report=report).select_related("giver", "receiver", "decided_in")
    return list(rows.order_by("begun_at", "pk"))


def _begin(
    report: Report, receiver: Organisation, state: HandoverState, by: str, reason: str, now: datetime, **more: Any
) -> Handover:
    ended = {} if state is HandoverState.OFFERED else {"ended_by": by, "ended_at": now}
    return Handover.objects.create(
        report=report,
        giver=report.owner or organisations.tops(day_in_vietnam(now))[0],
        receiver=receiver,
        state=state,
        reason=_reason(reason),
        begun_by=by,
        begun_at=now,
        **ended,
        **more,
    )


def _offer_to(officer: Officer, handover_id: UUID, now: datetime) -> Handover:
    """An offer that this officer may answer: `jurisdiction.answer` in the receiving unit."""
    row = _get(handover_id)
    if not rights.is_allowed(officer, "jurisdiction.answer", on=row.receiver, now=now):
        raise InputError("no_offer", refusals.NO_OFFER)
    report_queries.lock(row.report_id)
    if row.accept_by and row.accept_by <= now:
        raise ConflictError("too_late", refusals.TOO_LATE)
    return row


def _get(handover_id: UUID) -> Handover:
    row = Handover.objects.filter(pk=handover_id).select_related("report__owner", "giver", "receiver").first()
    if row is None:
        raise InputError("no_offer", refusals.NO_OFFER)
    return row


def _end(row: Handover, state: HandoverState, by: str, now: datetime, **more: Any) -> None:
    """Close the offer, if nobody did since it was read. Raises ConflictError `no_offer`."""
    fields = {"state": state, "ended_by": by, "ended_at": now, **more}
    if Handover.objects.filter(pk=row.pk, state=HandoverState.OFFERED).update(**fields) != 1:
        raise ConflictError("no_offer", refusals.NO_OFFER)
    row.refresh_from_db()


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InputError("no_reason", refusals.NO_REASON, field="reason")
    return reason.strip()[:MAX_REASON]


def _record(verb: str, actor: str, row: Handover, now: datetime, **data: Any) -> None:
    facts = {"from": row.giver.code, "to": row.receiver.code, **data}
    about = row.report.subject
    ledger.record(actor=actor, verb=verb, subject=about, about=about, data=facts, at=now)
