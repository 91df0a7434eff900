"""The reasons that a verdict may give: the closed list of data/reasons.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WORDING = "wording"  # what stands in no list of meanings


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in both languages; `meanings`: what of a message it stands for."""

    code: str
    vi: str
    en: str
    meanings: tuple[str, ...]


@cache
def reasons() -> tuple[Reason, ...]:
    """All reasons, in the order of the list."""
    tables = tomllib.loads(files("keng.engines.classify").joinpath("data/reasons.toml").read_text("utf-8"))
    return tuple(Reason(row["code"], row["vi"], row["en"], tuple(row["meanings"])) for row in tables["reason"])


@cache
def reason_of_meaning() -> dict[str, str]:
    """The code of the reason for each meaning that has one."""
    return {meaning: reason.code for reason in reasons() for meaning in reason.meanings}
