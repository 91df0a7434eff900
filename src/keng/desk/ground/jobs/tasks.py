"""What happens to a task: posted, claimed, done, failed, set aside in quarantine, tried again, dropped.

A start is counted before the work begins. So a task that kills its process, or eats its memory, ends in quarantine after
as many starts as one that fails, and while it rests in between it delays nobody.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from keng.base.errors import KengError
from keng.desk.ground.jobs.actions import LEASE, MAX_ERROR_LENGTH, checked_words, digest, pause_after
from keng.desk.ground.jobs.claims import Line, lease, lines_due
from keng.desk.ground.jobs.kinds import Kind, Work, find_kind, get_kind
from keng.desk.ground.jobs.models import Batch, Task
from keng.desk.ground.jobs.states import Lane, Reason, TaskState
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

STARTS_BEFORE_QUARANTINE = 8
PAUSE_FACTOR = 5  # times the outbox's pauses: 5 s, 10 s … ten minutes altogether

logger = logging.getLogger(__name__)


class LeaseLostError(Exception):
    """Another worker has the task now: what this one did is rolled back."""


@dataclass(frozen=True, slots=True)
class ClaimedTask:
    """A task that this worker may do while its lease lasts."""

    id: UUID
    kind: str
    payload: dict[str, Any]
    batch: UUID | None
    tries: int
    lease: UUID


def post(
    *, kind: str, key: str, payload: dict[str, Any], now: datetime, lane: Lane | None = None, batch: Batch | None = None
) -> None:
    """Ask for a task, in the caller's transaction. A key that is there already changes nothing. KeyError: no such kind."""
    if not connection.in_atomic_block:
        raise RuntimeError("a task is posted in the transaction of the action that needs it")
    row = Task(
        kind=kind,
        key=key,
        payload=payload,
        lane=get_kind(kind).lane if lane is None else lane,
        batch=batch,
        created_at=now,
        next_try_at=now,
    )
    Task.objects.bulk_create([row], ignore_conflicts=True)


def claim(now: datetime, *, lanes: Collection[Lane] = tuple(Lane)) -> ClaimedTask | None:
    """The next task in these lanes of a kind that is known here, leased to the caller, its start counted; None if none is due.

    One that was started too often and never came to an end goes to quarantine instead.
    """
    for line in lines_due(Task, now):
        if line.lane not in lanes or find_kind(line.name) is None:
            continue
        while (claimed := _lease_one(line, now)) is not None:
            if claimed.tries <= STARTS_BEFORE_QUARANTINE:
                return claimed
            _quarantine(claimed, Reason.KILLED, f"{STARTS_BEFORE_QUARANTINE} starts without an end", now)
    return None


def lanes_due(now: datetime) -> set[Lane]:
    """The lanes in which a task of a kind known here is due. Takes no lock."""
    return {line.lane for line in lines_due(Task, now) if find_kind(line.name) is not None}


def _lease_one(line: Line, now: datetime) -> ClaimedTask | None:
    rows, ours = lease(Task, line, now, most=1)
    return (
        ClaimedTask(rows[0].pk, rows[0].kind, rows[0].payload, rows[0].batch_id, rows[0].tries + 1, ours)
        if rows
        else None
    )


def prolong(claimed: ClaimedTask, now: datetime) -> bool:
    """Keep the lease for another thirty seconds. False if it is lost."""
    until = now + LEASE
    return _mine(claimed).update(leased_until=until, next_try_at=until) == 1


def do(claimed: ClaimedTask, now: Callable[[], datetime]) -> bool:
    """Do the task and write down how it ended. True if it is done; False if it failed or another worker has it now."""
    kind = get_kind(claimed.kind)
    try:
        _do(kind, claimed, now)
    except LeaseLostError:
        logger.warning("task %s of kind %s was taken over by another worker", claimed.id, claimed.kind)
        return False
    except MemoryError:
        mark_failed(claimed, Reason.MEMORY, "MemoryError", permanent=False, now=now())
        raise
    except KengError as error:
        reason = Reason.REFUSED if error.permanent else Reason.UNAVAILABLE
        mark_failed(claimed, reason, error.code, permanent=error.permanent, now=now())
        return False
    except Exception as error:
        logger.exception("task %s of kind %s failed", claimed.id, claimed.kind)
        mark_failed(claimed, Reason.FAULT, _place_of(error), permanent=False, now=now())
        return False
    return True


def _do(kind: Kind, claimed: ClaimedTask, now: Callable[[], datetime]) -> None:
    prepared = kind.prepare(claimed.payload) if kind.prepare else None
    with transaction.atomic():
        at = now()
        if not _mine(claimed).update(state=TaskState.DONE, done_at=at, lease=None, leased_until=None, reason=""):
            raise LeaseLostError
        kind.handle(Work(claimed.id, claimed.batch, claimed.payload, prepared, at))


@transaction.atomic
def mark_failed(claimed: ClaimedTask, reason: Reason, error: str, *, permanent: bool, now: datetime) -> None:
    """Note a start that failed: again after a pause, or quarantine. Nothing if the lease is lost."""
    if permanent or claimed.tries >= STARTS_BEFORE_QUARANTINE:
        _quarantine(claimed, reason, error, now)
        return
    _mine(claimed).update(
        next_try_at=now + PAUSE_FACTOR * pause_after(claimed.tries),
        lease=None,
        leased_until=None,
        reason=reason,
        last_error=error[:MAX_ERROR_LENGTH],
    )


@transaction.atomic
def _quarantine(claimed: ClaimedTask, reason: Reason, error: str, now: datetime) -> None:
    starts = min(claimed.tries, STARTS_BEFORE_QUARANTINE)  # the claim that sets it aside is none
    changed = _mine(claimed).update(
        state=TaskState.QUARANTINED,
        tries=starts,
        lease=None,
        leased_until=None,
        reason=reason,
        last_error=error[:MAX_ERROR_LENGTH],
    )
    if changed:
        data: dict[str, object] = {"kind": claimed.kind, "reason": str(reason), "starts": starts}
        ledger.record(actor="system:worker", verb="tasks.quarantine", subject=f"task:{claimed.id}", data=data, at=now)


@transaction.atomic
def retry(officer: Officer, task_id: UUID, *, now: datetime) -> bool:
    """An operator lets a task in quarantine be tried again from the start. False if it is not there."""
    rights.require(officer, "tasks.retry")
    changed = _aside(officer, "tasks.retry", task_id).update(**fresh(now))
    if changed:
        ledger.record(actor=officer.actor, verb="tasks.retry", subject=f"task:{task_id}", data={}, at=now)
    return changed == 1


@transaction.atomic
def drop(officer: Officer, task_id: UUID, why: str, *, now: datetime) -> bool:
    """An operator decides with a reason that a task in quarantine need not be done. False if it is not there."""
    rights.require(officer, "tasks.drop")
    words = checked_words(why)
    changed = _aside(officer, "tasks.drop", task_id).update(state=TaskState.DROPPED, drop_reason=words)
    if changed:
        data: dict[str, object] = {"reason_sha256": digest(words)}
        ledger.record(actor=officer.actor, verb="tasks.drop", subject=f"task:{task_id}", data=data, at=now)
    return changed == 1


def fresh(now: datetime) -> dict[str, Any]:
    """The fields of a task that begins anew."""
    return {"state": TaskState.WAITING, "tries": 0, "next_try_at": now, "lease": None, "leased_until": None}


def _aside(officer: Officer, verb: str, task_id: UUID) -> QuerySet[Task]:
    """The task in quarantine. Tasks are no unit's: for who leads."""
    rows = Task.objects.filter(pk=task_id, state=TaskState.QUARANTINED)
    return rows if rights.leads(officer, verb) else rows.none()


def _mine(claimed: ClaimedTask) -> Any:
    """The row while our lease is the one that counts."""
    return Task.objects.filter(pk=claimed.id, state=TaskState.WAITING, lease=claimed.lease)


def _place_of(error: Exception) -> str:
    """Type and place of an error; never its words, which may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return f"{type(error).__name__} in {last.name}:{last.lineno}" if last else type(error).__name__
