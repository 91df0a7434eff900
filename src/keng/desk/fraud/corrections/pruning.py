"""Replays go some time after they were made, with their sums and changes; what a report was called goes with the report."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.fraud.corrections.models import Replay


def old_replays(before: datetime) -> QuerySet[Replay]:
    """Replays made before that moment."""
    return Replay.objects.filter(made_at__lte=before)
