"""Birth dates in every shape that registers hold, compared at the population's precision."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

EARLIEST_YEAR, LATEST_YEAR = 1850, 2200
DAYS_OF_MONTH = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
TOLD = r"[^\t-\r ]"  # what a date holds that is more than blank; the same for Python and for Arrow
Parts = tuple[int, int, int]  # year, month or 0, day or 0

_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
_DAY_FIRST = re.compile(r"(?:(?:(\d{1,2})[-/.])?(\d{1,2})[-/.])(\d{4})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")


class Birth(IntEnum):
    """How a record's birth date relates to a person's."""

    EQUAL = 0
    LESS = 1  # right as far as it goes, and less precise
    NEAR = 2  # a digit, or day and month swapped
    OTHER = 3
    MISSING = 4


@lru_cache(1 << 16)
def read(text: str | None) -> Parts | None:
    """Year, month and day (0: not told) of YYYY, YYYY-MM, YYYY-MM-DD, DD/MM/YYYY and their like; None if there is no such date."""
    if text is None:
        return None
    text = text.strip()
    found = _YEAR_FIRST.fullmatch(text) or _PACKED.fullmatch(text)
    if found:
        year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    else:
        found = _DAY_FIRST.fullmatch(text)
        if not found:
            return None
        year, month, day = int(found[3]), int(found[2]), int(found[1] or 0)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR or month > 12:
        return None
    if month == 0:
        return (year, 0, 0) if day == 0 else None
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (year, month, day) if day <= DAYS_OF_MONTH[month] + leap else None


def compare(record: Parts | None, person: Parts | None) -> Birth:
    """How the record's date relates to the person's; a more precise one counts as far as the person's goes.

    >>> compare(read("2/3/1950"), read("1950")).name, compare(read("1950"), read("1950-03-02")).name
    ('EQUAL', 'LESS')
    """
    if record is None or person is None:
        return Birth.MISSING
    told = tuple(ours for ours, theirs in zip(record, person, strict=True) if theirs)
    known = tuple(theirs for theirs in person if theirs)
    if told == known:
        return Birth.EQUAL
    if is_less_precise(record, person) and all(
        ours in (0, theirs) for ours, theirs in zip(record, person, strict=True)
    ):
        return Birth.LESS
    return Birth.NEAR if _is_near(record, person) else Birth.OTHER


def is_less_precise(record: Parts | None, person: Parts | None) -> bool:
    """Whether the record leaves out a month or day that the population has."""
    return bool(record and person and any(theirs and not ours for ours, theirs in zip(record, person, strict=True)))


def _is_near(record: Parts, person: Parts) -> bool:
    if record[0] == person[0] and (record[2], record[1]) == (person[1], person[2]):
        return True
    ours, theirs = _written(record), _written(person)
    wrong = [place for place, (mine, its) in enumerate(zip(ours, theirs, strict=True)) if mine != its]
    if len(wrong) == 1:
        return True
    return (
        len(wrong) == 2
        and wrong[1] == wrong[0] + 1
        and ours[wrong[0]] == theirs[wrong[1]]
        and ours[wrong[1]] == theirs[wrong[0]]
    )


def _written(parts: Parts) -> str:
    return f"{parts[0]:04}{parts[1]:02}{parts[2]:02}"


def first_day(parts: Parts) -> Parts:
    """The date that counts for a person's age: without a day or month the first day of the year."""
    return parts if parts[1] and parts[2] else (parts[0], 1, 1)


def age(born: Parts, on: Parts) -> int:
    """Whole years from a birth to a day."""
    year, month, day = first_day(born)
    return on[0] - year - ((on[1], on[2]) < (month, day))
