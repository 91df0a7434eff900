"""What can be done to a measure: hold urgently, propose, approve, decline, lift, end. One verb, one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.identifiers import new_code
from keng.base.times import iso, shown
from keng.desk.fraud.measures import outgoing, refusals
from keng.desk.fraud.measures.checks import check_basis, check_object, check_reason, check_urgent_path
from keng.desk.fraud.measures.models import SENT_STATES, UNANSWERED, Measure, MeasureState, Request
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules


@dataclass(frozen=True, slots=True)
class Hold:
    """What an officer asks for: this amount on this account, because of this report, on this basis, for this reason."""

    report_id: UUID
    account: str
    amount: int
    basis: str
    reason: str


def hold_urgently(officer: Officer, hold: Hold, *, now: datetime) -> Measure:
    """Send the hold at once on one officer's word. It falls by itself unless another confirms within the rule's hours.

    Raises InputError, RefusedError (`path_closed`, `not_allowed`), ConflictError `held_already`.
    """
    rights.require(officer, "measures.hold_urgently")
    confirm_by = now + rules.limit("urgent_hold.confirm_within", now.date()).time
    try:
        with transaction.atomic():
            check_urgent_path(officer, now)
            measure, partner = _make(officer, hold, MeasureState.UNCONFIRMED, confirm_by, now)
            _record("measures.hold_urgently", officer.actor, measure, now, confirm_by=iso(confirm_by))
            _ask(measure, partner, confirm_by, now)
    except IntegrityError as error:
        raise _held_already(hold) from error
    return measure


def propose_hold(officer: Officer, hold: Hold, *, now: datetime) -> Measure:
    """Propose a hold; nothing goes out before a second officer approves it."""
    rights.require(officer, "measures.propose_hold")
    try:
        with transaction.atomic():
            measure, _ = _make(officer, hold, MeasureState.PROPOSED, None, now)
            _record("measures.propose_hold", officer.actor, measure, now)
    except IntegrityError as error:
        raise _held_already(hold) from error
    return measure


@transaction.atomic
def approve(officer: Officer, measure_id: UUID, *, now: datetime) -> Measure:
    """The second officer confirms an urgent hold (it then lasts to the rule's end) or lets a proposed one go out."""
    rights.require(officer, "measures.approve")
    measure = _get_for_decision(officer, measure_id, now)
    facts = reports.loss_facts(measure.report_id, locked=True)  # before the measure's own row: see docs/operating.md
    before = measure.state
    ends_at = now + rules.limit("hold_funds.ends_after", now.date()).time
    _decide(measure, officer, "", now, state=MeasureState.ACTIVE, ends_at=ends_at)
    _record("measures.approve", officer.actor, measure, now, ends_at=iso(ends_at))
    if before == MeasureState.PROPOSED:
        _ask(measure, check_object(facts, measure.account, measure.amount), ends_at, now)
    else:
        _tell(measure, "hold.confirmed", ends_at, now)
    return measure


@transaction.atomic
def decline(officer: Officer, measure_id: UUID, reason: str, *, now: datetime) -> Measure:
    """The second officer does not agree: a proposed hold never goes out, an urgent one is released now."""
    rights.require(officer, "measures.decline")
    measure = _get_for_decision(officer, measure_id, now)
    _decide(measure, officer, check_reason(reason), now, state=MeasureState.DECLINED, closed_at=now)
    _record("measures.decline", officer.actor, measure, now)
    _tell(measure, "hold.released", now, now)
    return measure


@transaction.atomic
def lift(officer: Officer, measure_id: UUID, reason: str, *, now: datetime) -> Measure:
    """End a hold that was sent, before its time, for a reason. Any officer may: lifting restricts nobody."""
    rights.require(officer, "measures.lift")
    measure = get_measure(measure_id)
    reason = check_reason(reason)
    changed = Measure.objects.filter(pk=measure.pk, state__in=SENT_STATES).update(
        state=MeasureState.LIFTED, closed_at=now, decided_reason=reason
    )
    if changed != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    measure.refresh_from_db()
    _record("measures.lift", officer.actor, measure, now)
    _tell(measure, "hold.released", now, now)
    return measure


def end_what_is_over(*, now: datetime, most: int = 100) -> int:
    """Write down the end of holds whose time is over and tell the partners, each in its own transaction. Safe to repeat."""
    lapsed = Measure.objects.filter(state=MeasureState.UNCONFIRMED, confirm_by__lte=now).values_list("pk", flat=True)
    ended = Measure.objects.filter(state=MeasureState.ACTIVE, ends_at__lte=now).values_list("pk", flat=True)
    done = [_end(pk, MeasureState.UNCONFIRMED, MeasureState.LAPSED, now) for pk in list(lapsed[:most])]
    done += [_end(pk, MeasureState.ACTIVE, MeasureState.ENDED, now) for pk in list(ended[:most])]
    return sum(done)


def remind_the_silent(*, now: datetime, most: int = 100) -> int:
    """Send one reminder for each request whose time to answer is over. Safe to repeat."""
    silent = Request.objects.filter(state__in=UNANSWERED, answer_by__lte=now, hold_until__gt=now, reminded_at=None)
    return sum(_remind(pk, now) for pk in list(silent.values_list("pk", flat=True)[:most]))


def get_measure(measure_id: UUID) -> Measure:
    """The measure of that id. Raises InputError `no_measure`."""
    measure = Measure.objects.filter(pk=measure_id).first()
    if measure is None:
        raise InputError("no_measure", refusals.NO_MEASURE)
    return measure


def lock_measure(measure_id: UUID) -> Measure:
    """The measure as it stands; nobody changes it before the caller's transaction ends. Raises InputError `no_measure`."""
    measure = Measure.objects.select_for_update(no_key=True).filter(pk=measure_id).first()
    if measure is None:
        raise InputError("no_measure", refusals.NO_MEASURE)
    return measure


def _make(
    officer: Officer, hold: Hold, state: MeasureState, confirm_by: datetime | None, now: datetime
) -> tuple[Measure, Partner]:
    basis = check_basis(hold.basis, now)
    facts = reports.loss_facts(hold.report_id, locked=True)
    if facts is None:
        raise InputError("no_loss", refusals.NO_LOSS)
    partner = check_object(facts, hold.account, hold.amount)
    measure = Measure(
        code=new_code("BP"),
        report_id=hold.report_id,
        account=hold.account,
        amount=hold.amount,
        basis=basis.code,
        reason=check_reason(hold.reason),
        urgent=confirm_by is not None,
        state=state,
        proposed_by=officer,
        proposed_at=now,
        confirm_by=confirm_by,
    )
    measure.save(force_insert=True)
    return measure, partner


def _held_already(hold: Hold) -> ConflictError:
    earlier = (
        Measure.objects.filter(report_id=hold.report_id, account=hold.account)
        .order_by("-proposed_at")
        .select_related("proposed_by")
    ).first()
    if earlier is None:
        return ConflictError("decided_already", refusals.DECIDED_ALREADY)
    who = earlier.proposed_by.display_name
    said = refusals.HELD_ALREADY.filled(who=who, when=shown(earlier.proposed_at), code=earlier.code)
    return ConflictError("held_already", said)


def _get_for_decision(officer: Officer, measure_id: UUID, now: datetime) -> Measure:
    measure = get_measure(measure_id)
    if measure.proposed_by_id == officer.pk:
        raise RefusedError("same_person", refusals.SAME_PERSON)
    if measure.state == MeasureState.UNCONFIRMED and measure.confirm_by and measure.confirm_by <= now:
        raise ConflictError("too_late", refusals.TOO_LATE)
    return measure


def _decide(measure: Measure, officer: Officer, reason: str, now: datetime, **changes: Any) -> None:
    """Move a waiting measure on, if nobody else did since it was read."""
    fields = {"decided_by": officer, "decided_at": now, "decided_reason": reason, **changes}
    waiting = Measure.objects.filter(pk=measure.pk, state=measure.state, decided_by=None)
    if measure.state not in (MeasureState.PROPOSED, MeasureState.UNCONFIRMED) or waiting.update(**fields) != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    measure.refresh_from_db()


def _ask(measure: Measure, partner: Partner, hold_until: datetime, now: datetime) -> None:
    """Ask one partner for the hold."""
    answer_by = now + rules.limit("hold_funds.answer_within", now.date()).time
    request = Request.objects.create(
        measure=measure, partner=partner, asked_at=now, answer_by=answer_by, hold_until=hold_until
    )
    outgoing.post("hold.requested", request, key=f"{request.subject}:1", now=now)


def _tell(measure: Measure, kind: str, hold_until: datetime, now: datetime) -> None:
    """Tell every partner that was asked of a new end of the hold."""
    for request in measure.requests.select_for_update(no_key=True).order_by("pk"):
        request.version += 1
        request.hold_until = hold_until
        request.save(update_fields=["version", "hold_until"])
        outgoing.post(kind, request, key=f"{request.subject}:{request.version}", now=now)


@transaction.atomic
def _end(measure_id: UUID, before: MeasureState, after: MeasureState, now: datetime) -> bool:
    if Measure.objects.filter(pk=measure_id, state=before).update(state=after, closed_at=now) != 1:
        return False
    measure = get_measure(measure_id)
    _record(f"measures.{after}", "system:worker", measure, now)
    over = measure.confirm_by if after is MeasureState.LAPSED else measure.ends_at
    _tell(measure, "hold.released", over or now, now)
    return True


@transaction.atomic
def _remind(request_id: UUID, now: datetime) -> bool:
    changed = Request.objects.filter(pk=request_id, state__in=UNANSWERED, reminded_at=None).update(reminded_at=now)
    if changed != 1:
        return False
    request = Request.objects.select_related("measure__report__loss").get(pk=request_id)
    outgoing.post("request.reminder", request, key=f"{request.subject}:{request.version}:reminder", now=now)
    _record("measures.remind", "system:worker", request.measure, now, to=request.partner_id)
    return True


def _record(verb: str, actor: str, measure: Measure, now: datetime, **data: Any) -> None:
    about = f"report:{measure.report_id}"
    facts = {"code": measure.code, "amount": measure.amount, "basis": measure.basis, **data}
    ledger.record(actor=actor, verb=verb, subject=measure.subject, about=about, data=facts, at=now)
