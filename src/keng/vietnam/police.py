"""Police units that act against cybercrime: how they are named after places, and who stands on top."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from keng.base.errors import Said
from keng.vietnam import places
from keng.vietnam.places import Kind, Level, Unit


@dataclass(frozen=True, slots=True)
class Top:
    """The ministry, or the department in it that leads."""

    code: str
    said: Said


@cache
def top() -> Mapping[str, Top]:
    """`ministry` and `department`. The source stands in the file and is not confirmed."""
    rows = tomllib.loads(files("keng.vietnam").joinpath("data/police.toml").read_text("utf-8"))
    return {
        name: Top(rows[name]["code"], Said(rows[name]["vi"], rows[name]["en"])) for name in ("ministry", "department")
    }


def name_of_unit(place: Unit) -> Said:
    """`Công an tỉnh Lào Cai`, `Lào Cai province police`."""
    english = "city" if place.kind is Kind.MUNICIPALITY else place.kind.said.en.split(" within ")[0]
    return Said(f"Công an {place.kind.prefix.lower()} {place.name}", f"{place.name} {english} police")


def code_of_unit(place: Unit) -> str:
    """The one name of the unit of this place as it stood: `ca15` is Yên Bái's, `ca15.20250701` Lào Cai's."""
    begun = place.valid_from.strftime(".%Y%m%d") if place.valid_from else ""
    return f"ca{place.code}{begun}"


def lowest_places(on: date) -> list[Unit]:
    """Where the lowest police units of a day are: its communes, and districts that have none, by code."""
    bare_districts = [one for one in places.units(Level.DISTRICT, on) if not places.children(one, on)]
    return sorted([*places.units(Level.COMMUNE, on), *bare_districts], key=lambda one: one.code)
