"""Make the table of days off and swapped days anew from the package `holidays`.

    python3 -m venv /tmp/calendar
    /tmp/calendar/bin/pip install holidays==0.109
    /tmp/calendar/bin/python scripts/make_calendar.py

At run time the package is not there. The same version gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

import holidays

OUT = Path(__file__).resolve().parent.parent / "src/keng/vietnam/calendar/data/days.csv"
VERSION = "0.109"
FIRST_YEAR, LAST_YEAR = 2019, 2030
ANNOUNCED_UNTIL = 2026  # the last year whose days off the government had announced when the table was made
HEADER = f"""\
# Made by scripts/make_calendar.py; do not edit: a day that a decision moves is a row of amendments.toml.
# source: holidays {VERSION} (https://github.com/vacanza/holidays), which names the Labour Code, art. 112, and the yearly decisions
# licence: MIT; made: 2026-11-22; version: 1
# is_off 1: a day off besides the weekly ones; 0: a weekly day off that is worked for another. status: announced, or computed by the
#   general rule because no decision was known yet
"""


def rows() -> Iterator[tuple[str, int, str, str, str]]:
    """Day, is_off, name in both languages, status; in the order of days."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    vi = holidays.country_holidays("VN", years=years, language="vi")
    en = holidays.country_holidays("VN", years=years, language="en_US")
    for day in sorted({*vi, *vi.weekend_workdays}):
        if day.year not in years:
            continue
        worked = day in vi.weekend_workdays
        names = ("Ngày làm bù", "Worked for another day") if worked else (vi[day], en[day])
        yield day.isoformat(), int(not worked), *names, _status(day)


def _status(day: date) -> str:
    return "announced" if day.year <= ANNOUNCED_UNTIL else "computed"


def main() -> None:
    if version("holidays") != VERSION:
        raise SystemExit(f"holidays {VERSION} is needed, {version('holidays')} is here")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["day", "is_off", "vi", "en", "status"])
    writer.writerows(rows())
    OUT.write_text(HEADER + text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main()
