"""Finding what is due and leasing it: the same for messages and for tasks, on SQLite and PostgreSQL.

What waits stands in lines: one for each lane and receiver (of a task: each lane and kind). Looking takes one statement of
a few index look-ups per line, however many rows a line has; receivers and kinds are some hundreds at most. Leasing takes
the oldest of one line. So a flood in one line, or a receiver that takes nothing, costs the others no time.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from keng.desk.ground.jobs.models import Outgoing, Task
from keng.desk.ground.jobs.states import WAITING, Lane

LEASE = timedelta(seconds=30)

# A loose index scan: from one receiver to the next by min(), never over the rows between.
HEADS = """
WITH RECURSIVE head(lane, name) AS (
  SELECT lanes.lane, (SELECT min({name}) FROM {table} WHERE state = 'waiting' AND lane = lanes.lane)
    FROM ({lanes}) AS lanes
  UNION ALL
  SELECT head.lane,
         (SELECT min({name}) FROM {table} WHERE state = 'waiting' AND lane = head.lane AND {name} > head.name)
    FROM head WHERE head.name IS NOT NULL
)
SELECT lane, name, (SELECT min(next_try_at) FROM {table} WHERE state = 'waiting' AND lane = head.lane AND {name} = head.name)
  FROM head WHERE name IS NOT NULL
"""
LANES = " UNION ALL ".join(f"SELECT {lane.value} AS lane" for lane in Lane)
NAMES = {Outgoing: "recipient", Task: "kind"}


@dataclass(frozen=True, slots=True)
class Line:
    """Those that wait in one lane for one receiver (or kind). `due_at` is when the first of them is due."""

    lane: Lane
    name: str
    due_at: datetime


def heads_statement(model: type[Outgoing | Task]) -> str:
    """The statement that looks at every line."""
    return HEADS.format(table=model._meta.db_table, name=NAMES[model], lanes=LANES)


def lines_due(model: type[Outgoing | Task], now: datetime) -> list[Line]:
    """The lines in which something is due: urgent lanes first, in a lane the one that waits longest. Takes no lock."""
    with connection.cursor() as cursor:
        cursor.execute(heads_statement(model))
        lines = [Line(Lane(lane), name, _moment(due_at)) for lane, name, due_at in cursor.fetchall()]
    return sorted((line for line in lines if line.due_at <= now), key=lambda line: (line.lane, line.due_at))


def due_rows(model: type[Any], line: Line, now: datetime) -> QuerySet[Any]:
    """The rows of a line that may be leased, oldest first."""
    return model.objects.filter(
        Q(leased_until=None) | Q(leased_until__lte=now),
        **{"state": WAITING, "lane": line.lane, NAMES[model]: line.name, "next_try_at__lte": now},
    ).order_by("next_try_at")


def lease(model: type[Any], line: Line, now: datetime, *, most: int) -> tuple[list[Any], uuid.UUID]:
    """Up to `most` rows of the line, oldest first, leased to the caller by a new lease; `tries` counts this start."""
    until, ours = now + LEASE, uuid.uuid4()
    with transaction.atomic():
        due = due_rows(model, line, now)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:most])
        model.objects.filter(pk__in=[row.pk for row in rows]).update(
            lease=ours, leased_until=until, next_try_at=until, last_try_at=now, tries=F("tries") + 1
        )
    return rows, ours


def _moment(stored: datetime | str) -> datetime:
    """A time as the database gave it: SQLite keeps text in UTC."""
    moment = parse_datetime(stored) if isinstance(stored, str) else stored
    assert moment is not None, stored  # noqa: S101 - our own invariant
    return make_aware(moment, timezone=UTC) if is_naive(moment) else moment
