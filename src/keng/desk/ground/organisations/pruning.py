"""Ways to reach an organisation that ended long ago go: a number or an address may have become somebody else's."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.organisations.models import ContactPoint


def ended_contacts(before: datetime) -> QuerySet[ContactPoint]:
    """Contact points that ended before that moment."""
    return ContactPoint.objects.filter(ended_at__lte=before)
