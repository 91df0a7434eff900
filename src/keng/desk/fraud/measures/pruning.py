"""What names somebody in a measure that ended long ago goes: its object, words, notices, the partner's numbers. Figures stay."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat

from keng.desk.fraud.measures.models import (
    OPEN_STATES,
    Answer,
    FilledSheet,
    Measure,
    Notice,
    Question,
    Renewal,
    Request,
    Review,
)

GONE = "gone:"


def ended(before: datetime) -> QuerySet[Measure]:
    """Measures that ended before that moment and still name their object."""
    closed = Measure.objects.filter(closed_at__lte=before).exclude(state__in=OPEN_STATES)
    return closed.exclude(object_value__startswith=GONE)


def empty(rows: QuerySet[Measure]) -> int:
    """Put the measure's own code where the object stood, and nothing where words stood, in all that belongs to it too."""
    ids = list(rows.values_list("pk", flat=True))
    Answer.objects.filter(request__measure__in=ids).update(note="", reference="")
    Request.objects.filter(measure__in=ids).update(note="", reference="")
    questions = Question.objects.filter(request__measure__in=ids)
    questions.exclude(reply="").update(reply=GONE)
    questions.update(text="")
    Notice.objects.filter(measure__in=ids).update(vi="", en="", sha256=bytes(32))
    Renewal.objects.filter(measure__in=ids).update(
        reason="", reason_folded=_gone(Cast("number", CharField())), decided_reason=""
    )
    Review.objects.filter(measure__in=ids).update(reason="")
    words = dict.fromkeys(("reason", "decided_reason", "lift_reason", "notice_delay_reason"), "")
    rows = Measure.objects.filter(pk__in=ids)
    return rows.update(object_value=_gone(F("code")), notice_delayed_to=None, **words)


def _gone(name: Cast | F) -> Concat:
    return Concat(Value(GONE), name, output_field=CharField())


def old_sheets(before: datetime) -> QuerySet[FilledSheet]:
    """Files of answers sent before that moment; the answers themselves stay with their requests."""
    return FilledSheet.objects.filter(sent_at__lte=before)


def stray_answers(before: datetime) -> QuerySet[Answer]:
    """Answers to no request of ours, taken before that moment."""
    return Answer.objects.filter(request=None, received_at__lte=before)
