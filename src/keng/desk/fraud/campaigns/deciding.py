"""Which parts are one campaign: a function of the ties that judgements made, and of nothing else.

A newer judgement of an officer outranks an older one, and any of them outranks the engine, whose ties join only what no officer
keeps apart. A split that was undone is as if it had never been: what it took out stands again with what it was taken out of.
So undoing a judgement gives exactly what the others give without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A tie as a judgement states it: `one` and `other` are together, or not. `judgement` grows with time.

    `is_split`: the tie of a part that was taken out (`one`) to what it was taken out of (`other`). `leads`: the head, if this tie
    decides whose code stays.
    """

    judgement: int
    one: int
    other: int
    together: bool
    by_officer: bool
    is_live: bool
    is_split: bool = False
    leads: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """The head of each part, and those heads whose campaign an officer has judged about."""

    head: dict[int, int]
    judged: frozenset[int]


def decide(parts: Iterable[int], ties: Sequence[Said], held: Iterable[int] = ()) -> View:
    """The campaigns of these parts by all that was said of them. `held`: parts that a live judgement says stay whole."""
    groups = _Groups(parts)
    for tie in ties:
        if tie.is_split and not tie.is_live:
            groups.join(tie.one, tie.other)
    live = [tie for tie in ties if tie.is_live]
    officers = [tie for tie in live if tie.by_officer]
    for tie in sorted(officers, key=lambda tie: (-tie.judgement, not tie.together)):
        if tie.together:
            groups.join_unless_apart(tie.one, tie.other)
        else:
            groups.keep_apart(tie.one, tie.other)
    for tie in sorted((tie for tie in live if not tie.by_officer), key=lambda tie: tie.judgement):
        groups.join_unless_apart(tie.one, tie.other)
    head = _heads(groups, officers)
    touched = [part for tie in officers for part in (tie.one, tie.other)]
    return View(head, frozenset(head[part] for part in [*touched, *held]))


def _heads(groups: _Groups, officers: Sequence[Said]) -> dict[int, int]:
    """The part that the newest merge let stay, else the oldest part."""
    oldest: dict[int, int] = {}
    for part in sorted(groups.above):
        oldest.setdefault(groups.find(part), part)
    for tie in sorted(officers, key=lambda tie: tie.judgement):
        if tie.leads is not None and groups.find(tie.one) == groups.find(tie.other):
            oldest[groups.find(tie.one)] = tie.leads
    return {part: oldest[groups.find(part)] for part in groups.above}


class _Groups:
    """Sets of parts of which some must not meet (union-find)."""

    def __init__(self, parts: Iterable[int]) -> None:
        self.above = {part: part for part in parts}
        self.strangers: dict[int, set[int]] = {}

    def find(self, part: int) -> int:
        while self.above[part] != part:
            self.above[part] = part = self.above[self.above[part]]
        return part

    def join(self, one: int, other: int) -> None:
        one, other = self.find(one), self.find(other)
        if one != other:
            self.above[other] = one
            self.strangers.setdefault(one, set()).update(self.strangers.pop(other, ()))

    def join_unless_apart(self, one: int, other: int) -> None:
        if not self._are_apart(self.find(one), self.find(other)):
            self.join(one, other)

    def keep_apart(self, one: int, other: int) -> None:
        """Overruled if something newer put them together."""
        if self.find(one) != self.find(other):
            self.strangers.setdefault(self.find(one), set()).add(other)
            self.strangers.setdefault(self.find(other), set()).add(one)

    def _are_apart(self, one: int, other: int) -> bool:
        return any(self.find(stranger) == other for stranger in self.strangers.get(one, ()))
