"""Reading data/units.csv, once, when the first place is asked for; and walking up and down in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from keng.base.errors import InputError, Said
from keng.vietnam.places.units import Kind, Level, Unit

_UNKNOWN_CODE = Said(
    "Không có đơn vị hành chính nào mang mã {code} vào ngày {day}.",
    "No administrative unit had the code {code} on {day}.",
)


def find_unit(code: str, on: date) -> Unit | None:
    """The unit that had the code on that day: two digits for a province, three for a district, five for a commune."""
    return next((one for one in _by_code().get(code, ()) if one.is_valid_on(on)), None)


def unit(code: str, on: date) -> Unit:
    """The same, where there must be one. Raises InputError `place.unknown_code`."""
    found = find_unit(code, on)
    if found is None:
        raise InputError("place.unknown_code", _UNKNOWN_CODE.filled(code=repr(code[:16]), day=on.isoformat()))
    return found


def units(level: Level, on: date) -> list[Unit]:
    """Every unit of that level on that day, in the order of codes; none where the map of the day has no such level."""
    return [one for one in _by_level().get(level, ()) if one.is_valid_on(on)]


def children(parent: Unit, on: date | None = None) -> list[Unit]:
    """The units right under it, in the order of codes: on that day, or without one all that were while it stood so."""
    rows = _by_parent().get(parent.code, ())
    if on is None:
        return [one for one in rows if one.overlaps(parent)]
    return [one for one in rows if one.is_valid_on(on)] if parent.is_valid_on(on) else []


def path(place: Unit, on: date) -> tuple[Unit, ...]:
    """From the province down to the unit itself, as on that day."""
    above = () if place.parent_code is None else path(unit(place.parent_code, on), on)
    return (*above, place)


def every_row() -> list[Unit]:
    """Every unit of every map, in the order of codes, then of time."""
    return [one for rows in _by_code().values() for one in rows]


def rows_of(name: str) -> Iterator[list[str]]:
    """The rows of a table in data/, without its comments and its line of names."""
    with files(__package__).joinpath(f"data/{name}.csv").open(encoding="utf-8") as lines:
        rows = csv.reader(line for line in lines if not line.startswith("#"))
        next(rows)
        yield from rows


@cache
def _by_code() -> Mapping[str, tuple[Unit, ...]]:
    kinds, days = {kind.value: kind for kind in Kind}, _Days()
    by_code: dict[str, tuple[Unit, ...]] = {}
    for code, name, kind, parent, valid_from, valid_to in rows_of("units"):
        row = Unit(code, name, kinds[kind], parent or None, days[valid_from], days[valid_to])
        by_code[code] = (*by_code.get(code, ()), row)
    return by_code


@cache
def _by_level() -> Mapping[Level, list[Unit]]:
    by_level: dict[Level, list[Unit]] = {}
    for row in every_row():
        by_level.setdefault(row.level, []).append(row)
    return by_level


@cache
def _by_parent() -> Mapping[str, list[Unit]]:
    by_parent: dict[str, list[Unit]] = {}
    for row in every_row():
        if row.parent_code is not None:
            by_parent.setdefault(row.parent_code, []).append(row)
    return by_parent


class _Days(dict[str, date | None]):
    """Dates as written, each read once: there are few."""

    def __missing__(self, written: str) -> date | None:
        self[written] = date.fromisoformat(written) if written else None
        return self[written]
