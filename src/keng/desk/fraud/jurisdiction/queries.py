"""Reading whose a report is, for others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keng.desk.fraud.jurisdiction.models import Handover, HandoverState
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

MOST = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One handover as a page shows it. `is_open`: it waits to be accepted, and its time is not over."""

    id: UUID
    code: str
    state: str
    giver: str
    receiver: str
    reason: str
    answer: str
    begun_at: datetime
    accept_by: datetime | None
    ended_at: datetime | None
    is_open: bool
    can_answer: bool
    can_withdraw: bool


def offered_to(officer: Officer, *, now: datetime) -> list[Step]:
    """What waits to be accepted by the officer's units, the soonest over first."""
    rights.require_to_read(officer, "jurisdiction.answer")
    mine = rights.may_on(officer, "jurisdiction.answer", now=now)
    rows = Handover.objects.filter(state=HandoverState.OFFERED, accept_by__gt=now, receiver__in=mine)
    return [_step(row, officer, now) for row in _whole(rows).order_by("accept_by")[:MOST]]


def history_of(officer: Officer, report_id: UUID, *, now: datetime) -> list[Step]:
    """How a report came to its owner, oldest first. The caller checked that the officer may read the report."""
    rows = _whole(Handover.objects.filter(report=report_id)).order_by("begun_at", "pk")
    return [_step(row, officer, now) for row in rows]


def _whole(rows):  # type: ignore[no-untyped-def]
    return rows.select_related("report", "giver", "receiver")


def _step(row: Handover, officer: Officer, now: datetime) -> Step:
    is_open = row.state == HandoverState.OFFERED and row.accept_by is not None and now < row.accept_by
    return Step(
        id=row.pk,
        code=row.report.code,
        state=row.state if is_open or row.state != HandoverState.OFFERED else HandoverState.OVERDUE,
        giver=row.giver.name,
        receiver=row.receiver.name,
        reason=row.reason,
        answer=row.answer,
        begun_at=row.begun_at,
        accept_by=row.accept_by,
        ended_at=row.ended_at,
        is_open=is_open,
        can_answer=is_open and rights.is_allowed(officer, "jurisdiction.answer", on=row.receiver, now=now),
        can_withdraw=is_open and rights.is_allowed(officer, "jurisdiction.offer", on=row.giver, now=now),
    )
