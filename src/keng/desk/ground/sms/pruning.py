"""What of SMS goes by itself: marks of messages heard, parts whose others never came, what became of segments."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.sms.models import Heard, Part, Segment


def heard(before: datetime) -> QuerySet[Heard]:
    """Marks made before that moment; the key of their digests is destroyed with its day."""
    return Heard.objects.filter(at__lte=before)


def lonely_parts(before: datetime) -> QuerySet[Part]:
    """Parts that came before that moment and still wait for others."""
    return Part.objects.filter(at__lte=before)


def old_segments(before: datetime) -> QuerySet[Segment]:
    """Segments that a centre took before that moment."""
    return Segment.objects.filter(taken_at__lte=before)
