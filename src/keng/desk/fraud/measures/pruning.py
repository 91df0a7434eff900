"""What names somebody in a measure that ended long ago goes: account, free words, the partner's numbers. Figures stay."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Concat

from keng.desk.fraud.measures.models import OPEN_STATES, Answer, Measure, Request

GONE = "gone:"


def ended(before: datetime) -> QuerySet[Measure]:
    """Measures that ended before that moment and still name an account."""
    closed = Measure.objects.filter(closed_at__lte=before).exclude(state__in=OPEN_STATES)
    return closed.exclude(account__startswith=GONE)


def empty(rows: QuerySet[Measure]) -> int:
    """Put the measure's own code where the account stood, and nothing where words stood, in its requests and answers too."""
    ids = list(rows.values_list("pk", flat=True))
    Answer.objects.filter(request__measure__in=ids).update(note="", reference="")
    Request.objects.filter(measure__in=ids).update(note="", reference="")
    gone = Concat(Value(GONE), F("code"), output_field=CharField())
    return Measure.objects.filter(pk__in=ids).update(account=gone, reason="", decided_reason="")


def stray_answers(before: datetime) -> QuerySet[Answer]:
    """Answers to no request of ours, taken before that moment."""
    return Answer.objects.filter(request=None, received_at__lte=before)
