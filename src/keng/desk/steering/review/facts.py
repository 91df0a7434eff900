"""What is counted: each fact as one condition over stored rows. Sums, figures and lists of rows are made of these alone.

A fact has a moment (in which period it falls), an amount (đồng, or microseconds of a length) or none, and the report
that it is about, which says whose it is and where it lies. What the clock has decided counts as decided, though no
worker has written it down yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Model, Q, QuerySet, Sum
from django.db.models import When as Whenever

from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import UNANSWERED, Measure, MeasureState, Request
from keng.desk.fraud.measures.queries import over_by_clock
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.organisations.models import Organisation
from keng.desk.steering.review import localities
from keng.desk.steering.review.localities import Spot
from keng.desk.steering.review.periods import begins

QUICK = timedelta(minutes=30)
MICROSECOND = timedelta(microseconds=1)

Condition = Callable[[datetime], Q]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows, and their amounts together."""

    n: int = 0
    amount: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.n + other.n, self.amount + other.amount)


@dataclass(frozen=True, slots=True)
class Fact:
    """`at`: the moment by which a row falls in a period; empty for what is so now. `report`: leads from a row to its report."""

    code: str
    model: type[Model]
    at: str
    when: Condition
    report: str
    amount: Any = None

    def rows(self, spans: list[tuple[Any, Any]] | None, now: datetime) -> QuerySet[Any]:
        """The rows that fall in any of the stretches of days [first, end); None: whenever."""
        found = self.model._default_manager.filter(self.when(now))
        if spans is None or not self.at:
            return found
        falls = Q(pk__in=[])
        for first, end in spans:
            falls |= Q(**{f"{self.at}__gte": begins(first), f"{self.at}__lt": begins(end)})
        return found.filter(falls)


def _over(before: MeasureState, after: MeasureState) -> Condition:
    """Measures that were `before` and are `after`, written down or by the clock alone."""
    return lambda now: Q(state=after) | (Q(state=before) & over_by_clock(now))


def is_over(now: datetime) -> Q:
    """Measures that restrict nobody any more, though it may not be written down yet."""
    closed = (
        MeasureState.LAPSED,
        MeasureState.ENDED,
        MeasureState.LIFTED,
        MeasureState.DECLINED,
        MeasureState.WITHDRAWN,
    )
    return Q(state__in=closed) | over_by_clock(now)


def _length(since: str, until: Any) -> ExpressionWrapper:
    return ExpressionWrapper(until - F(since), output_field=DurationField())


OVER_AT = Case(
    Whenever(state__in=(MeasureState.UNCONFIRMED, MeasureState.LAPSED), then=F("confirm_by")),
    Whenever(state__in=(MeasureState.ACTIVE, MeasureState.ENDED), then=F("ends_at")),
    default=F("closed_at"),
)
ANY: Condition = lambda now: Q()  # noqa: E731, ARG005
ANSWERED = Q(answered_at__isnull=False)

OF_MEASURES = (
    Fact("proposed", Measure, "proposed_at", ANY, "report__"),
    Fact("sent", Measure, "sent_at", ANY, "report__"),
    Fact("asked", Measure, "sent_at", lambda now: Q(kind=Kind.HOLD_FUNDS.value), "report__", F("amount")),  # noqa: ARG005
    Fact("approved", Measure, "decided_at", lambda now: ~Q(state=MeasureState.DECLINED), "report__"),  # noqa: ARG005
    Fact("declined", Measure, "decided_at", lambda now: Q(state=MeasureState.DECLINED), "report__"),  # noqa: ARG005
    Fact("lapsed", Measure, "confirm_by", _over(MeasureState.UNCONFIRMED, MeasureState.LAPSED), "report__"),
    Fact("ended", Measure, "ends_at", _over(MeasureState.ACTIVE, MeasureState.ENDED), "report__"),
    Fact("lifted", Measure, "closed_at", lambda now: Q(state=MeasureState.LIFTED), "report__"),  # noqa: ARG005
    Fact("wrongful", Measure, "wrong_found_at", lambda now: ~Q(wrong=""), "report__"),  # noqa: ARG005
    Fact(
        "mended", Measure, "wrong_found_at", lambda now: ~Q(wrong="") & Q(sent_at__isnull=False) & is_over(now), "report__",
        _length("sent_at", OVER_AT),
    ),
)  # fmt: skip
OF_REQUESTS = (
    Fact("held", Request, "answered_at", lambda now: ANSWERED & Q(held_amount__gt=0), "measure__report__", F("held_amount")),  # noqa: ARG005
    Fact("answered", Request, "answered_at", lambda now: ANSWERED, "measure__report__", _length("asked_at", F("answered_at"))),  # noqa: ARG005
    Fact("in_time", Request, "answered_at", lambda now: Q(answered_at__lte=F("answer_by")), "measure__report__"),  # noqa: ARG005
    Fact("quick", Request, "answered_at", lambda now: Q(answered_at__lte=F("asked_at") + QUICK), "measure__report__"),  # noqa: ARG005
)  # fmt: skip
FACTS: Mapping[str, Fact] = {
    one.code: one
    for one in (
        Fact("reports", Report, "received_at", ANY, ""),
        Fact("losses", Report, "received_at", lambda now: Q(loss__isnull=False), "", F("loss__amount")),  # noqa: ARG005
        *OF_MEASURES,
        *OF_REQUESTS,
    )
}
"""Facts that fall in a period: kept as daily sums."""

NOW_FACTS: Mapping[str, Fact] = {
    "silent": Fact(
        "silent",
        Request,
        "",
        lambda now: Q(state__in=UNANSWERED, answer_by__lte=now, until__gt=now),
        "measure__report__",
    )
}
"""Facts that are so at this moment: few rows, read as they stand."""

Group = tuple[int | None, Spot]
"""The unit whose report it is, and where it lies."""


def fact(code: str) -> Fact:
    """The fact of that code."""
    return FACTS.get(code) or NOW_FACTS[code]


def summed(one: Fact, rows: QuerySet[Any]) -> dict[Group, Tally]:
    """The rows of a fact by unit and spot. One query, and one for the units' own places."""
    grouped = rows.annotate(_map=localities.map_column(one.report)).values_list(
        f"{one.report}owner", f"{one.report}place_code", "_map"
    )
    told = tallied(one, grouped)
    homes = _homes({owner for (owner, place_code, _map), _tally in told if not place_code})
    found: dict[Group, Tally] = {}
    for (owner, place_code, map_code), tally in told:
        spot = localities.spot_of(place_code, map_code) if place_code else homes[owner]
        found[owner, spot] = found.get((owner, spot), Tally()) + tally
    return found


def tallied(one: Fact, grouped: QuerySet[Any]) -> list[tuple[Any, Tally]]:
    """The rows of a fact by the values that they are grouped by (`values_list`). One query."""
    if one.amount is None:
        return [(tuple(key), Tally(n)) for *key, n in grouped.annotate(_n=Count("pk")).order_by()]
    counted = grouped.annotate(_n=Count("pk"), _amount=Sum(one.amount)).order_by()
    return [(tuple(key), Tally(n, _whole(amount))) for *key, n, amount in counted]


def whole(one: Fact, rows: QuerySet[Any]) -> Tally:
    """All rows of a fact together. One query."""
    if one.amount is None:
        return Tally(rows.count())
    told = rows.aggregate(_n=Count("pk"), _amount=Sum(one.amount))
    return Tally(told["_n"], _whole(told["_amount"]))


def _homes(owners: set[int | None]) -> dict[int | None, Spot]:
    rows = Organisation.objects.filter(pk__in=owners - {None}).only("place_code", "place_on") if owners - {None} else ()
    return {None: localities.spot_of_owner(None), **{row.pk: localities.spot_of_owner(row) for row in rows}}


def _whole(amount: Any) -> int:
    return amount // MICROSECOND if isinstance(amount, timedelta) else int(amount or 0)
