"""The reasons that a verdict may give, with what the holder is told: the closed list of data/reasons.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in both languages. `field`: the field of the record to correct; none where nothing needs to be done."""

    code: str
    field: str | None
    vi: str
    en: str


@cache
def reasons() -> tuple[Reason, ...]:
    """All reasons, in the order in which a verdict gives them."""
    rows = tomllib.loads(files("keng.engines.cleanse").joinpath("data/reasons.toml").read_text("utf-8"))["reason"]
    return tuple(Reason(row["code"], row["field"] or None, row["vi"], row["en"]) for row in rows)


@cache
def places() -> dict[str, int]:
    """The place of each code in the list."""
    return {reason.code: place for place, reason in enumerate(reasons())}


def in_order(codes: set[str]) -> tuple[str, ...]:
    """The codes in the order of the list; raises KeyError for one that is not in it."""
    return tuple(sorted(codes, key=places().__getitem__))


def fields_to_correct(codes: list[str]) -> list[str]:
    """The fields that a bank or carrier is told to have corrected, each once: all that goes back besides verdict and reasons."""
    of_code = {reason.code: reason.field for reason in reasons()}
    return list(dict.fromkeys(field for code in codes if (field := of_code[code])))
