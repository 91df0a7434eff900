"""The tricks by name, with advice in both languages: the closed list of data/tricks.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Trick:
    """A way to defraud. `form` is its number among the 24 forms of the Authority of Information Security, if it is one."""

    code: str
    name_vi: str
    name_en: str
    advice_vi: str
    advice_en: str
    form: int | None = None


@cache
def tricks() -> tuple[Trick, ...]:
    """All tricks, in the order of the list."""
    tables = tomllib.loads(files("keng.engines.classify").joinpath("data/tricks.toml").read_text("utf-8"))
    return tuple(Trick(**row) for row in tables["trick"])


def trick_codes() -> list[str]:
    """The codes alone."""
    return [trick.code for trick in tricks()]
