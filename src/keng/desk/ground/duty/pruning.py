"""Who was trained and who was on duty is kept for as long as somebody may ask about what was done then."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.duty.models import HeldSkill, Shift


def ended_skills(before: datetime) -> QuerySet[HeldSkill]:
    """Skills that ended before that moment."""
    return HeldSkill.objects.filter(valid_to__lte=before.date())


def old_shifts(before: datetime) -> QuerySet[Shift]:
    """Shifts over before that moment."""
    return Shift.objects.filter(ends_at__lte=before)
