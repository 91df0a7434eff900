"""Figures of one map shown on another, so that they add up.

Forward (old to new) each unit gives its successors their shares. Backward (new to old) a unit gives back to what it was made
of, in the ratio of their sizes, each taken with the share of it that came. Whatever stands on both dates keeps its figure.
Nothing is lost on the way: the sum is the same, in every group of units that took from each other, and so in each province.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from math import floor

from keng.base.errors import InputError, Said
from keng.vietnam.places.successions import predecessors, successors
from keng.vietnam.places.tables import children, unit
from keng.vietnam.places.units import Unit

_NO_WAY = Said(
    "Không có dữ liệu đơn vị {code} trở thành gì vào ngày {day}; hãy dùng số liệu cấp xã hoặc cấp tỉnh.",
    "No table says what unit {code} is on {day}; take figures of communes or of provinces.",
)
_NO_SIZE = Said("Thiếu quy mô của đơn vị {code}.", "The size of unit {code} is missing.")

Sizes = Mapping[str, int]
Spread = dict[str, dict[str, Fraction]]


def recast(
    counts: Mapping[str, int | Fraction], from_date: date, to_date: date, *, sizes: Sizes | None = None
) -> dict[str, Fraction]:
    """Figures by code on the map of `from_date`, on the map of `to_date`: exact fractions whose sum is that of `counts`.

    Provinces stay provinces, communes communes. Backward, `sizes` weigh the older units: by code, people or cases or what
    the figures follow; without them each weighs as many as it had communes, which is an estimate. Raises InputError for a
    code that was not on that map, for a district (its communes went different ways) and for a size that is missing.
    """
    return _totals(counts, _spread(counts, from_date, to_date, sizes))


def recast_counts(
    counts: Mapping[str, int], from_date: date, to_date: date, *, sizes: Sizes | None = None
) -> dict[str, int]:
    """The same in whole numbers, each less than 1 away from its exact figure, with the same sum.

    Rounded by largest remainder (ties: the lower code) within each group of units that took from each other.
    """
    spread = _spread(counts, from_date, to_date, sizes)
    exact = _totals(counts, spread)
    rounded: dict[str, int] = {}
    for group in _groups(spread):
        rounded |= _rounded({code: exact[code] for code in group})
    return dict(sorted(rounded.items()))


def _spread(counts: Mapping[str, object], from_date: date, to_date: date, sizes: Sizes | None) -> Spread:
    spread: Spread = {}
    for code in counts:
        parts = spread[code] = {}
        for place, share in _on(unit(code, from_date), to_date, sizes):
            parts[place.code] = parts.get(place.code, Fraction(0)) + share
    return spread


def _totals(counts: Mapping[str, int | Fraction], spread: Spread) -> dict[str, Fraction]:
    totals: dict[str, Fraction] = {}
    for code, parts in spread.items():
        for to_code, share in parts.items():
            totals[to_code] = totals.get(to_code, Fraction(0)) + counts[code] * share
    return dict(sorted(totals.items()))


def _on(place: Unit, day: date, sizes: Sizes | None) -> Iterator[tuple[Unit, Fraction]]:
    """What the unit is on that day, with the shares of it; through as many maps as lie between."""
    if place.is_valid_on(day):
        yield place, Fraction(1)
        return
    ended = place.valid_to is not None and place.valid_to <= day
    steps = [(one.new, one.share) for one in successors(place)] if ended else list(_given_back(place, sizes))
    if not steps:
        raise InputError("place.no_way", _NO_WAY.filled(code=place.code, day=day.isoformat()))
    for next_place, share in steps:
        for final, further in _on(next_place, day, sizes):
            yield final, share * further


def _given_back(place: Unit, sizes: Sizes | None) -> Iterator[tuple[Unit, Fraction]]:
    made_of = predecessors(place)
    if len(made_of) == 1:
        yield made_of[0].old, Fraction(1)
        return
    weights = [one.share * _size(one.old, sizes) for one in made_of]
    together = sum(weights)
    if made_of and not together:
        raise InputError("place.no_size", _NO_SIZE.filled(code=place.code))
    for one, weight in zip(made_of, weights, strict=True):
        yield one.old, weight / together


def _size(place: Unit, sizes: Sizes | None) -> int:
    if sizes is None:
        return _communes_in(place)
    if sizes.get(place.code, -1) < 0:
        raise InputError("place.no_size", _NO_SIZE.filled(code=place.code))
    return sizes[place.code]


@cache
def _communes_in(place: Unit) -> int:
    return sum(map(_communes_in, children(place))) or 1


def _groups(spread: Spread) -> list[set[str]]:
    """The codes reached, in groups that share no origin: each group's sum is a sum of whole figures."""
    group_of: dict[str, set[str]] = {}
    for parts in spread.values():
        joined = set(parts).union(*(group_of[code] for code in parts if code in group_of))
        group_of.update(dict.fromkeys(joined, joined))
    return list({id(group): group for group in group_of.values()}.values())


def _rounded(exact: Mapping[str, Fraction]) -> dict[str, int]:
    rounded = {code: floor(figure) for code, figure in exact.items()}
    left_over = int(sum(exact.values())) - sum(rounded.values())
    by_remainder = sorted(exact, key=lambda code: (rounded[code] - exact[code], code))
    for code in by_remainder[:left_over]:
        rounded[code] += 1
    return rounded
