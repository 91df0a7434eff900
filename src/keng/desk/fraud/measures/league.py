"""How partners answer, computed from the requests themselves: who is silent, how fast the others are, what they refuse.

A figure and the list behind it are one condition (`condition`), so they cannot differ. Medians and percentiles are the nearest
rank, found by window functions that both databases have. A fixed number of queries, however many requests there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from keng.base.errors import InputError, Said
from keng.desk.fraud.measures import owners
from keng.desk.fraud.measures.answers import NOT_OURS
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import UNANSWERED, Question, Request
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

PERIODS = (7, 30, 90)  # days
FIGURES = ("open", "overdue", "answered", "due", "in_time", "refused", "not_ours")
MOST_ROWS = 200
BY_PARTNER, BY_KIND = "partner_id", "measure__kind"

UNKNOWN = Said("Không có con số này.", "There is no such figure.")


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one partner, or of one kind of measure. `oldest`: since when the longest overdue answer is due."""

    of: str
    open: int = 0
    overdue: int = 0
    oldest: datetime | None = None
    answered: int = 0
    due: int = 0
    in_time: int = 0
    refused: int = 0
    not_ours: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None

    @property
    def share(self) -> float | None:
        """Of the requests whose answer was due, how many came in time."""
        return self.in_time / self.due if self.due else None


def condition(figure: str, *, days: int, now: datetime) -> Q:
    """Which requests a figure counts. Raises InputError `no_figure`."""
    asked = Q(asked_at__gte=now - timedelta(days=days))
    unanswered = Q(state__in=UNANSWERED, until__gt=now)
    match figure:
        case "open":
            return unanswered
        case "overdue":
            return unanswered & Q(answer_by__lte=now)
        case "answered":
            return asked & Q(answered_at__isnull=False)
        case "due":
            silent = Q(answered_at=None, answer_by__lte=now, until__gt=F("answer_by"))
            return asked & (Q(answered_at__isnull=False) | silent)
        case "in_time":
            return asked & Q(answered_at__lte=F("answer_by"))
        case "refused":
            return asked & ~Q(refusal="") & ~Q(refusal__in=NOT_OURS)
        case "not_ours":
            return asked & Q(refusal__in=NOT_OURS)
    raise InputError("no_figure", UNKNOWN, field="figure")


def table(
    *, days: int, now: datetime, mine: Q, kind: str = "", partners: list[str] | None = None, by: str = BY_PARTNER
) -> dict[str, Line]:
    """A line for each partner (or kind) with any request of `mine` that counts. Two queries."""
    rows = _rows(mine, kind, partners)
    counts = {one: Count("pk", filter=condition(one, days=days, now=now)) for one in FIGURES}
    oldest = Min("answer_by", filter=condition("overdue", days=days, now=now))
    found = rows.values(by).annotate(oldest=oldest, **counts).order_by(by)
    ranked = _ranked(rows.filter(condition("answered", days=days, now=now)), by)
    return {
        one[by]: Line(one[by], *(one[name] for name in ("open", "overdue", "oldest", *FIGURES[2:])), *ranked.get(one[by], ()))
        for one in found
    }  # fmt: skip


def behind(
    officer: Officer, figure: str, *, days: int, now: datetime, kind: str = "", partners: list[str] | None = None
) -> list[Request]:
    """The requests that a figure counts, those whose answer was due first on top; at most 200."""
    rows = _rows(within_units(officer, now), kind, partners).filter(condition(figure, days=days, now=now))
    return list(rows.select_related("measure", "partner").order_by("answer_by", "pk")[:MOST_ROWS])


def refusals_by_reason(partners: list[str], *, days: int, now: datetime) -> list[tuple[str, int]]:
    """How often each reason was given, the most frequent first. One query."""
    refused = condition("refused", days=days, now=now) | condition("not_ours", days=days, now=now)
    counted = _rows(Q(), "", partners).filter(refused).values_list("refusal").annotate(n=Count("pk"))
    return list(counted.order_by("-n", "refusal"))


def within_units(officer: Officer, now: datetime) -> Q:
    """Requests for the reports of the officer's units. Raises RefusedError `not_allowed`."""
    rights.require_to_read(officer, "partners.list", now=now)
    return owners.within(officer, "partners.list", report="measure__report__")


def questions_waiting(officer: Officer, *, now: datetime) -> list[Question]:
    """Questions of clerks without a reply, oldest first; at most 200."""
    rights.require_to_read(officer, "partners.list", now=now)
    mine = within(officer, "partners.list", at="request__measure__report__")
    rows = Question.objects.filter(mine, replied_at=None).select_related("request__measure", "request__partner")
    return list(rows.order_by("asked_at")[:MOST_ROWS])


def _rows(mine: Q, kind: str, partners: list[str] | None) -> QuerySet[Request]:
    rows = Request.objects.filter(mine)
    if kind in [*Kind]:
        rows = rows.filter(measure__kind=kind)
    return rows if partners is None else rows.filter(partner_id__in=partners)


def _ranked(answered: QuerySet[Request], by: str) -> dict[str, tuple[timedelta, timedelta]]:
    """Median and 90th percentile of the time to answer: the values at the ranks ceil(0.5 n) and ceil(0.9 n). One query."""
    took = ExpressionWrapper(F("answered_at") - F("asked_at"), output_field=DurationField())
    ranks = answered.annotate(
        took=took,
        place=Window(RowNumber(), partition_by=[F(by)], order_by=[took.asc(), F("pk").asc()]),
        count=Window(Count("pk"), partition_by=[F(by)]),
    ).annotate(tenths=F("place") * 10)
    at = {5: Q(tenths__gte=F("count") * 5, tenths__lt=F("count") * 5 + 10),
          9: Q(tenths__gte=F("count") * 9, tenths__lt=F("count") * 9 + 10)}  # fmt: skip
    found: dict[str, list[timedelta]] = {}
    for of, took_here in ranks.filter(at[5] | at[9]).order_by("place").values_list(by, "took"):
        found.setdefault(of, []).append(took_here)
    return {of: (values[0], values[-1]) for of, values in found.items()}
