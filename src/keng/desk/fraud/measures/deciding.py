"""The second officer's word: approve or decline; the first one's, to take a proposal back; and lifting before the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from keng.base.errors import ConflictError, RefusedError
from keng.base.times import day_in_vietnam, iso
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.checks import check_basis_stands, check_class, check_reason
from keng.desk.fraud.measures.ending import drop_renewals, state_now
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import IS_HOLD, OPEN_STATES, SENT_STATES, Measure, MeasureState
from keng.desk.fraud.measures.proposing import check_again
from keng.desk.fraud.measures.records import ask, get_measure_for, note_notice, release, tell
from keng.desk.fraud.measures.records import record_measure as _record
from keng.desk.fraud.measures.routing import partners_for
from keng.desk.fraud.reports import actions as reports
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules


@transaction.atomic
def approve(officer: Officer, measure_id: UUID, *, now: datetime) -> Measure:
    """The second officer confirms an urgent hold (it then lasts to the rule's end) or lets a proposed measure go out.

    Raises RefusedError `same_person`, ConflictError `too_late`, `decided_already`, InputError `no_basis`, and what the
    proposal's own checks raise.
    """
    measure = _get_for_decision(officer, "measures.approve", measure_id, now)
    check_basis_stands(measure, now)
    was_proposed = measure.state == MeasureState.PROPOSED
    if was_proposed:
        check_again(officer, measure, now)
    ends_at = rules.limit(f"{measure.kind}.ends_after", day_in_vietnam(now)).after(now)
    sent_at = now if was_proposed else measure.sent_at
    _decide(measure, officer, "", now, state=MeasureState.ACTIVE, ends_at=ends_at, sent_at=sent_at)
    notice = note_notice(measure, "requested" if was_proposed else "confirmed", ends_at, now)
    _record("measures.approve", officer.actor, measure, now, ends_at=iso(ends_at), notice=notice)
    if was_proposed:
        ask(measure, partners_for(Kind(measure.kind), measure.target, measure.chosen_partners.split()), ends_at, now)
    else:
        tell(measure, "measure.confirmed", ends_at, now)
    return measure


@transaction.atomic
def decline(officer: Officer, measure_id: UUID, reason: str, *, now: datetime) -> Measure:
    """The second officer does not agree: a proposed measure never goes out, an urgent hold is released now."""
    measure = _get_for_decision(officer, "measures.decline", measure_id, now)
    _decide(measure, officer, check_reason(reason), now, state=MeasureState.DECLINED, closed_at=now)
    notice = release(measure, now, now)
    _record("measures.decline", officer.actor, measure, now, notice=notice)
    return measure


@transaction.atomic
def withdraw(officer: Officer, measure_id: UUID, reason: str, *, now: datetime) -> Measure:
    """Whoever proposed it takes it back before anybody decided: nothing has gone out, and its report waits for a decision anew.

    Raises RefusedError `not_yours`, ConflictError `decided_already`, also for an urgent hold: that one went out, and is lifted.
    """
    measure = get_measure_for(officer, "measures.withdraw", measure_id)
    if measure.proposed_by_id != officer.pk:
        raise RefusedError("not_yours", refusals.NOT_YOURS)
    reason = check_reason(reason)
    waiting = Measure.objects.filter(pk=measure.pk, state=MeasureState.PROPOSED, decided_by=None)
    if waiting.update(state=MeasureState.WITHDRAWN, decided_reason=reason, closed_at=now) != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    measure.refresh_from_db()
    if measure.kind == Kind.HOLD_FUNDS and not measure.report.measures.filter(IS_HOLD, state__in=OPEN_STATES).exists():
        reports.wait_for_hold(measure.report_id)
    _record("measures.withdraw", officer.actor, measure, now)
    return measure


@transaction.atomic
def lift(officer: Officer, measure_id: UUID, reason: str, *, wrong: str = "", now: datetime) -> Measure:
    """End a measure that was sent, before its time, for a reason. Any officer of its unit may: lifting restricts nobody.

    `wrong` is the class under which it counts as wrongful; empty if it was right and is no longer needed. Every partner that was
    asked hears of it, also one that refused or never answered, and so does every list. A renewal that waits falls with it.
    """
    measure = get_measure_for(officer, "measures.lift", measure_id)
    reason, wrong = check_reason(reason), check_class(wrong, needed=False)
    if state_now(measure, now) not in SENT_STATES:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    found_at = now if wrong else None
    changed = Measure.objects.filter(pk=measure.pk, state=measure.state).update(
        state=MeasureState.LIFTED,
        closed_at=now,
        lifted_by=officer,
        lift_reason=reason,
        wrong=wrong,
        wrong_found_at=found_at,
    )
    if changed != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    measure.refresh_from_db()
    drop_renewals(measure)
    notice = release(measure, now, now)
    _record("measures.lift", officer.actor, measure, now, wrong=wrong, notice=notice)
    return measure


@transaction.atomic
def find_wrong(officer: Officer, measure_id: UUID, wrong: str, *, now: datetime) -> Measure:
    """Note that a measure which is over already was wrong: it counts, with the hours from going out to its end."""
    measure = get_measure_for(officer, "measures.find_wrong", measure_id)
    wrong = check_class(wrong, needed=True)
    if measure.sent_at is None or state_now(measure, now) in SENT_STATES:
        raise ConflictError("not_over", refusals.NOT_OVER)
    if Measure.objects.filter(pk=measure.pk, wrong="").update(wrong=wrong, wrong_found_at=now) != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    measure.refresh_from_db()
    _record("measures.find_wrong", officer.actor, measure, now, wrong=wrong)
    return measure


def _get_for_decision(officer: Officer, verb: str, measure_id: UUID, now: datetime) -> Measure:
    measure = get_measure_for(officer, verb, measure_id)
    if measure.proposed_by_id == officer.pk:
        raise RefusedError("same_person", refusals.SAME_PERSON)
    if measure.state == MeasureState.UNCONFIRMED and measure.confirm_by and measure.confirm_by <= now:
        raise ConflictError("too_late", refusals.TOO_LATE)
    if measure.state not in (MeasureState.PROPOSED, MeasureState.UNCONFIRMED):
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    return measure


def _decide(measure: Measure, officer: Officer, reason: str, now: datetime, **changes: Any) -> None:
    """Move a waiting measure on, if nobody else did since it was read."""
    fields = {"decided_by": officer, "decided_at": now, "decided_reason": reason, **changes}
    if Measure.objects.filter(pk=measure.pk, state=measure.state, decided_by=None).update(**fields) != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    measure.refresh_from_db()
