"""Orders of a person that become many rows: sending all dead letters of a partner again, trying again what failed, cancelling.

A batch has rows of both kinds: tasks, and messages that its tasks put back into the outbox.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from keng.base.errors import ConflictError, InputError, Said
from keng.desk.ground.jobs import tasks
from keng.desk.ground.jobs.kinds import Kind, Work, register
from keng.desk.ground.jobs.models import Batch, Outgoing, Task
from keng.desk.ground.jobs.states import Lane, State, TaskState
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

SLICE = 200  # letters of one task: a short transaction each

NO_BATCH = Said("Không có đợt việc này.", "There is no such batch.")
NOTHING_DEAD = Said("Đối tác này không có thư kẹt nào.", "This partner has no dead letters.")
NOTHING_FAILED = Said("Đợt này không có phần nào hỏng.", "Nothing in this batch has failed.")
OVER = Said("Đợt này đã xong hoặc đã dừng.", "This batch is over already.")


def start(kind: str, subject: str, made_by: str, *, now: datetime) -> Batch:
    """A new batch, in the caller's transaction; its rows are posted with it."""
    batch = Batch.objects.create(kind=kind, subject=subject, made_by=made_by, made_at=now)
    data: dict[str, object] = {"kind": kind, "about": subject}
    ledger.record(actor=made_by, verb="batches.start", subject=f"batch:{batch.pk}", data=data, at=now)
    return batch


@transaction.atomic
def resend_all(officer: Officer, recipient: str, *, now: datetime) -> Batch:
    """Send all dead letters of one partner again that are of the officer's units, as a batch of slices.

    Raises ConflictError `nothing_dead`.
    """
    rights.require(officer, "outbox.retry_all")
    mine = rights.within(officer, "outbox.retry_all", "owner")
    dead = Outgoing.objects.filter(mine, recipient=recipient, state=State.DEAD).order_by("created_at")
    ids = [str(pk) for pk in dead.values_list("pk", flat=True)]
    if not ids:
        raise ConflictError("nothing_dead", NOTHING_DEAD)
    batch = start(RESEND.name, f"partner:{recipient}", officer.actor, now=now)
    for first in range(0, len(ids), SLICE):
        tasks.post(
            kind=RESEND.name,
            key=f"{RESEND.name}:{batch.pk}:{first}",
            payload={"letters": ids[first : first + SLICE]},
            batch=batch,
            now=now,
        )
    return batch


def _resend(work: Work) -> None:
    """Put these dead letters back into the outbox, as part of the batch."""
    Outgoing.objects.filter(pk__in=work.payload["letters"], state=State.DEAD).update(
        batch=work.batch, **_fresh_letter(work.now)
    )


RESEND = register(
    Kind(
        "outbox.resend",
        Said("Gửi lại thư kẹt của một đối tác", "Dead letters of a partner sent again"),
        _resend,
        lane=Lane.ROUTINE,
    )
)


@transaction.atomic
def retry_failed(officer: Officer, batch_id: UUID, *, now: datetime) -> int:
    """Try again what failed in a batch, and nothing else. Returns how many rows. ConflictError `nothing_failed`."""
    rights.require(officer, "batches.retry_failed")
    batch = _get_batch(officer, "batches.retry_failed", batch_id)
    changed = Task.objects.filter(batch=batch, state=TaskState.QUARANTINED).update(**tasks.fresh(now))
    changed += Outgoing.objects.filter(batch=batch, state=State.DEAD).update(**_fresh_letter(now))
    if not changed:
        raise ConflictError("nothing_failed", NOTHING_FAILED)
    Batch.objects.filter(pk=batch.pk).update(cancelled_at=None)
    _record("batches.retry_failed", officer, batch, changed, now)
    return changed


@transaction.atomic
def cancel(officer: Officer, batch_id: UUID, *, now: datetime) -> int:
    """Stop what has not begun: tasks are dropped, messages are dead letters again. Returns how many. ConflictError `batch_over`.

    What a worker has under way comes to its end.
    """
    rights.require(officer, "batches.cancel")
    batch = _get_batch(officer, "batches.cancel", batch_id)
    free = Q(batch=batch) & (Q(lease=None) | Q(leased_until__lte=now))
    changed = Task.objects.filter(free, state=TaskState.WAITING).update(state=TaskState.DROPPED, lease=None)
    changed += Outgoing.objects.filter(free, state=State.WAITING).update(state=State.DEAD, lease=None)
    if not changed:
        raise ConflictError("batch_over", OVER)
    Batch.objects.filter(pk=batch.pk).update(cancelled_at=now)
    _record("batches.cancel", officer, batch, changed, now)
    return changed


def _get_batch(officer: Officer, verb: str, batch_id: UUID) -> Batch:
    """The batch, if it is the officer's own or the officer leads. Raises InputError `no_such_batch`."""
    mine = Q() if rights.leads(officer, verb) else Q(made_by=officer.actor)
    batch = Batch.objects.select_for_update().filter(mine, pk=batch_id).first()
    if batch is None:
        raise InputError("no_such_batch", NO_BATCH)
    return batch


def _fresh_letter(now: datetime) -> dict[str, object]:
    return {"state": State.WAITING, "tries": 0, "next_try_at": now, "lease": None, "leased_until": None, "reason": ""}


def _record(verb: str, officer: Officer, batch: Batch, count: int, now: datetime) -> None:
    ledger.record(actor=officer.actor, verb=verb, subject=f"batch:{batch.pk}", data={"count": count}, at=now)
