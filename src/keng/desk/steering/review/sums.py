"""Which days' sums can be trusted at this moment, and keeping them.

Every action writes its ledger entry in its own transaction, so what was recorded after the mark, placed or not yet, names every
report that changed since; the days that any of its entries or measures fall on are touched, and are read from the rows until they
are counted anew. So a figure is that of the rows however late the worker is: late sums cost time, never truth.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from keng.base.times import VIETNAM
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.measures.queries import over_by_clock
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.ledger import queries as ledger
from keng.desk.steering.review.facts import FACTS, summed
from keng.desk.steering.review.models import CountedDay, DaySum, Mark
from keng.desk.steering.review.periods import DAY, day_of

MOST_ENTRIES = 2000  # of the tail; beyond, nothing is trusted until the worker has caught up
MOST_LATE = 500  # measures whose end waits to be written down
DAYS_A_TURN = 3
STRETCHES_A_TURN = 5
REPORT = "report:"


def trusted_days(first: date, end: date, *, now: datetime) -> set[date]:
    """The days of [first, end) whose sums are those of the rows. Four queries when little has happened."""
    mark = Mark.objects.values_list("place", flat=True).first()
    if mark is None:
        return set()
    tail = [*ledger.entries_after(mark, limit=MOST_ENTRIES), *ledger.entries_after(None, limit=MOST_ENTRIES)]
    late = list(Measure.objects.filter(over_by_clock(now)).values_list("report_id", flat=True)[:MOST_LATE])
    if len(tail) >= MOST_ENTRIES or len(late) >= MOST_LATE:
        return set()
    touched = _touched_days(_reports_in(tail) | set(late))
    counted = CountedDay.objects.filter(day__gte=first, day__lt=end).values_list("day", flat=True)
    return set(counted) - touched


def first_day() -> date | None:
    """The day of the first report; before it nothing can be counted."""
    first = Report.objects.aggregate(first=Min("received_at"))["first"]
    return day_of(first) if first else None


def keep_sums(*, now: datetime, days: int = DAYS_A_TURN) -> int:
    """Let go of the days that something touched, then count up to `days` that are over and not counted, the latest first.

    Far behind, it lets go of all days: to read a million entries would take longer than to count anew, and each stretch of them
    would undo what the turn before counted. Safe to repeat, late or by two at once. Returns how many days were counted.
    """
    if all(_let_go_of_touched() for _ in range(STRETCHES_A_TURN)):
        forget()
    waiting = _uncounted(day_of(now))
    for day in waiting[:days]:
        _count(day, now)
    return min(len(waiting), days)


@transaction.atomic
def forget() -> None:
    """Let go of every sum. The next turns make them anew, from the rows as they stand at the end of the ledger."""
    mark = _lock()
    DaySum.objects.all().delete()
    CountedDay.objects.all().delete()
    Mark.objects.filter(pk=mark.pk).update(place=ledger.last_place())


@transaction.atomic
def _let_go_of_touched() -> bool:
    """Read a stretch of the ledger after the mark; whether there may be more."""
    mark = _lock()
    tail = ledger.entries_after(mark.place, limit=MOST_ENTRIES)
    if not tail:
        return False
    touched = _touched_days(_reports_in(tail))
    DaySum.objects.filter(day__in=touched).delete()
    CountedDay.objects.filter(day__in=touched).delete()
    Mark.objects.filter(pk=mark.pk).update(place=tail[-1][0])
    return len(tail) == MOST_ENTRIES


def _uncounted(today: date) -> list[date]:
    first = first_day()
    if first is None:
        return []
    counted = set(CountedDay.objects.values_list("day", flat=True))
    days = [today - number * DAY for number in range(1, (today - first).days + 1)]
    return [day for day in days if day not in counted]


@transaction.atomic
def _count(day: date, now: datetime) -> None:
    _lock()
    if CountedDay.objects.filter(day=day).exists():
        return
    CountedDay.objects.create(day=day)
    spans = [(day, day + DAY)]
    DaySum.objects.bulk_create(
        DaySum(
            day=day,
            fact=fact.code,
            owner_id=owner,
            map=spot.map,
            province=spot.province,
            formerly=spot.formerly,
            n=found.n,
            amount=found.amount,
        )
        for fact in FACTS.values()
        for (owner, spot), found in summed(fact, fact.rows(spans, now)).items()
    )


def _lock() -> Mark:
    """One at a time: a day is counted after what touched it was let go, and never twice.

    The first mark stands at the end of the ledger: no day is counted yet, so there is none to let go of.
    """
    Mark.objects.get_or_create(pk=1, defaults={"place": ledger.last_place()})
    return Mark.objects.select_for_update().get(pk=1)


def _reports_in(tail: list[tuple[int | None, str | None]]) -> set[UUID]:
    return {UUID(about.removeprefix(REPORT)) for _place, about in tail if about and about.startswith(REPORT)}


def _touched_days(reports: Collection[UUID]) -> set[date]:
    """Every day on which something of these reports can have been counted, now or before they changed."""
    if not reports:
        return set()
    days = ledger.days_about([f"{REPORT}{one}" for one in reports], VIETNAM)
    clocks = Measure.objects.filter(report__in=reports).values_list("confirm_by", "ends_at")
    return days | {day_of(at) for pair in clocks for at in pair if at is not None}


def untrusted_days(first: date, end: date, trusted: set[date], *, now: datetime) -> list[date]:
    """The days of [first, end) that must be read from the rows: neither trusted, nor before the first report, nor to come."""
    begun = first_day()
    if begun is None:
        return []
    days = range((min(end, day_of(now) + DAY) - max(first, begun)).days)
    return [day for day in (max(first, begun) + timedelta(days=number) for number in days) if day not in trusted]
