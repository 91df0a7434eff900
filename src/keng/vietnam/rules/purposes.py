"""Reading the table of purposes: for what a register may be handed in, and a question asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from keng.vietnam.rules.tables import Dated, dated, read_table


@dataclass(frozen=True, slots=True)
class Purpose(Dated):
    """A legal purpose. `use`: `sim`, `account` (a whole register), `sim_question`, `account_question`."""

    use: str


def purposes_for(use: str, day: date) -> list[Purpose]:
    """The purposes in force on `day` for that use, in the order of the table."""
    return [one for one in every_purpose() if one.use == use and one.is_valid_on(day)]


def find(code: str, use: str, day: date) -> Purpose | None:
    """The purpose of that code, if it serves that use on `day`."""
    return next((one for one in purposes_for(use, day) if one.code == code), None)


@cache
def every_purpose() -> tuple[Purpose, ...]:
    """Every row of the table."""
    return tuple(Purpose(**dated(row), use=row["use"]) for row in read_table("purposes")["purpose"])
