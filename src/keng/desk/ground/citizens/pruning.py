"""What is kept of a citizen ends: receipts with what they belong to, sign-ins after a time, and then whoever has nothing left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from keng.desk.ground.citizens.models import Identity, Kept, Stay


def detach(subjects: Iterable[str]) -> int:
    """These reports or appeals belong to no citizen any more. How many were attached."""
    return Kept.objects.filter(subject__in=list(subjects)).delete()[0]


def old_receipts(before: datetime) -> QuerySet[Kept]:
    """Receipts attached before that moment: also one of a report that was erased already has its end."""
    return Kept.objects.filter(kept_at__lte=before)


def old_stays(before: datetime) -> QuerySet[Stay]:
    """Sign-ins begun before that moment. By then no provider vouches for their transaction any more."""
    return Stay.objects.filter(began_at__lte=before)


def with_nothing_left(before: datetime) -> QuerySet[Identity]:
    """Identities made before that moment that have neither a sign-in nor a receipt."""
    own = {"identity": OuterRef("pk")}
    made = Identity.objects.filter(made_at__lte=before)
    return made.exclude(Exists(Stay.objects.filter(**own))).exclude(Exists(Kept.objects.filter(**own)))
