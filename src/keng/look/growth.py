"""How something grew: a bar for each hour, day or week, with marks below where something was done. Drawn by the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from keng.base.times import VIETNAM

WIDTH, HEIGHT = 720.0, 168.0  # units of the drawing
BARS_HIGH, LEFT, TOP = 108.0, 34.0, 14.0
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
MOST_BARS = 62
WIDEST = 60.0  # a bar, so that one alone is not a wall
MOST_LABELS = 8
MARKS = {"measure": "M0-6 6 5H-6Z", "judgement": "M0-6 6 0 0 6-6 0Z", "warning": "M0-6a6 6 0 1 0 .01 0Z"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of time from `at`: how many, said in words, and where its rows are."""

    at: datetime
    count: int
    told: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was done: `kind` is a key of MARKS."""

    at: datetime
    kind: str
    told: str
    url: str = ""


def step_for(first: datetime, last: datetime) -> timedelta:
    """Hours for what took two days or less, days for two months, else weeks."""
    length = last - first
    return HOUR if length <= 2 * DAY else DAY if length <= (MOST_BARS - 2) * DAY else WEEK


def starts(first: datetime, last: datetime, step: timedelta) -> list[datetime]:
    """Where each bar begins, by the clock in Viet Nam; the last 62 of them."""
    local = first.astimezone(VIETNAM)
    begin = local.replace(minute=0, second=0, microsecond=0)
    if step >= DAY:
        begin = begin.replace(hour=0)
    if step == WEEK:
        begin -= timedelta(days=begin.weekday())
    count = max(int((last - begin) / step) + 1, 1)
    return [begin + step * number for number in range(max(count - MOST_BARS, 0), count)]


def drawn(bars: Sequence[Bar], marks: Sequence[Mark], step: timedelta) -> dict[str, Any]:
    """What look/parts/growth.html draws. Marks outside the bars are left out; the list beside the drawing has them."""
    top = max((bar.count for bar in bars), default=0)
    wide = min((WIDTH - LEFT) / max(len(bars), 1), WIDEST)
    every = -(-len(bars) // MOST_LABELS) if bars else 1
    base = TOP + BARS_HIGH
    return {
        "box": f"0 0 {WIDTH:g} {HEIGHT:g}",
        "top": top,
        "base": _written(base),
        "left": _written(LEFT),
        "bars": [_bar(number, bar, top, wide) for number, bar in enumerate(bars)],
        "labels": [
            {"x": _written(LEFT + wide * (number + 0.5)), "text": _label(bars[number].at, step)}
            for number in range(0, len(bars), every)
        ],
        "marks": [one for mark in marks if (one := _mark(mark, bars, wide, step))],
    }


def _bar(number: int, bar: Bar, top: int, wide: float) -> dict[str, Any]:
    high = BARS_HIGH * bar.count / top if top else 0.0
    gap = min(wide * 0.15, 3.0)
    return {
        "x": _written(LEFT + wide * number + gap / 2),
        "y": _written(TOP + BARS_HIGH - max(high, 1.5 if bar.count else 0.0)),
        "width": _written(max(wide - gap, 1.0)),
        "height": _written(max(high, 1.5 if bar.count else 0.0)),
        "at": bar.at,
        "count": bar.count,
        "told": bar.told,
        "url": bar.url,
    }


def _mark(mark: Mark, bars: Sequence[Bar], wide: float, step: timedelta) -> dict[str, Any] | None:
    if not bars or not bars[0].at <= mark.at < bars[-1].at + step:
        return None
    x = LEFT + wide * ((mark.at - bars[0].at) / step)
    return {
        "x": _written(x),
        "y": _written(TOP + BARS_HIGH + 12),
        "shape": MARKS[mark.kind],
        "kind": mark.kind,
        "told": mark.told,
        "url": mark.url,
    }


def _label(at: datetime, step: timedelta) -> str:
    local = at.astimezone(VIETNAM)
    return f"{local:%H}h" if step < DAY and local.hour else f"{local:%d/%m}"


def _written(value: float) -> str:
    return f"{round(value, 1):g}"
