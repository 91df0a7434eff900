"""What of messages and tasks goes when its time is over: body, payload, words. The key stays, or they could be posted again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.jobs.models import Outgoing, Task
from keng.desk.ground.jobs.states import State, TaskState


def sent_bodies(before: datetime) -> QuerySet[Outgoing]:
    """Messages that arrived before that moment and still have a body. What waits or is dead keeps it: it may be sent again."""
    return Outgoing.objects.filter(state__in=(State.SENT, State.DROPPED), created_at__lte=before).exclude(body=b"")


def empty(rows: QuerySet[Outgoing]) -> int:
    return rows.update(body=b"", last_error="", drop_reason="")


def done_tasks(before: datetime) -> QuerySet[Task]:
    """Tasks asked for before that moment that are done or dropped and still have a payload. In quarantine they keep it."""
    over = Task.objects.filter(state__in=(TaskState.DONE, TaskState.DROPPED), created_at__lte=before)
    return over.exclude(payload={})


def empty_tasks(rows: QuerySet[Task]) -> int:
    return rows.update(payload={}, last_error="", drop_reason="")
