"""Why an officer judged goes some time after; that the judgement was made, and what it says stands together, stays."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from keng.desk.fraud.campaigns.models import Judgement


def old_judgements(before: datetime) -> QuerySet[Judgement]:
    """Judgements made before that moment whose words are still there."""
    return Judgement.objects.filter(~Q(words="") | ~Q(why_value=""), at__lte=before)


def empty(rows: QuerySet[Judgement]) -> int:
    return rows.update(words="", why_value="")
