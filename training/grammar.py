"""Templates of messages, one a line under `[section]` headings: `(a|b)` for alternatives, `{slot}` for what varies.

A sixth of the templates, chosen by a hash of the line, is never trained on: quality is measured on texts that other templates made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

TEXTS = Path(__file__).parent / "texts"
HELD_OUT_SHARE = 6  # one in so many


@dataclass(frozen=True, slots=True)
class Template:
    """One line: which file and section it stands in, and whether it is English."""

    folder: str
    section: str
    line: str
    english: bool

    @property
    def is_held_out(self) -> bool:
        return hashlib.sha256(self.line.encode()).digest()[0] % HELD_OUT_SHARE == 0


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order of the files."""
    found: list[Template] = []
    for path in sorted(TEXTS.glob("*/*.txt")):
        section = ""
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("[") and line.endswith("]") and " " not in line:
                section = line[1:-1]
                continue
            if line and not line.startswith("#"):
                english = line.startswith("en: ")
                found.append(Template(path.parent.name, section, line.removeprefix("en: "), english))
    return tuple(found)


def expand(dice: Random, line: str) -> str:
    """A template with its alternatives chosen; slots stay.

    >>> expand(Random(1), "(a|a) \\\\[b\\\\] (c)")
    'a [b] (c)'
    """
    text, _ = _sequence(dice, line, 0)
    return text


def _sequence(dice: Random, line: str, at: int) -> tuple[str, int]:
    """The text from `at` to the bracket that closes it, and where that stands."""
    branches: list[str] = [""]
    while at < len(line):
        sign = line[at]
        if sign == "\\" and at + 1 < len(line):
            branches[-1] += line[at + 1]
            at += 2
        elif sign == "(":
            inner, at = _sequence(dice, line, at + 1)
            branches[-1] += inner
        elif sign == ")":
            chosen = dice.choice(branches) if len(branches) > 1 else f"({branches[0]})"
            return chosen, at + 1
        elif sign == "|":
            branches.append("")
            at += 1
        else:
            branches[-1] += sign
            at += 1
    return branches[0], at
