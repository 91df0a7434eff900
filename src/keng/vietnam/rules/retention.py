"""Reading the retention table: how long each stored kind is kept, counted from what, and what happens then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from keng.vietnam.rules.tables import Dated, dated, read_table


class Then(StrEnum):
    """What happens to a kind when its time is over."""

    ERASE = "erase"
    EMPTY = "empty"
    DELETE = "delete"
    KEEP = "keep"
    PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Keeping(Dated):
    """The rule for one kind: `code` is a model (`reports.Report`) or files under KENG_HOME (`file:keys/*.key`).

    `keep_days` is None for what is kept for ever or goes with `parent`. Of a model's fields that can hold words or bytes,
    each stands in one of three lists: `sealed`, `personal` (open, and why is told in `en`), `plain` (nobody's data).
    """

    keep_days: int | None
    counted_from: str
    then: Then
    parent: str
    sealed: frozenset[str]
    personal: frozenset[str]
    plain: frozenset[str]

    @property
    def time(self) -> timedelta:
        """How long it is kept. Raises ValueError where nothing is counted."""
        if self.keep_days is None:
            raise ValueError(f"{self.code} is kept {self.then}")
        return timedelta(days=self.keep_days)


def keepings(day: date) -> list[Keeping]:
    """The rules in force on that day, in the order of the table."""
    return [row for row in every_keeping() if row.is_valid_on(day)]


def keeping(code: str, day: date) -> Keeping:
    """The rule for one kind. Raises KeyError."""
    for row in keepings(day):
        if row.code == code:
            return row
    raise KeyError(code)


@cache
def every_keeping() -> tuple[Keeping, ...]:
    """Every row of the table."""
    return tuple(
        Keeping(
            **dated(row),
            keep_days=row.get("keep_days"),
            counted_from=row.get("counted_from", ""),
            then=Then(row["then"]),
            parent=row.get("parent", ""),
            sealed=frozenset(row.get("sealed", ())),
            personal=frozenset(row.get("personal", ())),
            plain=frozenset(row.get("plain", ())),
        )
        for row in read_table("retention")["kept"]
    )
