"""From evidence to campaigns: reports that hang together, unless by one weak link.

A graph of reports on one side and what they share on the other (a value, or a report that they read like) falls into
components. Within one, what two different reports share together belongs together. A single report that alone holds two
sides together, each of them of SIDE reports or more, is a weak link: it stays with the side that it shares most with and
lets go of the other. Everything is a function of the graph, not of the order in which it grew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.graph import Ints, components, distinct, group_starts, stable_order
from keng.engines.link.sides import Side, sides
from keng.engines.link.words import U64

SIDE = 3  # reports on each side that a single one may not join
MASS = 5  # the very same text, numbers and all, told by so many is a mass message and stands for two reports
TIE_SHARE = 0.01  # of the smaller of two sides: so many of its reports, two at least, must tie it to the other
CHANCE = 0.005  # of the reports of two scams: so many, at most, tell both because somebody fell for both
PAIRS_APART = 6  # a report that shares so many things or fewer has all pairs of them looked at


@dataclass(frozen=True, slots=True)
class Graph:
    """Edge i says that report `report[i]` (0..reports-1) shares `node[i]` (0..nodes-1).

    `content` uint64[reports] is equal for reports with the same text and values. The order of reports means nothing, that
    of nodes must be canonical.
    """

    reports: int
    nodes: int
    report: Ints
    node: Ints
    content: U64


def partition(graph: Graph) -> Ints:
    """For each report the number of its campaign: equal numbers, one campaign."""
    units = _Units.of(graph)
    label = _contract(graph.nodes, units)
    held = distinct(units.unit * graph.nodes + label[units.node]) if units.unit.size else units.unit
    unit, held_label = held // max(graph.nodes, 1), held % max(graph.nodes, 1)
    certain = ~_by_chance(graph.nodes, units, label, unit, held_label)
    unit, held_label = unit[certain], held_label[certain]
    kept = ~_weak(graph.nodes, units, label, unit, held_label)
    root = components(graph.nodes + units.count, held_label[kept], graph.nodes + unit[kept])
    alone = np.bincount(units.unit, minlength=units.count)[units.of_report] == 0
    return np.where(alone, root.size + np.arange(graph.reports), root[graph.nodes + units.of_report])


@dataclass(frozen=True, slots=True)
class _Units:
    """Reports with the same content are one unit. `unit`, `node`: edges without repeats; `weight`: reports in each unit."""

    count: int
    of_report: Ints
    weight: Ints
    unit: Ints
    node: Ints

    @classmethod
    def of(cls, graph: Graph) -> _Units:
        _, of_report, weight = np.unique(graph.content, return_inverse=True, return_counts=True)
        edges = distinct(of_report[graph.report] * max(graph.nodes, 1) + graph.node)
        return cls(weight.size, of_report, weight, edges // max(graph.nodes, 1), edges % max(graph.nodes, 1))


def _contract(nodes: int, units: _Units) -> Ints:
    """For each node the smallest of those that it belongs together with: shared by two units at least, again and again."""
    label = np.arange(nodes)
    counts, apt = np.where(units.weight >= MASS, 2, 1), _apt(nodes, units)
    while True:
        held = distinct(units.unit * max(nodes, 1) + label[units.node])
        unit, held_label = held // max(nodes, 1), held % max(nodes, 1)
        left, right, times = _shared(nodes, unit, held_label, counts)
        size = np.bincount(held_label, weights=units.weight[unit], minlength=nodes)
        tied = (times > 1) & ~_barely(
            left, right, times, size, np.bincount(held_label, weights=apt[unit], minlength=nodes)
        )
        left, right = left[tied], right[tied]
        if not left.size:
            return label
        label = components(nodes, left, right)[label]


def _shared(nodes: int, unit: Ints, label: Ints, counts: Ints) -> tuple[Ints, Ints, Ints]:
    """The pairs of labels that units have both of, and how many units do; a mass message counts as two."""
    one, other = _both(unit)
    pair, weight = label[one] * nodes + label[other], counts[unit[one]]
    order = stable_order(pair)
    pair = pair[order]
    starts = group_starts(pair)
    if not starts.size:
        return starts, starts, starts
    pair = pair[starts]
    return pair // nodes, pair % nodes, np.add.reduceat(weight[order], starts)


def _both(unit: Ints) -> tuple[Ints, Ints]:
    """The pairs of places at which the same unit stands. `unit` is sorted."""
    found = [np.flatnonzero(unit[apart:] == unit[:-apart]) for apart in range(1, PAIRS_APART)]
    one = np.concatenate(found)
    return one, one + np.repeat(np.arange(1, PAIRS_APART), [places.size for places in found])


def _by_chance(nodes: int, units: _Units, label: Ints, unit: Ints, held_label: Ints) -> NDArray[np.bool_]:
    """Which of the (unit, label) edges to let go because the unit is one of few that tie two large labels: it stays with
    that under which it shares more, or else with the larger one."""
    gone = np.zeros(unit.size, np.bool_)
    size = np.bincount(held_label, weights=units.weight[unit], minlength=nodes)
    one, other = _both(unit)
    left, right, times = _shared(nodes, unit, held_label, np.ones(units.count, np.int64))
    apt = np.bincount(held_label, weights=_apt(nodes, units)[unit], minlength=nodes)
    barely = (left * nodes + right)[_barely(left, right, times, size, apt)]
    if not barely.size:
        return gone
    chance = np.isin(held_label[one] * nodes + held_label[other], barely)
    one, other = one[chance], other[chance]
    edge = np.sort(units.unit * nodes + label[units.node])
    things = np.diff(group_starts(edge), append=edge.size)
    more = np.where(
        things[one] == things[other], size[held_label[one]] >= size[held_label[other]], things[one] > things[other]
    )
    gone[np.where(more, other, one)] = True
    return gone


def _apt(nodes: int, units: _Units) -> NDArray[np.bool_]:
    """Which units share several things with others: those could have tied one to another."""
    shared = np.bincount(units.node, minlength=nodes)[units.node] > 1
    return np.asarray(np.bincount(units.unit, weights=shared, minlength=units.count) > 1)


def _barely(left: Ints, right: Ints, times: Ints, size: NDArray[Any], apt: NDArray[Any]) -> NDArray[np.bool_]:
    """Which pairs of labels are tied by fewer reports than one hand would have left: chance, where both are large.

    If one hand is behind both, any number of the smaller one's reports that could have tied them (`apt`) is as likely as any
    other to have done so; if two are, as many of all as CHANCE or fewer (Poisson). Chance is what is likelier by chance.
    """
    expected = np.minimum(times, CHANCE * (size[left] + size[right]))
    ways = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(times.max(initial=0)) + 1)))])[times]
    by_chance = times * np.log(np.maximum(expected, 1e-9)) - expected - ways
    likelier = (times > 1) & (by_chance > -np.log1p(np.minimum(apt[left], apt[right])))
    return np.asarray(likelier | (times < TIE_SHARE * np.minimum(size[left], size[right])))


def _weak(nodes: int, units: _Units, label: Ints, unit: Ints, held_label: Ints) -> NDArray[np.bool_]:
    """Which of the (unit, label) edges are weak links to let go."""
    weak = np.zeros(unit.size, np.bool_)
    several = np.bincount(unit, minlength=units.count)[unit] > 1
    if not several.any():
        return weak
    alone = np.bincount(held_label[~several], weights=units.weight[unit[~several]], minlength=nodes)
    places, weight, size = _peel(np.flatnonzero(several), unit, held_label, units.weight.copy(), alone.astype(np.int64))
    strength = _Strength.of(nodes, units, label)
    shares: dict[int, list[int]] = {}
    for unit_number, one in zip(unit[places].tolist(), held_label[places].tolist(), strict=True):
        shares.setdefault(unit_number, []).append(one)
    gone: set[tuple[int, int]] = set()
    for unit_number, found in sides(shares, weight, size):
        big = [side for side in found if side.size >= SIDE]
        if len(big) > 1:
            stays = max(big, key=lambda side: _attraction(unit_number, side, strength, size))
            gone.update((unit_number, one) for side in big if side is not stays for one in side.labels)
    for place in places.tolist() if gone else ():
        weak[place] = (int(unit[place]), int(held_label[place])) in gone
    return weak


def _peel(
    places: Ints, unit: Ints, label: Ints, weight: Ints, size: Ints
) -> tuple[Ints, dict[int, int], dict[int, int]]:
    """The edges that matter to sides, and the sizes of their units and labels with what was peeled off folded in.

    A label that hangs on one unit alone and is no side of its own goes with that unit; a unit left with one label, with it.
    """
    while True:
        hangs = (np.bincount(label[places], minlength=size.size)[label[places]] == 1) & (size[label[places]] < SIDE)
        np.add.at(weight, unit[places[hangs]], size[label[places[hangs]]])
        places = places[~hangs]
        lone = np.bincount(unit[places], minlength=weight.size)[unit[places]] == 1
        np.add.at(size, label[places[lone]], weight[unit[places[lone]]])
        places = places[~lone]
        if not hangs.any() and not lone.any():
            break
    kept_units, kept_labels = distinct(unit[places]), distinct(label[places])
    return (
        places,
        dict(zip(kept_units.tolist(), weight[kept_units].tolist(), strict=True)),
        dict(zip(kept_labels.tolist(), size[kept_labels].tolist(), strict=True)),
    )


def _attraction(unit: int, side: Side, shares: _Strength, size: dict[int, int]) -> tuple[int, int, int, int]:
    """How strongly a unit is drawn to a side: by how many things they share, by how many reports those have, by its size."""
    shared = sum(shares.count(unit, label) for label in side.labels)
    return shared, sum(size[label] for label in side.labels), side.size, -min(side.labels)


@dataclass(frozen=True, slots=True)
class _Strength:
    """What is shared, as unit * nodes + label, sorted: as often as there are things under the label that the unit shares."""

    nodes: int
    edge: Ints

    @classmethod
    def of(cls, nodes: int, units: _Units, label: Ints) -> _Strength:
        return cls(nodes, np.sort(units.unit * nodes + label[units.node]))

    def count(self, unit: int, label: int) -> int:
        """How many things under a label a unit shares."""
        first, last = np.searchsorted(self.edge, [unit * self.nodes + label, unit * self.nodes + label + 1])
        return int(last - first)
