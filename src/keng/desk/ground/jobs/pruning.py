"""What of the outbox goes when its time is over: the body of a message that arrived. Its key stays, or it could be posted again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.jobs.models import Outgoing, State


def sent_bodies(before: datetime) -> QuerySet[Outgoing]:
    """Messages that arrived before that moment and still have a body. What waits or is dead keeps it: it may be sent again."""
    return Outgoing.objects.filter(state__in=(State.SENT, State.DROPPED), created_at__lte=before).exclude(body=b"")


def empty(rows: QuerySet[Outgoing]) -> int:
    return rows.update(body=b"", last_error="")
