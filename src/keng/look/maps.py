"""The country's map of either era with a figure on it: shapes made at build time (data/map-*.json), classes, words for the legend.

A province shows its figure by pattern and by number; colour says nothing that these do not. A table of the same figures stands
beside it on every page that shows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CLASSES = 4
ROOMY, ROOM = 13.0, 8.5  # units of the drawing: a number of four digits stands in the first, one of two in the second
SIGN_WIDTH = 3.4  # half of a digit's width and a little, in the same units
ISLANDS = {"hoangsa": "Hoàng Sa", "truongsa": "Trường Sa"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A province's figure. `value` None: there is none here; `short` stands on the map, `told` is read out and shown on hover."""

    name: str
    value: float | None
    short: str
    told: str
    url: str = ""


@cache
def shapes(map_code: str) -> dict[str, Any]:
    """The drawing of a map (63, 34). KeyError for another code."""
    path = files("keng.look").joinpath(f"data/map-{map_code}.json")
    if not path.is_file():
        raise KeyError(map_code)
    return json.loads(path.read_text("utf-8"))  # type: ignore[no-any-return]


def classes(values: Sequence[float]) -> list[float]:
    """The lower ends of at most CLASSES classes of what is above zero, each with about as many provinces, rounded to be read."""
    above = sorted(value for value in values if value > 0)
    ends = {_rounded(above[number * len(above) // CLASSES]) for number in range(CLASSES)} if above else set()
    return sorted({min(above), *(end for end in ends if end > min(above))}) if above else []


def level_of(value: float | None, ends: Sequence[float]) -> int | None:
    """0 for nothing, else the number of the class from 1; None where there is no figure."""
    if value is None:
        return None
    return sum(value >= end for end in ends) if value > 0 else 0


def drawn(map_code: str, cells: Mapping[str, Cell], say: Callable[[float], str]) -> dict[str, Any]:
    """What look/parts/country_map.html draws: provinces, frames, legend. `say`: a figure as the legend writes it."""
    made = shapes(map_code)
    ends = classes([one.value for one in cells.values() if one.value is not None])
    top = max((one.value for one in cells.values() if one.value is not None), default=0)
    provinces = [_province(code, shape, cells.get(code), ends) for code, shape in made["provinces"].items()]
    by_code = {one["code"]: one for one in provinces}
    return {
        "box": made["box"],
        "provinces": provinces,
        "islands": [
            _island(name, one, by_code[one["province"]]) for name, one in made["archipelagos"].items()
        ],
        "legend": _legend(ends, top, say, has_gaps=any(one["level"] is None for one in provinces)),
    }  # fmt: skip


def _province(code: str, shape: dict[str, Any], cell: Cell | None, ends: Sequence[float]) -> dict[str, Any]:
    level = level_of(cell.value if cell else None, ends)
    short = cell.short if cell and cell.value else ""
    needed = max(len(short), 2) * SIGN_WIDTH
    fits = (
        "roomy" if shape["room"] >= max(ROOMY, needed * 1.2) else "room" if shape["room"] >= max(ROOM, needed) else ""
    )
    return {
        "code": code,
        "d": shape["d"],
        "x": _written(shape["at"][0]),
        "y": _written(shape["at"][1]),
        "level": level,
        "short": short if fits else "",
        "fits": fits,
        "told": cell.told if cell else "",
        "url": cell.url if cell else "",
    }


def _island(name: str, one: dict[str, Any], province: dict[str, Any]) -> dict[str, Any]:
    x, y, width, height = one["frame"]
    return {
        **{key: province[key] for key in ("level", "told", "url")},
        "name": ISLANDS[name], "d": one["d"], "x": x, "y": y, "width": width, "height": height, "at": _written(x + width / 2),
    }  # fmt: skip


def _written(value: float) -> str:
    """As a drawing writes it, whatever the reader's language: a comma would begin the next number."""
    return f"{value:g}"


def _legend(ends: Sequence[float], top: float, say: Callable[[float], str], *, has_gaps: bool) -> list[dict[str, Any]]:
    """The classes from nothing up, as `from` and `to`; level None last: no figure."""
    rows: list[dict[str, Any]] = [{"level": 0, "words": say(0)}]
    for number, (low, high) in enumerate(zip(ends, [*ends, None][1:], strict=True), 1):
        rows.append({"level": number, "words": _class_said(low, high, top, say)})
    return [*rows, *([{"level": None, "words": ""}] if has_gaps else [])]


def _class_said(low: float, high: float | None, top: float, say: Callable[[float], str]) -> str:
    """`3 – 8`, of whole numbers as of sums; the last class goes up to the largest figure."""
    last = top if high is None else max(high - 1, low) if isinstance(high, int) else high
    return say(low) if say(last) == say(low) else f"{say(low)} – {say(last)}"


def _rounded(value: float) -> float:
    """Down to two significant digits."""
    whole = int(value)
    if whole < 100:
        return whole or value
    step = 10 ** (len(str(whole)) - 2)
    return whole // step * step
