"""Runs go with their counts some time after; evidence and suspicions, which are about persons, go sooner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from keng.desk.fraud.signs.models import Citation, Evidence, Run, Suspected


def old_runs(before: datetime) -> QuerySet[Run]:
    """Runs kept before that moment."""
    return Run.objects.filter(made_at__lte=before)


def old_evidence(before: datetime) -> QuerySet[Evidence]:
    """Evidence of runs kept before that moment."""
    return Evidence.objects.filter(run__made_at__lte=before)


def empty_citations(measure_ids: Iterable[UUID]) -> None:
    """What was said of an account goes when the measure that rested on it lets its object go; sign, version and run stay."""
    Citation.objects.filter(measure__in=list(measure_ids)).update(vi="", en="")


def old_suspicions(before: datetime) -> QuerySet[Suspected]:
    """Accounts that no bank told again since that moment."""
    return Suspected.objects.filter(last_at__lte=before)
