"""Terms in working days: the first is the next working day, the last ends at midnight in Vietnam (`term.working_days`)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from keng.base.times import VIETNAM
from keng.vietnam.calendar.days import ONE_DAY, is_working_day


def after_working_days(moment: datetime, count: int) -> datetime:
    """The UTC moment at which a term of `count` working days ends that something at `moment` began.

    It is the midnight after the last day. Raises InputError `no_calendar` where the calendar ends, ValueError below one day.
    """
    if count < 1:
        raise ValueError("a term has at least one working day")
    day = moment.astimezone(VIETNAM).date()
    for _ in range(count):
        day = _next_working_day(day)
    return datetime.combine(day + ONE_DAY, time(), VIETNAM).astimezone(UTC)


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first` up to and with `last`; 0 if there is none."""
    days = (first + ONE_DAY * step for step in range(1, (last - first).days + 1))
    return sum(is_working_day(day) for day in days)


def _next_working_day(day: date) -> date:
    day += ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    return day
