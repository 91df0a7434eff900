"""Which single reports hold a graph together, and what falls apart without each: articulation points with their sides.

Depth-first search with low points (Hopcroft and Tarjan, Algorithm 447, 1973) over units (u >= 0) and labels (-1 - label).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Side:
    """What hangs together once a unit is gone: the unit's labels in it, and how many reports it has."""

    labels: list[int]
    size: int


def sides(
    shares: Mapping[int, list[int]], unit_sizes: Mapping[int, int], label_sizes: Mapping[int, int]
) -> Iterator[tuple[int, list[Side]]]:
    """Each unit whose removal leaves several sides, with them. `shares`: the labels that each unit holds together.

    Linear in the graph. Which sides there are does not depend on the order of the units.
    """
    units_of: dict[int, list[int]] = {}
    for unit, labels in shares.items():
        for label in labels:
            units_of.setdefault(label, []).append(unit)
    walk = _Walk(shares, units_of, unit_sizes, label_sizes)
    for unit in shares:
        if unit not in walk.place:
            total = walk.go(unit)
            yield from walk.take_sides(total)


@dataclass(slots=True)
class _Walk:
    """`place`: when a node was first met; `until`: the first place after its subtree; `below`: reports in its subtree."""

    shares: Mapping[int, list[int]]
    units_of: Mapping[int, list[int]]
    unit_sizes: Mapping[int, int]
    label_sizes: Mapping[int, int]
    place: dict[int, int] = field(default_factory=dict)
    until: dict[int, int] = field(default_factory=dict)
    low: dict[int, int] = field(default_factory=dict)
    below: dict[int, int] = field(default_factory=dict)
    hanging: dict[int, list[int]] = field(default_factory=dict)  # unit -> children whose subtrees hang on it alone

    def go(self, first: int) -> int:
        """Walk all that hangs together with a unit; how many reports that is."""
        stack: list[tuple[int, int | None, Iterator[int]]] = [(self._meet(first), None, iter(self._next(first)))]
        while stack:
            node, parent, remaining = stack[-1]
            for other in remaining:
                if other not in self.place:
                    stack.append((self._meet(other), node, iter(self._next(other))))
                    break
                if other != parent:
                    self.low[node] = min(self.low[node], self.place[other])
            else:
                stack.pop()
                self._leave(node, parent)
        return self.below[first]

    def take_sides(self, total: int) -> Iterator[tuple[int, list[Side]]]:
        """The sides of each unit met since the last time."""
        hanging, self.hanging = self.hanging, {}
        for unit, children in hanging.items():
            found = [Side(self._within(unit, child), self.below[child]) for child in children]
            gone = {label for side in found for label in side.labels}
            rest = [label for label in self.shares[unit] if label not in gone]
            if rest:
                found.append(Side(rest, total - self.unit_sizes[unit] - sum(side.size for side in found)))
            if len(found) > 1:
                yield unit, found

    def _meet(self, node: int) -> int:
        self.place[node] = self.low[node] = len(self.place)
        self.below[node] = self.unit_sizes[node] if node >= 0 else self.label_sizes[-1 - node]
        return node

    def _leave(self, node: int, parent: int | None) -> None:
        self.until[node] = len(self.place)
        if parent is None:
            return
        self.below[parent] += self.below[node]
        self.low[parent] = min(self.low[parent], self.low[node])
        if parent >= 0 and self.low[node] >= self.place[parent]:
            self.hanging.setdefault(parent, []).append(node)

    def _within(self, unit: int, child: int) -> list[int]:
        first, last = self.place[child], self.until[child]
        return [label for label in self.shares[unit] if first <= self.place[-1 - label] < last]

    def _next(self, node: int) -> list[int]:
        return [-1 - label for label in self.shares[node]] if node >= 0 else self.units_of[-1 - node]
