"""What kind of day a day is. The days stand in data/, with their source; beyond the last year there is no answer, only an error."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from keng.base.errors import InputError, Said

NO_CALENDAR = Said(
    "Lịch ngày làm việc chưa có năm {year}.",
    "The calendar of working days has no year {year}.",
)
ONE_DAY = timedelta(days=1)
WEEKLY = Said("Ngày nghỉ hằng tuần", "Weekly day off")
WORKING = Said("Ngày làm việc", "Working day")


class Status(StrEnum):
    """How sure a day is."""

    WEEKLY = "weekly"  # follows from the working week alone
    ANNOUNCED = "announced"
    COMPUTED = "computed"  # by the general rule; no decision was known when the table was made


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar: off or worked, why, and how sure."""

    day: date
    is_off: bool
    said: Said
    status: Status


def day_of(day: date) -> Day:
    """What kind of day it is. Raises InputError `no_calendar` outside the years of the table."""
    first, last = _years()
    if not first <= day.year <= last:
        raise InputError("no_calendar", NO_CALENDAR.filled(year=day.year))
    return _special().get(day) or _weekday(day)


def is_working_day(day: date) -> bool:
    """True if state bodies work on it. Raises InputError `no_calendar`."""
    return not day_of(day).is_off


def days_between(first: date, last: date) -> list[Day]:
    """Every special day (off besides the week, or worked for another) from `first` to `last`, in order."""
    return [row for day, row in sorted(_special().items()) if first <= day <= last]


def last_day() -> date:
    """The end of the calendar."""
    return date(_years()[1], 12, 31)


def _weekday(day: date) -> Day:
    is_off = day.isoweekday() in _days_off(day)
    return Day(day, is_off, WEEKLY if is_off else WORKING, Status.WEEKLY)


def _days_off(day: date) -> list[int]:
    rows = [row for row in table()["week"] if row["valid_from"] <= day < row.get("valid_to", date.max)]
    return list(rows[0]["days_off"])


@cache
def table() -> dict[str, Any]:
    """calendar.toml as it stands: the working week, how terms are counted, amendments."""
    return tomllib.loads(files(__package__).joinpath("data/calendar.toml").read_text(encoding="utf-8"))


@cache
def _special() -> dict[date, Day]:
    lines = files(__package__).joinpath("data/days.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    listed = {date.fromisoformat(row["day"]): row for row in rows}
    days = {
        day: Day(day, row["is_off"] == "1", Said(row["vi"], row["en"]), Status(row["status"]))
        for day, row in listed.items()
    }
    return {**days, **{one.day: one for one in _amendments()}}


def _amendments() -> list[Day]:
    rows = table().get("amendment", [])
    return [Day(row["day"], row["is_off"], Said(row["vi"], row["en"]), Status.ANNOUNCED) for row in rows]


@cache
def _years() -> tuple[int, int]:
    years = [day.year for day in _special()]
    return min(years), max(years)
