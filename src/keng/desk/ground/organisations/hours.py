"""Hours in which somebody can be reached, written as `24/7` or `T2-T6 07:30-17:00; T7 08:00-11:30` (T2 is Monday, CN Sunday)."""

from __future__ import annotations

import re
from datetime import datetime

from keng.base.errors import InputError, Said
from keng.base.times import VIETNAM

ALWAYS = "24/7"
DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
IN_ENGLISH = dict(zip(DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
MOST_LETTERS = 200

_DAY = "(T[2-7]|CN)"
_TIME = "([01][0-9]|2[0-3]):([0-5][0-9])"
_PART = re.compile(rf"{_DAY}(?:-{_DAY})? {_TIME}-(?:{_TIME}|24:00)")

NOT_HOURS = Said(
    "Giờ không đọc được: {written}. Hãy viết 24/7, hoặc như T2-T6 07:30-17:00; T7 08:00-11:30.",
    "These hours cannot be read: {written}. Write 24/7, or like T2-T6 07:30-17:00; T7 08:00-11:30 (T2 is Monday, CN Sunday).",
)


def read_hours(written: str) -> str:
    """The hours in their one spelling. Raises InputError `bad_hours`."""
    tidy = " ".join(written.upper().split())
    if tidy == ALWAYS:
        return tidy
    parts = [part.strip() for part in tidy.split(";")]
    if len(tidy) > MOST_LETTERS or not all(_is_part(part) for part in parts):
        raise InputError("bad_hours", NOT_HOURS.filled(written=repr(written[:60])), field="hours")
    return "; ".join(parts)


def is_open(hours: str, at: datetime) -> bool:
    """Whether somebody can be reached at that moment."""
    if hours == ALWAYS:
        return True
    local = at.astimezone(VIETNAM)
    return any(_covers(part, local) for part in hours.split("; ") if hours)


def in_language(hours: str, language: str) -> str:
    """The hours as a page shows them."""
    if not language.startswith("en"):
        return hours
    for vi, en in IN_ENGLISH.items():
        hours = re.sub(rf"\b{vi}\b", en, hours)
    return hours


def _is_part(part: str) -> bool:
    found = _PART.fullmatch(part)
    if not found:
        return False
    days, times = part.split(" ")
    first, _, last = days.partition("-")
    opens, closes = times.split("-")
    return opens < closes and DAYS.index(first) <= DAYS.index(last or first)


def _covers(part: str, local: datetime) -> bool:
    days, times = part.split(" ")
    first, _, last = days.partition("-")
    opens, closes = times.split("-")
    in_days = DAYS.index(first) <= local.weekday() <= DAYS.index(last or first)
    return in_days and opens <= local.strftime("%H:%M") < closes
