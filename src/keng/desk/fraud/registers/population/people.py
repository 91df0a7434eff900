"""What every connector gives: people as the contract's population register has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

COLUMNS = ("citizen_id", "old_id", "full_name", "date_of_birth", "sex", "province_code", "status", "status_date")


@dataclass(frozen=True, slots=True)
class Person:
    """One person, for as long as a question takes. Never stored, never in a log."""

    citizen_id: str
    old_id: str | None
    full_name: str | None
    date_of_birth: str | None
    sex: str | None
    province_code: str | None
    status: str | None
    status_date: date | None

    def as_row(self) -> dict[str, Any]:
        """As the engine takes it."""
        return {name: getattr(self, name) for name in COLUMNS}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to reach a population register. `address` empty: there is none."""

    address: str
    table: str = "population"
    certificate: str = ""
    key: str = ""
    authority: str = ""
    loopback_only: bool = False


class Population(Protocol):
    """A connector. Each method raises UnavailableError `population_away` while the register does not answer."""

    def for_run(self, scratch: Path) -> Path:
        """A Parquet file of everybody, in `scratch` unless it lies somewhere already. Raises RefusedError `only_questions`."""
        ...

    def find(self, number: str) -> list[Person]:
        """Everybody whose citizen's or old number this is."""
        ...


def person_of(row: Mapping[str, Any]) -> Person:
    """A row of any source as a person; dates become days, numbers text. Raises ValueError for what is none."""
    born, died = row.get("date_of_birth"), row.get("status_date")
    if not row.get("citizen_id"):
        raise ValueError("no citizen_id")
    return Person(
        citizen_id=str(row["citizen_id"]),
        old_id=_text(row.get("old_id")),
        full_name=_text(row.get("full_name")),
        date_of_birth=born.isoformat() if isinstance(born, date) else _text(born),
        sex=_text(row.get("sex")),
        province_code=_text(row.get("province_code")),
        status=_text(row.get("status")),
        status_date=died if isinstance(died, date) else date.fromisoformat(died) if died else None,
    )


def people_of(rows: Sequence[Mapping[str, Any]]) -> list[Person]:
    return [person_of(row) for row in rows]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
