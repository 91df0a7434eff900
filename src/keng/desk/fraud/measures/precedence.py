"""What happens when two measures meet (docs/measures.md has the table; each row is tested in test_precedence.py).

Each order ends at its own time and is lifted by itself. What is decided here is only which *new* order may not begin.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from keng.base.errors import ConflictError, RefusedError, Said
from keng.base.weburl import parse_url
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.kinds import ONE_ORDER_IS_ENOUGH, Kind, Target
from keng.desk.fraud.measures.models import SENT_STATES, Measure, MeasureState
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.people.models import Officer


def in_force(now: datetime) -> Q:
    """Measures that restrict somebody at this moment, by the clock."""
    unconfirmed = Q(state=MeasureState.UNCONFIRMED, confirm_by__gt=now)
    return unconfirmed | Q(state=MeasureState.ACTIVE, ends_at__gt=now)


def standing(kind: Kind, target: Target, now: datetime) -> QuerySet[Measure]:
    """The orders of a kind on an object that wait or are in force."""
    rows = Measure.objects.filter(kind=kind.value, object_kind=target.kind, object_value=target.value)
    return rows.filter(in_force(now) | Q(state=MeasureState.PROPOSED)).order_by("proposed_at")


def check(
    kind: Kind, target: Target, *, urgent: bool, now: datetime, reader: Officer, besides: Measure | None = None
) -> None:
    """Return if a new order may begin beside those that stand. Raises ConflictError, RefusedError with the standing code.

    The code of an order that is not the reader's to see is not told.
    """
    if kind in ONE_ORDER_IS_ENOUGH:
        _check_alone(kind, target, now, reader, besides)
    if kind == Kind.TAKE_DOWN_PAGE and target.kind == "url":
        _check_not_covered(target, now, reader)
    if urgent:
        _check_no_decision(target, now, reader)


def _check_alone(kind: Kind, target: Target, now: datetime, reader: Officer, besides: Measure | None) -> None:
    other = standing(kind, target, now).exclude(pk=besides.pk if besides else None).first()
    if other:
        raise ConflictError("stands_already", _told(refusals.STANDS_ALREADY, other, reader))


def _check_not_covered(target: Target, now: datetime, reader: Officer) -> None:
    """The suspension of a name covers every page under it."""
    url = parse_url(target.value)
    labels = url.host.split(".") if url else []
    names = [".".join(labels[at:]) for at in range(len(labels))]
    wider = Measure.objects.filter(
        in_force(now), kind=Kind.SUSPEND_DOMAIN.value, object_kind="domain", object_value__in=names
    ).first()
    if wider:
        raise ConflictError("covered", _told(refusals.COVERED, wider, reader))


def _check_no_decision(target: Target, now: datetime, reader: Officer) -> None:
    """A written decision goes before one officer's word."""
    decided = standing(Kind.RESTRICT_ACCOUNT, target, now).filter(state__in=SENT_STATES).first()
    if decided:
        raise RefusedError("restricted_already", _told(refusals.RESTRICTED_ALREADY, decided, reader))


def _told(said: Said, measure: Measure, reader: Officer) -> Said:
    """The sentence with the order's code, or `of another unit` in its place."""
    seen = Measure.objects.filter(within(reader, "measures.list", at="report__"), pk=measure.pk).exists()
    code = Said(measure.code, measure.code) if seen else refusals.ELSEWHERE
    return Said(said.vi.format(code=code.vi), said.en.format(code=code.en))
