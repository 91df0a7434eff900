"""Where a row belongs: the province of the place that its reporter told, else of the unit whose report it is; on either map.

A *map* is a set of provinces that stood together: `63` until 2025-06-30, `34` since. On a map of its own time a row's province is
a fact. Forward it stays one, since each old province went whole into one. Backward it is one where the commune is told, or the
province was not merged; the others are shared out by `places.recast`, which is an estimate, told as one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

from django.db.models import Case, CharField, Q, Value, When

from keng.base.errors import InputError, Said
from keng.desk.ground.organisations.models import Organisation
from keng.desk.steering.review.periods import begins
from keng.vietnam import places
from keng.vietnam.places import Level, Unit

NO_MAP = Said("Không có bản đồ này.", "There is no such map.")
NO_PLACE = Said("Không có nơi này trên bản đồ này.", "There is no such place on this map.")
NOWHERE = ""
DAY = timedelta(days=1)
FAR = date(2100, 1, 1)  # a day on which the last map stands still


@dataclass(frozen=True, slots=True)
class Map:
    """The provinces that stood from `first` (None: since the tables begin) until before `end` (None: still)."""

    code: str
    first: date | None
    end: date | None

    @property
    def day(self) -> date:
        """A day on which to read it."""
        return self.first or (self.end or date.max) - DAY

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day, for codes that began or ended while it stood."""
        return self.day, (self.end - DAY if self.end else date.max)


@dataclass(frozen=True, slots=True)
class Spot:
    """A province by its code on the map of a row's time, and on the map before if the row tells it (else empty)."""

    map: str
    province: str
    formerly: str


@dataclass(frozen=True, slots=True)
class Share:
    """What of a figure falls to a province: `exact` by the rows themselves, `estimated` by shares. Whole numbers."""

    exact: int = 0
    estimated: int = 0

    @property
    def total(self) -> int:
        """Both."""
        return self.exact + self.estimated


@cache
def maps() -> tuple[Map, ...]:
    """Every map, the oldest first. A map ends on a day on which a province went into one of another code."""
    borders = sorted({day for day, old, new in _moves() if old != new})
    edges = [None, *borders, None]
    return tuple(_map(first, end) for first, end in pairwise(edges))


def map_of_code(code: str) -> Map:
    """The map of that code. Raises InputError `no_map`."""
    found = next((one for one in maps() if one.code == code), None)
    if found is None:
        raise InputError("no_map", NO_MAP, field="moc")
    return found


def map_on(day: date) -> Map:
    """The map of that day."""
    return next(one for one in reversed(maps()) if one.first is None or one.first <= day)


def provinces(on: Map) -> list[Unit]:
    """Its provinces as they are called last, in the order of codes."""
    return places.units(Level.PROVINCE, min(on.days[1], FAR))


@cache
def spot_of(place_code: str, map_code: str) -> Spot:
    """Where a place code of that map's time lies. A code that no table knows lies nowhere."""
    its = map_of_code(map_code)
    province = province_on(place_code, its, its)
    earlier = maps().index(its) - 1
    before = province_on(place_code, its, maps()[earlier]) if earlier >= 0 else None
    return Spot(map_code, province or NOWHERE, before or NOWHERE)


@cache
def province_on(place_code: str, of: Map, on: Map) -> str | None:
    """The code of the one province of map `on` in which a place of map `of` lies; None if it lies in several or is unknown."""
    unit = _unit(place_code, of)
    if unit is None:
        return None
    if of == on:
        return places.path(unit, _day_of(unit, of))[0].code
    try:
        parts = places.recast({place_code: 1}, _day_of(unit, of), on.day)
    except InputError:  # a district: its communes went different ways
        return None
    found = {places.path(places.unit(code, on.day), on.day)[0].code for code in parts}
    return found.pop() if len(found) == 1 else None


def spot_of_owner(owner: Organisation | None) -> Spot:
    """Where a unit lies; nowhere for the centre, which stands above all places."""
    if owner is None or not owner.place_code or owner.place_on is None:
        return Spot(maps()[-1].code, NOWHERE, NOWHERE)
    return spot_of(owner.place_code, map_on(owner.place_on).code)


def cast(figures: Mapping[Spot, int], on: Map) -> dict[str, Share]:
    """A figure by spot, on one map: a share for each province that has any, `NOWHERE` for what has no place. The sum stays."""
    exact: dict[str, int] = {}
    shared: dict[tuple[str, str], int] = {}
    for spot, figure in figures.items():
        code = _exact_code(spot, on)
        if code is None:
            shared[spot.map, spot.province] = shared.get((spot.map, spot.province), 0) + figure
        else:
            exact[code] = exact.get(code, 0) + figure
    estimated = _shared_out(shared, on)
    return {code: Share(exact.get(code, 0), estimated.get(code, 0)) for code in sorted({*exact, *estimated})}


def provinces_of(spot: Spot, on: Map) -> Collection[str]:
    """The provinces of a map among which the spot lies: one where it is certain, none where it has no place."""
    code = _exact_code(spot, on)
    if code is None:
        return _parts_of(spot.province, map_of_code(spot.map), on)
    return (code,) if code else ()


def map_column(at: str) -> Case:
    """The code of the map on which a report was received; `at` leads to the report (`report__`)."""
    *earlier, last = maps()
    whens = [When(**{f"{at}received_at__lt": _border(one)}, then=Value(one.code)) for one in earlier]
    return Case(*whens, default=Value(last.code), output_field=CharField())


def in_province(code: str, on: Map, at: str) -> Q:
    """The condition that a row is for certain in that province of the map; `NOWHERE`: that it is in none."""
    if code == NOWHERE:
        return Q(**{f"{at}place_code": ""}) & (Q(**{f"{at}owner": None}) | Q(**{f"{at}owner__place_code": ""}))
    found = Q(pk__in=[])
    for its, codes in _codes_in(code, on).items():
        told = Q(**{f"{at}place_code__in": codes}) & _received_in(its, at)
        found |= told | (Q(**{f"{at}place_code": "", f"{at}owner__place_code__in": codes}) & _stood_in(its, at))
    return found


def in_place(place_code: str, its: Map, at: str) -> Q:
    """The condition that a row's reporter told exactly this place, as it stood on that map."""
    return Q(**{f"{at}place_code": place_code}) & _received_in(its, at)


def unit_of(place_code: str, its: Map) -> Unit | None:
    """The unit that a code was on that map."""
    return _unit(place_code, its)


def path_of(unit: Unit, its: Map) -> tuple[Unit, ...]:
    """From the province down to the unit, as they stood on that map."""
    return places.path(unit, _day_of(unit, its))


def _moves() -> Iterator[tuple[date, str, str]]:
    """(day, old code, new code) of every succession of provinces, found from today's back and from the oldest on."""
    waiting, seen = [*places.units(Level.PROVINCE, date.min), *places.units(Level.PROVINCE, FAR)], set()
    while waiting:
        unit = waiting.pop()
        if unit in seen:
            continue
        seen.add(unit)
        for step in (*places.successors(unit), *places.predecessors(unit)):
            yield step.day, step.old.code, step.new.code
            waiting += [step.old, step.new]


def _map(first: date | None, end: date | None) -> Map:
    day = first or (end or date.max) - DAY
    return Map(str(len(places.units(Level.PROVINCE, day))), first, end)


@cache
def _unit(place_code: str, its: Map) -> Unit | None:
    found = (places.find_unit(place_code, day) for day in its.days)
    return next((one for one in found if one is not None), None)


def _day_of(unit: Unit, its: Map) -> date:
    return next(day for day in its.days if unit.is_valid_on(day))


def _exact_code(spot: Spot, on: Map) -> str | None:
    """None: several provinces of that map share it."""
    if spot.province == NOWHERE:
        return NOWHERE
    its = map_of_code(spot.map)
    if its == on:
        return spot.province
    if maps().index(its) - 1 == maps().index(on) and spot.formerly:
        return spot.formerly
    return province_on(spot.province, its, on)


def _shared_out(shared: Mapping[tuple[str, str], int], on: Map) -> dict[str, int]:
    found: dict[str, int] = {}
    for its in maps():
        counts = {province: figure for (code, province), figure in shared.items() if code == its.code}
        if counts:
            for code, figure in places.recast_counts(counts, its.day, on.day).items():
                found[code] = found.get(code, 0) + figure
    return found


@cache
def _codes_in(province: str, on: Map) -> dict[Map, frozenset[str]]:
    """Every place code that lies in that province of the map for certain, by the map on which it is a code."""
    return {its: frozenset(_certain(province, its, on)) for its in maps()}


def _certain(province: str, its: Map, on: Map) -> Iterator[str]:
    for own, codes in _own_codes(its).items():
        if province_on(own, its, on) == province:
            yield from codes
        elif province in _parts_of(own, its, on):
            yield from (code for code in codes if province_on(code, its, on) == province)


def _parts_of(province: str, its: Map, on: Map) -> Collection[str]:
    return (province,) if its == on else places.recast({province: 1}, its.day, on.day)


@cache
def _own_codes(its: Map) -> dict[str, set[str]]:
    """Every code that stood on a map, by the province above it on that map."""
    found: dict[str, set[str]] = {}
    for day in {min(day, FAR) for day in its.days}:
        for province in places.units(Level.PROVINCE, day):
            found.setdefault(province.code, set()).update(_below(province, day))
    return found


def _below(unit: Unit, day: date) -> Iterator[str]:
    yield unit.code
    for child in places.children(unit, day):
        yield from _below(child, day)


def _received_in(its: Map, at: str) -> Q:
    after = Q(**{f"{at}received_at__gte": begins(its.first)}) if its.first else Q()
    return after & Q(**{f"{at}received_at__lt": _border(its)}) if its.end else after


def _stood_in(its: Map, at: str) -> Q:
    after = Q(**{f"{at}owner__place_on__gte": its.first}) if its.first else Q()
    return after & Q(**{f"{at}owner__place_on__lt": its.end}) if its.end else after


def _border(its: Map) -> datetime:
    assert its.end is not None, "the last map has no border"  # noqa: S101 - our own invariant
    return begins(its.end)
