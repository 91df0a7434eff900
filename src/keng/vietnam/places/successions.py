"""What became of a unit when its map ended, and what a unit was made of: data/successions.csv, read when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache

from keng.vietnam.places.tables import rows_of, unit
from keng.vietnam.places.units import Unit


class Basis(StrEnum):
    """How a share was set. Only `WHOLE` is a fact; every other is an estimate and is to be told as one."""

    WHOLE = "whole"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Succession:
    """`new` took `share` (above 0, at most 1) of `old` on `day`. The shares of one old unit add up to exactly 1."""

    old: Unit
    new: Unit
    day: date
    share: Fraction
    basis: Basis

    @property
    def is_estimate(self) -> bool:
        """Whether the share is the project's guess and not a fact."""
        return self.basis is not Basis.WHOLE


def successors(ended: Unit) -> list[Succession]:
    """What took its place the day it ended, in the order of codes. Empty while it stands.

    Empty too for a district with communes: the level was abolished, and what became of it is what became of its communes.
    """
    return [_succession(*row) for row in _rows_by_old().get((ended.code, str(ended.valid_to)), ())]


def predecessors(begun: Unit) -> list[Succession]:
    """What it was made of the day it began, in the order of codes. Empty for a unit that the tables begin with."""
    return [_succession(*row) for row in _rows_by_new().get((begun.code, str(begun.valid_from)), ())]


def _succession(written_day: str, old_code: str, new_code: str, written_share: str, basis: str) -> Succession:
    day = date.fromisoformat(written_day)
    return Succession(
        old=unit(old_code, day - timedelta(days=1)),
        new=unit(new_code, day),
        day=day,
        share=_share(written_share),
        basis=Basis(basis or Basis.WHOLE),
    )


@cache
def _share(written: str) -> Fraction:
    return Fraction(written or 1)


@cache
def _rows() -> list[list[str]]:
    return list(rows_of("successions"))


@cache
def _rows_by_old() -> Mapping[tuple[str, str], list[list[str]]]:
    index: dict[tuple[str, str], list[list[str]]] = {}
    for row in _rows():
        index.setdefault((row[1], row[0]), []).append(row)
    return index


@cache
def _rows_by_new() -> Mapping[tuple[str, str], list[list[str]]]:
    index: dict[tuple[str, str], list[list[str]]] = {}
    for row in _rows():
        index.setdefault((row[2], row[0]), []).append(row)
    return index
