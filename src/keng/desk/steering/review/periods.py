"""Periods of the review: a day, a week, a month, a quarter, a year, or from one day to another; all in Vietnam's days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from keng.base.errors import InputError, Said
from keng.base.times import VIETNAM

DAY = timedelta(days=1)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
MOST_DAYS = 3660

BAD_DAY = Said("Ngày phải viết như 2026-11-21.", "A day is written like 2026-11-21.")
BAD_SPAN = Said(
    "Kỳ phải kết thúc không sớm hơn lúc bắt đầu và dài nhất mười năm.",
    "A period ends no earlier than it begins and lasts ten years at most.",
)


class Length(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SPAN = "span"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` until before `end`."""

    length: Length
    first: date
    end: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - DAY

    @property
    def before(self) -> Period:
        """The one before it; of a span, as many days before it."""
        if self.length is Length.SPAN:
            return Period(self.length, self.first - (self.end - self.first), self.first)
        return around(self.length, self.first - DAY)

    @property
    def after(self) -> Period:
        """The one after it."""
        if self.length is Length.SPAN:
            return Period(self.length, self.end, self.end + (self.end - self.first))
        return around(self.length, self.end)

    @property
    def is_within_reach(self) -> bool:
        """Whether it lies between the years that can be asked about."""
        return self.first >= EARLIEST and self.end <= LATEST


def around(length: Length, day: date) -> Period:
    """The day, week (from Monday), month, quarter or year in which `day` lies."""
    match length:
        case Length.WEEK:
            first = day - timedelta(days=day.weekday())
            return Period(length, first, first + 7 * DAY)
        case Length.MONTH:
            return _months(length, day.year, day.month - 1, 1)
        case Length.QUARTER:
            return _months(length, day.year, (day.month - 1) // 3 * 3, 3)
        case Length.YEAR:
            return _months(length, day.year, 0, 12)
    return Period(Length.DAY, day, day + DAY)


def span(first: date, last: date) -> Period:
    """From one day to another, both included. Raises InputError `bad_period`."""
    if not first <= last or (last - first).days >= MOST_DAYS:
        raise InputError("bad_period", BAD_SPAN, field="den")
    return Period(Length.SPAN, first, last + DAY)


def read_day(written: str, *, field: str) -> date:
    """A day as written in an address. Raises InputError `bad_day`."""
    try:
        day = date.fromisoformat(written)
    except ValueError as error:
        raise InputError("bad_day", BAD_DAY, field=field) from error
    if not EARLIEST <= day < LATEST:
        raise InputError("bad_day", BAD_DAY, field=field)
    return day


def day_of(moment: datetime) -> date:
    """The day in Vietnam."""
    return moment.astimezone(VIETNAM).date()


def begins(day: date) -> datetime:
    """The moment at which a day begins in Vietnam, in UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def spans_of(days: list[date]) -> list[tuple[date, date]]:
    """Days in order, as stretches [first, end) without gaps."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + DAY)
        else:
            found.append((day, day + DAY))
    return found


def _months(length: Length, year: int, from_0: int, count: int) -> Period:
    after = from_0 + count
    return Period(length, date(year, from_0 + 1, 1), date(year + after // 12, after % 12 + 1, 1))
