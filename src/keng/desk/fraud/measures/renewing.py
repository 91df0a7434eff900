"""Letting a measure last longer: a new reason, another officer's approval, a counted number of times."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.text import bare
from keng.base.times import day_in_vietnam, iso
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.checks import check_basis_stands, check_reason
from keng.desk.fraud.measures.ending import state_now
from keng.desk.fraud.measures.models import Measure, MeasureState, Renewal, RenewalState
from keng.desk.fraud.measures.records import get_measure_for, note_notice, tell
from keng.desk.fraud.measures.records import record_measure as _record
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

LONGEST_FOLDED = 600


def propose_renewal(officer: Officer, measure_id: UUID, reason: str, *, now: datetime) -> Renewal:
    """Propose that a measure in force lasts one more period, for a reason not given before. If nobody approves, it ends.

    Raises ConflictError `not_in_force`, `renewal_waits`; RefusedError `renewed_enough`; InputError `same_reason`, `no_basis`.
    """
    rights.require(officer, "measures.propose_renewal")
    try:
        with transaction.atomic():
            measure = get_measure_for(officer, "measures.propose_renewal", measure_id)
            reason = check_reason(reason)
            _check_in_force(measure, now)
            check_basis_stands(measure, now)
            _check_count(measure, now)
            renewal = _make(officer, measure, reason, now)
            _record("measures.propose_renewal", officer.actor, measure, now, number=renewal.number)
    except IntegrityError as error:
        raise ConflictError("renewal_waits", refusals.RENEWAL_WAITS) from error
    return renewal


@transaction.atomic
def approve_renewal(officer: Officer, renewal_id: UUID | int, *, now: datetime) -> Measure:
    """Another officer approves: the measure lasts one more period from its old end, and every partner hears of it.

    Raises RefusedError `same_person`, ConflictError `not_in_force`, `decided_already`, InputError `no_basis`.
    """
    renewal, measure = _get_for_decision(officer, "measures.approve_renewal", renewal_id, now)
    check_basis_stands(measure, now)
    ends_at = rules.limit(f"{measure.kind}.ends_after", day_in_vietnam(now)).after(renewal.ends_before)
    _decide(renewal, officer, RenewalState.APPROVED, "", now, ends_at)
    changed = Measure.objects.filter(pk=measure.pk, state=MeasureState.ACTIVE, ends_at=renewal.ends_before).update(
        ends_at=ends_at, renewals_done=measure.renewals_done + 1
    )
    if changed != 1:
        raise ConflictError("not_in_force", refusals.NOT_IN_FORCE)
    measure.refresh_from_db()
    notice = note_notice(measure, "renewed", ends_at, now)
    _record(
        "measures.approve_renewal",
        officer.actor,
        measure,
        now,
        number=renewal.number,
        ends_at=iso(ends_at),
        notice=notice,
    )
    tell(measure, "measure.renewed", ends_at, now)
    return measure


@transaction.atomic
def decline_renewal(officer: Officer, renewal_id: UUID | int, reason: str, *, now: datetime) -> Renewal:
    """Another officer does not agree: the measure ends at its end."""
    renewal, measure = _get_for_decision(officer, "measures.decline_renewal", renewal_id, now)
    _decide(renewal, officer, RenewalState.DECLINED, check_reason(reason), now, None)
    _record("measures.decline_renewal", officer.actor, measure, now, number=renewal.number)
    renewal.refresh_from_db()
    return renewal


def renewals_left(measure: Measure, now: datetime) -> int:
    """How often the measure can still be renewed by the rule of today."""
    return max(rules.limit(f"{measure.kind}.renewals", day_in_vietnam(now)).value - measure.renewals_done, 0)


def _check_in_force(measure: Measure, now: datetime) -> None:
    if state_now(measure, now) != MeasureState.ACTIVE:
        raise ConflictError("not_in_force", refusals.NOT_IN_FORCE)


def _check_count(measure: Measure, now: datetime) -> None:
    if renewals_left(measure, now) == 0:
        most = rules.limit(f"{measure.kind}.renewals", day_in_vietnam(now)).value
        raise RefusedError("renewed_enough", refusals.RENEWED_ENOUGH.filled(most=most))


def _make(officer: Officer, measure: Measure, reason: str, now: datetime) -> Renewal:
    folded = _folded(reason)
    earlier = list(measure.renewals.values_list("reason_folded", flat=True))
    if not folded or folded in (_folded(measure.reason), *earlier):
        raise InputError("same_reason", refusals.SAME_REASON, field="reason")
    if measure.renewals.filter(state=RenewalState.PROPOSED).exists():
        raise ConflictError("renewal_waits", refusals.RENEWAL_WAITS)
    assert measure.ends_at is not None, "an active measure has an end"  # noqa: S101 - a constraint of the table
    return Renewal.objects.create(
        measure=measure,
        number=len(earlier) + 1,
        reason=reason,
        reason_folded=folded,
        proposed_by=officer,
        proposed_at=now,
        ends_before=measure.ends_at,
    )


def _folded(reason: str) -> str:
    """A reason as compared: letters and digits only, no case, no marks."""
    return "".join(sign for sign in bare(reason) if sign.isalnum())[:LONGEST_FOLDED]


def _get_for_decision(officer: Officer, verb: str, renewal_id: UUID | int, now: datetime) -> tuple[Renewal, Measure]:
    rights.require(officer, verb)
    renewal = Renewal.objects.filter(within(officer, verb, at="measure__report__"), pk=renewal_id).first()
    if renewal is None:
        raise InputError("no_renewal", refusals.NO_RENEWAL)
    measure = get_measure_for(officer, verb, renewal.measure_id)
    _check_in_force(measure, now)
    if renewal.proposed_by_id == officer.pk:
        raise RefusedError("same_person", refusals.SAME_PERSON)
    return renewal, measure


def _decide(
    renewal: Renewal, officer: Officer, state: RenewalState, reason: str, now: datetime, ends_after: datetime | None
) -> None:
    changed = Renewal.objects.filter(pk=renewal.pk, state=RenewalState.PROPOSED).update(
        state=state, decided_by=officer, decided_at=now, decided_reason=reason, ends_after=ends_after
    )
    if changed != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
