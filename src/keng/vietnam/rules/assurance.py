"""How sure a provider is of a person: its `acr` value as level 1 or 2, by a dated table with sources."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

NOTHING_VOUCHED = 0


def assurance_level(acr: str, day: date) -> int:
    """1 or 2 by the table in force on `day`; 0 for what the table does not list: signed in, nothing vouched for."""
    for row in _rows():
        if row["acr"] == acr and row["valid_from"] <= day and (row.get("valid_to") is None or day < row["valid_to"]):
            return int(row["level"])
    return NOTHING_VOUCHED


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    table = tomllib.loads(files(__package__).joinpath("assurance.toml").read_text(encoding="utf-8"))
    return tuple(table["acr"])
