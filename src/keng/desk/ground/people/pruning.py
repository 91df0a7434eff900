"""Sign-in links go some time after they stopped working."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.people.models import EntryLink


def dead_links(before: datetime) -> QuerySet[EntryLink]:
    """Links that ended before that moment."""
    return EntryLink.objects.filter(expires_at__lte=before)
