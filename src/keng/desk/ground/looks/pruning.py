"""Decisions to withhold go long after what they withheld is shown; the ledger keeps that they were taken."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.looks.models import Withholding


def old_decisions(before: datetime) -> QuerySet[Withholding]:
    """Decisions that ended before that moment."""
    return Withholding.objects.filter(until__lte=before)
