"""Identifiers of messages taken go when no repeat can come any more."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.partners.models import Inbound


def old_ids(before: datetime) -> QuerySet[Inbound]:
    """Identifiers taken before that moment."""
    return Inbound.objects.filter(received_at__lte=before)
