"""How sure a provider is of a person: its `acr` value as level 1 or 2, by a dated table with sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from keng.vietnam.rules.tables import Dated, dated, read_table

NOTHING_VOUCHED = 0


@dataclass(frozen=True, slots=True)
class Assurance(Dated):
    """What a provider's word of `acr` counts for: level 1 or 2."""

    acr: str
    level: int


def assurance_level(acr: str, day: date) -> int:
    """1 or 2 by the table in force on `day`; 0 for what the table does not list: signed in, nothing vouched for."""
    return next((row.level for row in every_assurance() if row.acr == acr and row.is_valid_on(day)), NOTHING_VOUCHED)


@cache
def every_assurance() -> tuple[Assurance, ...]:
    """Every row of the table."""
    return tuple(Assurance(**dated(row), acr=row["acr"], level=row["level"]) for row in read_table("assurance")["acr"])
