"""Reading the queue for others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from keng.desk.ground.counting import count_each
from keng.desk.ground.jobs.models import Batch, Outgoing, Task
from keng.desk.ground.jobs.states import State, TaskState
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

PAGE = 200
BATCHES = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the outbox as an operator sees it. Its body stays closed."""

    id: UUID
    recipient: str
    subject: str
    state: str
    created_at: datetime
    next_try_at: datetime
    last_try_at: datetime | None
    tries: int
    reason: str
    last_error: str


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task as an operator sees it. Its payload stays closed."""

    id: UUID
    kind: str
    batch: UUID | None
    created_at: datetime
    last_try_at: datetime | None
    tries: int
    reason: str
    last_error: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch and how its rows stand now, tasks and messages together. `left` wait or are under way."""

    id: UUID
    kind: str
    subject: str
    made_by: str
    made_at: datetime
    cancelled_at: datetime | None
    done: int
    failed: int
    left: int
    dropped: int

    @property
    def total(self) -> int:
        return self.done + self.failed + self.left + self.dropped


def dead_letters(officer: Officer, *, recipient: str = "", reason: str = "") -> list[Letter]:
    """Messages that were given up, newest first; of one recipient, or for one reason, if given."""
    rights.require_to_read(officer, "outbox.list")
    rows = _ours(officer).filter(state=State.DEAD)
    return _letters(_narrowed(rows, recipient=recipient, reason=reason), "-created_at")


def struggling(officer: Officer) -> list[Letter]:
    """Messages that failed at least once and are still being tried, oldest first."""
    rights.require_to_read(officer, "outbox.list")
    return _letters(_ours(officer).filter(state=State.WAITING, reason__gt=""), "created_at")


def dead_by_recipient(officer: Officer) -> dict[str, int]:
    """How many dead letters each recipient has. One query."""
    rights.require_to_read(officer, "outbox.list")
    rows = _ours(officer).filter(state=State.DEAD).values_list("recipient").annotate(count=Count("pk"))
    return dict(rows.order_by("recipient"))


def quarantined(officer: Officer, *, kind: str = "", reason: str = "") -> list[ShownTask]:
    """Tasks that could not be done, newest first; of one kind, or for one reason, if given. They are no unit's: for who leads."""
    rights.require_to_read(officer, "outbox.list")
    if not rights.leads(officer, "outbox.list"):
        return []
    rows = _narrowed(Task.objects.filter(state=TaskState.QUARANTINED), kind=kind, reason=reason)
    fields = ("id", "kind", "batch_id", "created_at", "last_try_at", "tries", "reason", "last_error")
    return [ShownTask(*row) for row in rows.order_by("-created_at").values_list(*fields)[:PAGE]]


def batches(officer: Officer) -> list[Progress]:
    """The newest batches with their progress: one's own, and all for who leads. Three queries."""
    rights.require_to_read(officer, "outbox.list")
    rows = Batch.objects if rights.leads(officer, "outbox.list") else Batch.objects.filter(made_by=officer.actor)
    newest = list(rows.order_by("-made_at")[:BATCHES])
    tasks, letters = _by_state(Task, newest), _by_state(Outgoing, newest)
    return [_progress(batch, tasks, letters) for batch in newest]


def progress_of(batch_ids: Iterable[UUID]) -> dict[UUID, Progress]:
    """How these batches stand, for the app that ordered them: who may know is its affair. Three queries."""
    rows = list(Batch.objects.filter(pk__in=list(batch_ids)))
    of_tasks, of_letters = _by_state(Task, rows), _by_state(Outgoing, rows)
    return {row.pk: _progress(row, of_tasks, of_letters) for row in rows}


def dead_count(officer: Officer) -> int:
    """How many messages and tasks wait for a person who may do what this officer may. One query."""
    return sum(count_each(*dead(officer)))


def dead(officer: Officer) -> tuple[QuerySet[Outgoing], QuerySet[Task] | None]:
    """The messages and the tasks that wait for a person; tasks are for who leads."""
    leads = rights.leads(officer, "outbox.list")
    return _ours(officer).filter(state=State.DEAD), Task.objects.filter(state=TaskState.QUARANTINED) if leads else None


def seen(officer: Officer, verb: str, subjects: Iterable[str]) -> set[str]:
    """Those of the subjects `outgoing:...` that are of a unit on which the officer may do `verb`. One query."""
    ids = {one.removeprefix("outgoing:") for one in subjects if one.startswith("outgoing:")}
    rows = (
        Outgoing.objects.filter(rights.within(officer, verb, "owner"), pk__in=ids) if ids else Outgoing.objects.none()
    )
    return {f"outgoing:{pk}" for pk in rows.values_list("pk", flat=True)}


def state_of(subject: str, version: int) -> str | None:
    """How the newest message of that version about a subject goes; None if there is none."""
    rows = Outgoing.objects.filter(subject=subject, version=version).order_by("-created_at")
    return rows.values_list("state", flat=True).first()


def _ours(officer: Officer) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(rights.within(officer, "outbox.list", "owner"))


def _letters(rows: QuerySet[Outgoing], order: str) -> list[Letter]:
    fields = ("id", "recipient", "subject", "state", "created_at", "next_try_at", "last_try_at", "tries", "reason")
    return [Letter(*row) for row in rows.order_by(order).values_list(*fields, "last_error")[:PAGE]]


def _narrowed(rows: QuerySet[Any], **wanted: str) -> QuerySet[Any]:
    return rows.filter(**{field: value for field, value in wanted.items() if value})


def _by_state(model: type[Outgoing | Task], batches: Iterable[Batch]) -> dict[tuple[UUID, str], int]:
    rows = model.objects.filter(batch__in=list(batches)).values_list("batch_id", "state").annotate(count=Count("pk"))
    return {(batch, state): count for batch, state, count in rows}


def _progress(batch: Batch, tasks: dict[tuple[UUID, str], int], letters: dict[tuple[UUID, str], int]) -> Progress:
    def count(task_state: TaskState, letter_state: State) -> int:
        return tasks.get((batch.pk, task_state), 0) + letters.get((batch.pk, letter_state), 0)

    return Progress(
        batch.pk,
        batch.kind,
        batch.subject,
        batch.made_by,
        batch.made_at,
        batch.cancelled_at,
        done=count(TaskState.DONE, State.SENT),
        failed=count(TaskState.QUARANTINED, State.DEAD),
        left=count(TaskState.WAITING, State.WAITING),
        dropped=count(TaskState.DROPPED, State.DROPPED),
    )
