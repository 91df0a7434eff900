"""Working days: weeks, Tết, swapped days, terms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.base.errors import InputError
from keng.vietnam import calendar
from keng.vietnam.calendar import Status
from keng.vietnam.calendar.days import last_day

DAYS = st.dates(date(2019, 1, 1), date(2030, 6, 30))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 13), True),  # the Friday before Tết
        (date(2026, 2, 16), False),
        (date(2026, 2, 20), False),
        (date(2026, 2, 21), False),  # a Saturday
        (date(2026, 2, 23), True),
        (date(2026, 4, 27), False),  # for the Sunday before
        (date(2026, 8, 22), True),  # a Saturday, worked for the Monday below
        (date(2026, 8, 31), False),
        (date(2026, 11, 24), False),
    ],
)
def test_a_day_is_worked_or_not(day, works):
    assert calendar.is_working_day(day) is works


def test_a_day_says_why_and_how_sure():
    assert calendar.day_of(date(2026, 2, 17)).said.vi == "Tết Nguyên Đán"
    assert calendar.day_of(date(2026, 2, 17)).status is Status.ANNOUNCED
    assert calendar.day_of(date(2029, 2, 13)).status is Status.COMPUTED
    assert calendar.day_of(date(2026, 11, 22)).status is Status.WEEKLY


def test_the_calendar_says_where_it_ends():
    calendar.is_working_day(last_day())
    with pytest.raises(InputError) as refused:
        calendar.is_working_day(last_day() + timedelta(days=1))
    assert refused.value.code == "no_calendar"


def test_a_term_over_tet_waits_until_it_is_over():
    friday_noon = datetime(2026, 2, 13, 5, tzinfo=UTC)

    assert calendar.after_working_days(friday_noon, 1) == datetime(
        2026, 2, 23, 17, tzinfo=UTC
    )  # midnight after the 23rd
    assert calendar.after_working_days(friday_noon, 2) == datetime(2026, 2, 24, 17, tzinfo=UTC)


def test_a_term_begins_by_the_day_in_vietnam():
    late_on_thursday = datetime(2026, 11, 19, 16, 59, tzinfo=UTC)
    early_on_friday = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)

    assert calendar.after_working_days(late_on_thursday, 1) == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert calendar.after_working_days(early_on_friday, 1) == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_a_term_has_a_day():
    with pytest.raises(ValueError, match="at least one"):
        calendar.after_working_days(datetime(2026, 11, 19, tzinfo=UTC), 0)


@given(DAYS, st.integers(1, 40))
def test_a_term_holds_as_many_working_days_as_it_says(day, count):
    end = calendar.after_working_days(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), count)
    last = (end + timedelta(hours=7)).date() - timedelta(days=1)

    assert calendar.is_working_day(last)
    assert calendar.working_days_between(day, last) == count


def test_there_are_about_250_working_days_in_a_year():
    for year in range(2020, 2031):
        count = calendar.working_days_between(date(year - 1, 12, 31), date(year, 12, 31))
        assert 244 <= count <= 254, year
