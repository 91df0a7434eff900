"""Answered requests for erasure and released legal holds go some time after; the ledger keeps that they were."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.fraud.erasure.models import Erasure, ErasureState, LegalHold


def answered(before: datetime) -> QuerySet[Erasure]:
    """Requests answered before that moment."""
    return Erasure.objects.filter(decided_at__lte=before).exclude(state=ErasureState.OPEN)


def released(before: datetime) -> QuerySet[LegalHold]:
    """Legal holds released before that moment."""
    return LegalHold.objects.filter(released_at__lte=before)
