"""The end of a case in the holder's favour, and the clock that stands still and goes on. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from keng.base.errors import ConflictError, InputError
from keng.desk.fraud.followup import orders, refusals
from keng.desk.fraud.followup.models import (
    UNANSWERED,
    Action,
    Case,
    Order,
    OrderState,
    Outcome,
    Word,
    WordKind,
    WordState,
)
from keng.desk.fraud.followup.notices import Cause
from keng.desk.fraud.followup.orders import Wanted
from keng.desk.fraud.followup.standing import level_at, next_look
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

LOCKED_AT_ONCE = 10_000  # ids that a lock of many rows holds in memory
STOPPING = (WordKind.APPEAL, WordKind.CORRECTED)


def lock_case(case_id: UUID) -> Case:
    """The case with its batch, locked for the transaction. Raises InputError `no_case`."""
    case = (
        Case.objects.select_for_update(no_key=True, of=("self",))
        .select_related("batch__partner")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise InputError("no_case", refusals.NO_CASE)
    return case


def lock_in_order(rows: QuerySet[Case]) -> None:
    """Lock many cases for the transaction in the order of their ids, as whoever takes several does: so none waits in turn.

    `rows` without joins. A statement that changes many rows locks them in whatever order it finds them: call this before it.
    """
    if connection.features.has_select_for_update:
        for _pk in (
            rows.order_by("pk").select_for_update(no_key=True).values_list("pk").iterator(chunk_size=LOCKED_AT_ONCE)
        ):
            pass


def lock_case_for(officer: Officer, verb: str, case_id: UUID) -> Case:
    """The same, if the officer may do `verb` to it. One of another unit is answered as one that there is not."""
    rights.require(officer, verb)
    mine = Case.objects.filter(rights.within(officer, verb, "batch__owner"), pk=case_id)
    if not mine.exists():
        raise InputError("no_case", refusals.NO_CASE)
    return lock_case(case_id)


def require_open(case: Case) -> None:
    """Return if the case may still change. Raises ConflictError `case_over`."""
    if case.outcome or case.batch.rolled_back_at is not None or case.batch.begun_at is None:
        raise ConflictError("case_over", refusals.CASE_OVER)


def close(case: Case, outcome: Outcome, now: datetime, *, by: Officer | None = None, reason: str = "") -> None:
    """Close the case: what was taken away is given back at once, the holder is told, what waits for an answer needs none."""
    require_open(case)
    case.outcome, case.closed_at, case.closed_by, case.closed_reason = outcome, now, by, reason
    case.next_at, case.to_say, case.asked_at, case.stopped_at = None, "", None, None
    Word.objects.filter(case=case, state=WordState.OPEN).update(state=WordState.MOOT, decided_at=now)
    withdraw_orders(Order.objects.filter(case=case))
    if case.ordered or case.notices:
        action = Action.RESTORE if case.ordered else Action.NOTICE
        orders.send(case.batch, [Wanted(case, action, Cause(outcome.value))], now)
    case.save()


def withdraw_orders(rows: QuerySet[Order]) -> None:
    """Orders that wait for an answer and are needed no more. A partner that has them sees a later number, and does nothing."""
    rows.filter(state__in=UNANSWERED).exclude(action=Action.RESTORE).update(state=OrderState.WITHDRAWN)


def stop_clock(case: Case, now: datetime) -> None:
    """From now on the clock stands still; what stands now stays. The caller saves the case."""
    if case.stopped_at is None:
        case.floor = level_at(case, now)
        case.stopped_at = now
    case.next_at = None


def let_clock_go_on(case: Case, cause: Cause, now: datetime) -> None:
    """The clock goes on where it stopped, unless something else still stops it; the holder is told. Saves the case."""
    if case.stopped_at is not None and not case.words.filter(state=WordState.OPEN, kind__in=STOPPING).exists():
        if case.clock_from is not None:
            case.clock_from += now - case.stopped_at
        case.stopped_at = None
    case.to_say = cause
    case.next_at = next_look(case, now) if case.stopped_at is None else now
    case.save()


def record_case(verb: str, actor: str, case: Case, now: datetime, **data: Any) -> None:
    """The ledger's entry about a case."""
    facts = {"rule": case.rule, **data}
    ledger.record(actor=actor, verb=verb, subject=case.subject, about=case.subject, data=facts, at=now)
