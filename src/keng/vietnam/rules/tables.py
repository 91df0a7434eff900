"""Reading the rule tables. The figures and their sources stand in the TOML files beside this one, never in code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from keng.base.errors import Said
from keng.base.times import day_in_vietnam
from keng.vietnam.calendar import after_working_days
from keng.vietnam.places.units import Level


class Ground(StrEnum):
    """The closed list of what Kẻng acts on. None is on opinion, insult, assembly, religion or criticism; none is added."""

    FRAUD = "fraud"
    INTRUSION = "intrusion"
    MALWARE = "malware"
    IDENTITY_ABUSE = "identity_abuse"
    SPAM = "spam"
    SEXUAL_EXTORTION = "sexual_extortion"
    DOCUMENT_LEAK = "document_leak"


@dataclass(frozen=True, slots=True)
class Dated:
    """What every rule row says of itself. `confirmed_by` is None while nobody has confirmed the source."""

    code: str
    said: Said
    source: str
    valid_from: date
    valid_to: date | None
    confirmed_by: str | None

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Basis(Dated):
    """A legal basis on which one kind of measure may rest."""

    ground: Ground
    measure: str


@dataclass(frozen=True, slots=True)
class Limit(Dated):
    """One figure: a number of `unit` (minutes, hours, days, working_days, times)."""

    value: int
    unit: str

    def after(self, moment: datetime) -> datetime:
        """When a term of this length ends that begins at `moment` (UTC). Working days end at midnight in Vietnam.

        Raises ValueError for a count, InputError `no_calendar` where the calendar of working days ends.
        """
        return after_working_days(moment, self.value) if self.unit == "working_days" else moment + self.time

    @property
    def time(self) -> timedelta:
        """The figure as a length of time. Raises ValueError for a count and for working days, which have no fixed length."""
        if self.unit not in ("minutes", "hours", "days"):
            raise ValueError(f"{self.code} is counted in {self.unit}")
        return timedelta(**{self.unit: self.value})


@dataclass(frozen=True, slots=True)
class Route(Dated):
    """Where a new report goes: to the unit over its place at `level`, or to the centre (None)."""

    level: Level | None


@dataclass(frozen=True, slots=True)
class _SharePoint:
    minutes: float
    share: float


def bases_for(measure: str, day: date) -> list[Basis]:
    """The bases valid on `day` for a kind of measure, in the order of the table."""
    return [basis for basis in bases() if basis.measure == measure and basis.is_valid_on(day)]


def all_bases(day: date) -> list[Basis]:
    """Every basis valid on `day`, in the order of the table."""
    return [basis for basis in bases() if basis.is_valid_on(day)]


def find_basis(code: str, day: date) -> Basis | None:
    """The basis of that code, if it is valid on `day`."""
    return next((basis for basis in bases() if basis.code == code and basis.is_valid_on(day)), None)


def limit(code: str, day: date) -> Limit:
    """The figure in force on `day`. Raises KeyError: a limit that code asks for must be in the table."""
    for row in limits():
        if row.code == code and row.is_valid_on(day):
            return row
    raise KeyError(f"no limit {code} on {day}")


def due(code: str, start: datetime) -> datetime:
    """The moment by which something begun at `start` must be done, by the figure in force on that day in Vietnam."""
    return limit(code, day_in_vietnam(start)).after(start)


def routes(day: date) -> list[Route]:
    """The routes of new reports in force on `day`, in the order in which they are tried."""
    return [row for row in every_route() if row.is_valid_on(day)]


def holdable_share(age: timedelta) -> float:
    """The share of a transfer that is still in the first account after `age` (0..1): straight lines between the table's points.

    An estimate for ordering the queue, and for nothing else: how much is really there, only the bank can say.
    """
    minutes = max(age.total_seconds() / 60, 0.0)
    points = _share_points()
    for left, right in pairwise(points):
        if minutes < right.minutes:
            done = (minutes - left.minutes) / (right.minutes - left.minutes)
            return left.share + done * (right.share - left.share)
    return points[-1].share


def read_table(name: str) -> dict[str, Any]:
    """A table of this folder as it stands."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def dated(row: dict[str, Any]) -> dict[str, Any]:
    """What every row says of itself, as the fields of `Dated`."""
    return {
        "code": row["code"],
        "said": Said(row["vi"], row["en"]),
        "source": row["source"],
        "valid_from": row["valid_from"],
        "valid_to": row.get("valid_to"),
        "confirmed_by": row.get("confirmed_by"),
    }


@cache
def bases() -> tuple[Basis, ...]:
    """Every row of the table of bases."""
    rows = read_table("bases")["basis"]
    return tuple(Basis(**dated(row), ground=Ground(row["ground"]), measure=row["measure"]) for row in rows)


@cache
def limits() -> tuple[Limit, ...]:
    """Every row of the table of limits."""
    return tuple(Limit(**dated(row), value=row["value"], unit=row["unit"]) for row in read_table("limits")["limit"])


@cache
def every_route() -> tuple[Route, ...]:
    """Every row of the table of routes."""
    rows = read_table("routes")["route"]
    return tuple(Route(**dated(row), level=Level[row["level"].upper()] if "level" in row else None) for row in rows)


@cache
def _share_points() -> tuple[_SharePoint, ...]:
    return tuple(_SharePoint(point["minutes"], point["share"]) for point in read_table("holdable")["point"])
