"""The table of figures: code, name, definition, version. One place for page, file and print (figures.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from keng.base.errors import InputError, Said


class Take(StrEnum):
    """What is made of the rows of a fact."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"


class When(StrEnum):
    """Which rows: those of the period, those that stand so now, or none (hours of units)."""

    PERIOD = "period"
    NOW = "now"
    UNITS = "units"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `fact`: the rows that it is made of (facts.py); empty: there are none. `unit`: rows, dong, hours, minutes."""

    code: str
    group: str
    fact: str
    take: Take
    unit: str
    when: When
    version: int
    since: date
    said: Said
    definition: Said

    @property
    def is_recorded(self) -> bool:
        """Whether anything that is stored can tell it."""
        return bool(self.fact) or self.when is When.UNITS


UNKNOWN = Said("Không có con số này.", "There is no such figure.")


@cache
def table() -> Mapping[str, Figure]:
    """Every figure by its code, in the order in which they are shown."""
    rows = tomllib.loads(files(__package__).joinpath("figures.toml").read_text("utf-8"))["figure"]
    return {row["code"]: _figure(row) for row in rows}


def figure(code: str) -> Figure:
    """The figure of that code. Raises InputError `no_figure`."""
    if code not in table():
        raise InputError("no_figure", UNKNOWN, field="figure")
    return table()[code]


def _figure(row: dict[str, object]) -> Figure:
    told = {name: row[name] for name in ("code", "group", "fact", "unit", "version", "since")}
    return Figure(
        **told,  # type: ignore[arg-type]
        take=Take(str(row["take"])),
        when=When(str(row.get("when", When.PERIOD))),
        said=Said(str(row["vi"]), str(row["en"])),
        definition=Said(str(row["definition_vi"]), str(row["definition_en"])),
    )
