"""Reading the outbox for others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keng.desk.ground.jobs.models import Outgoing, State
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

PAGE = 200


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
    last_error: str


def dead_letters(officer: Officer) -> list[Letter]:
    """Messages that were given up, newest first."""
    rights.require(officer, "outbox.list")
    return _letters(State.DEAD, "-created_at")


def struggling(officer: Officer) -> list[Letter]:
    """Messages that failed at least once and are still being tried, oldest first."""
    rights.require(officer, "outbox.list")
    return [letter for letter in _letters(State.WAITING, "created_at") if letter.last_error]


def dead_count() -> int:
    """How many messages wait for a person."""
    return Outgoing.objects.filter(state=State.DEAD).count()


def state_of(subject: str, version: int) -> str | None:
    """How the newest message of that version about a subject goes; None if there is none."""
    rows = Outgoing.objects.filter(subject=subject, version=version).order_by("-created_at")
    return rows.values_list("state", flat=True).first()


def _letters(state: State, order: str) -> list[Letter]:
    rows = (
        Outgoing.objects.filter(state=state)
        .order_by(order)
        .values_list(
            "id", "recipient", "subject", "state", "created_at", "next_try_at", "last_try_at", "tries", "last_error"
        )[:PAGE]
    )
    return [Letter(*row) for row in rows]
