"""Reading for others: how SMS go."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from keng.desk.ground.sms.models import Segment


def deliveries(since: datetime) -> dict[str, int]:
    """How many segments that a centre took since then are how far, by `Delivery`. One query."""
    rows = Segment.objects.filter(taken_at__gte=since).values_list("delivery").annotate(count=Count("pk"))
    return dict(rows.order_by("delivery"))
