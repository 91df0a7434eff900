"""Which names the known registries and platforms serve (served.toml), and whether a name is among them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


def known_names(code: str) -> list[str]:
    """What a partner of this code is known to serve; empty if nothing is known."""
    return list(_table().get(code, ()))


def longest_match(host: str, names: Iterable[str]) -> int:
    """The length of the longest of `names` that `host` is, or stands under; 0 if none."""
    return max((len(name) for name in names if host == name or host.endswith(f".{name}")), default=0)


@cache
def _table() -> dict[str, list[str]]:
    text = files(__package__).joinpath("served.toml").read_text(encoding="utf-8")
    served: dict[str, list[str]] = tomllib.loads(text)["served"]
    return served
