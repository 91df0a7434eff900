"""Reading the ladders: what follows, step by step and by which day, when a record does not agree with the population register."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from keng.vietnam.rules.tables import Dated, dated, read_table


class Does(StrEnum):
    """What a step of a ladder does, from the mildest on. The order is that of severity."""

    NOTICE = "notice"
    RESTRICT_OUT = "restrict_out"
    RESTRICT_BOTH = "restrict_both"
    END = "end"


RESTRICTIONS = (Does.RESTRICT_OUT, Does.RESTRICT_BOTH, Does.END)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `after` counts from the first notice that went out; None: it follows a person's decision alone."""

    does: Does
    after: timedelta | None


@dataclass(frozen=True, slots=True)
class Ladder(Dated):
    """The steps for one kind of finding. See followups.toml for what each field says."""

    kind: str
    why: str
    verdicts: frozenset[str]
    reasons: frozenset[str]
    by_clock: frozenset[str]
    facts: frozenset[str]
    bound: float
    decided: timedelta
    contact: timedelta
    tries: int
    steps: tuple[Step, ...]
    exemptions: tuple[str, ...]

    @property
    def notices(self) -> tuple[timedelta, ...]:
        """When each notice is due, counted from the first."""
        return tuple(step.after or timedelta() for step in self.steps if step.does is Does.NOTICE)

    @property
    def restrictions(self) -> tuple[Step, ...]:
        """The steps that take something away, mildest first."""
        return tuple(step for step in self.steps if step.does is not Does.NOTICE)

    def waits_for_a_person(self, verdict: str, probability: float | None) -> bool:
        """True if no restriction may follow by the clock alone: not sure enough, or a verdict that a person judges."""
        if verdict not in self.by_clock:
            return True
        return verdict not in self.facts if probability is None else probability < self.bound


def ladder_for(kind: str, verdict: str, reasons: Collection[str], day: date) -> Ladder | None:
    """The ladder of that day for a finding; None if nothing follows from it."""
    fitting = (row for row in ladders() if row.kind == kind and verdict in row.verdicts and row.is_valid_on(day))
    return next((row for row in fitting if not row.reasons or not row.reasons.isdisjoint(reasons)), None)


def ladder(code: str, day: date) -> Ladder:
    """The ladder of that code as it stood on that day. Raises KeyError."""
    for row in ladders():
        if row.code == code and row.is_valid_on(day):
            return row
    raise KeyError(f"no ladder {code} on {day}")


@cache
def ladders() -> tuple[Ladder, ...]:
    """Every row of the table, in its order."""
    return tuple(_ladder(row) for row in read_table("followups")["ladder"])


def _ladder(row: dict[str, Any]) -> Ladder:
    return Ladder(
        **dated(row),
        kind=row["kind"],
        why=row["why"],
        verdicts=frozenset(row["verdicts"]),
        reasons=frozenset(row["reasons"]),
        by_clock=frozenset(row["by_clock"]),
        facts=frozenset(row["facts"]),
        bound=row["bound"],
        decided=timedelta(days=row["decided_days"]),
        contact=timedelta(days=row["contact_days"]),
        tries=row["tries"],
        steps=tuple(Step(Does(one["does"]), _after(one)) for one in row["steps"]),
        exemptions=tuple(row["exemptions"]),
    )


def _after(step: dict[str, Any]) -> timedelta | None:
    told = {name: step[name] for name in ("hours", "days") if name in step}
    return timedelta(**told) if told else None
