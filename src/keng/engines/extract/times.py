"""Dates and times that a text tells, as precisely as it tells them. Relative words ("hôm nay") are not read yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from keng.engines.extract.types import Claim, Moment, Page

YEARS = range(1900, 2101)
A_LEAP_YEAR = 2024  # to judge a day and month without a year

_DATE = (
    r"(?:(?:ngay )(?P<d3>\d{1,2})(?: thang |[/\-.])(?P<m3>\d{1,2})(?:(?: nam |[/\-.])(?P<y3>\d{4}))?"
    r"|(?P<d1>\d{1,2})(?P<sep>[/\-.])(?P<m1>\d{1,2})(?P=sep)(?P<y1>\d{4})"
    r"|(?P<y2>\d{4})(?P<sep2>[/\-])(?P<m2>\d{1,2})(?P=sep2)(?P<d2>\d{1,2}))(?!\d|[/\-.]\d)"
)
_TIME = (
    r"(?:(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2})?|h(?P<minute_h>\d{2})?"
    r"|(?: gio)(?: (?P<minute_g>\d{1,2})(?: phut)?)?)(?![\w:]))"
)
_EITHER = re.compile(rf"(?<![\w.:/\-+])(?:{_DATE}|{_TIME})")
_JOIN = re.compile(r" ?(?:,|-|t|ngay|luc|vao luc|vao|vao ngay)? ?")
_LONGEST_JOIN = 12


def find_times(page: Page) -> Iterator[Moment]:
    """Dates, times, and both together where they stand side by side; claims them on the page."""
    begins_with_number = "ngay " not in page.text
    matches = page.matches_at_numbers(_EITHER) if begins_with_number else _EITHER.finditer(page.text)
    pieces = [(match.span(), value) for match in matches if (value := _value(match))]
    pieces = [piece for piece in pieces if page.is_free(*piece[0])]
    index = 0
    while index < len(pieces):
        (start, end), value = pieces[index]
        if index + 1 < len(pieces) and (both := _together(page.text, pieces[index], pieces[index + 1])):
            end, value = pieces[index + 1][0][1], both
            index += 1
        page.claim(start, end, Claim.QUANTITY)
        yield Moment(value, *page.folded.span(start, end))
        index += 1


def _together(text: str, left: tuple[tuple[int, int], str], right: tuple[tuple[int, int], str]) -> str | None:
    ((_, left_end), first), ((right_start, _), second) = left, right
    if ("-" in first) == ("-" in second) or right_start - left_end > _LONGEST_JOIN:
        return None
    if not _JOIN.fullmatch(text, left_end, right_start):
        return None
    day, hour = (first, second) if "-" in first else (second, first)
    return None if day.startswith("--") else f"{day}T{hour}"


def _value(match: re.Match[str]) -> str | None:
    if match["hour"] is not None:
        return _time(match)
    day, month = (int(match[f"{name}1"] or match[f"{name}2"] or match[f"{name}3"]) for name in "dm")
    year = match["y1"] or match["y2"] or match["y3"]
    try:
        date(int(year or A_LEAP_YEAR), month, day)
    except ValueError:
        return None
    if year is None:
        return f"--{month:02}-{day:02}"
    return f"{year}-{month:02}-{day:02}" if int(year) in YEARS else None


def _time(match: re.Match[str]) -> str | None:
    hour = int(match["hour"])
    minute = int(match["minute"] or match["minute_h"] or match["minute_g"] or 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
