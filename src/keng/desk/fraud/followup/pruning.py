"""When a follow-up has long been over its number, its words and its texts go; what was decided and when stays."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from keng.desk.fraud.followup.models import Batch, Case, Level, Order, Word

GONE = "gone"


def over(before: datetime) -> QuerySet[Case]:
    """Cases that were closed, taken back or whose contract ended before that moment, and that still name a number."""
    ended = Q(outcome="", ordered=Level.END) & ~Exists(_orders_since(before))
    since = Q(closed_at__lte=before) | Q(outcome="", batch__rolled_back_at__lte=before) | ended
    return Case.objects.filter(since).exclude(value=GONE).order_by("pk")


def empty(rows: QuerySet[Case]) -> int:
    """The number, the record and the holder's pseudonym go, with every word about the case."""
    ids = list(rows.values_list("pk", flat=True))
    Word.objects.filter(case__in=ids).update(
        sealed_by="", sealed_key=b"", text=b"", proof_reference="", decided_reason=""
    )
    Order.objects.filter(case__in=ids).update(note="", reference="")
    for pk in ids:  # a record is unique in its batch
        Case.objects.filter(pk=pk).update(
            value=GONE, record=pk.hex, person="", decided_reason="", closed_reason="", next_at=None, to_say=""
        )
    return len(ids)


def without_cases(before: datetime) -> QuerySet[Batch]:
    """Batches begun before that moment in which no case names a number any more; their key makes codes that open nothing."""
    naming = Case.objects.filter(batch=OuterRef("pk")).exclude(value=GONE)
    return Batch.objects.filter(begun_at__lte=before).exclude(sealed_by="").filter(~Exists(naming)).order_by("pk")


def destroy_keys(rows: QuerySet[Batch]) -> int:
    """The key from which the holders' codes were made, and the words of a roll-back."""
    return rows.update(sealed_by="", sealed_key=b"", roll_back_reason=GONE)


def _orders_since(before: datetime) -> QuerySet[Order]:
    return Order.objects.filter(case=OuterRef("pk"), made_at__gt=before)
