"""Reads and expands the phrase grammars in `keng/nation/data`.

A file has sections `[name]`, one line a production. `(a|b|)` is a choice and may nest; `{slot}` is filled later;
`\\n` breaks a line.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random

from keng.nation.make.tables import lines

INNERMOST_CHOICE = re.compile(r"\(([^()|]*(?:\|[^()|]*)+)\)")
SECTION = re.compile(r"\[(\w+)\]")


@cache
def read_grammar(name: str) -> dict[str, tuple[str, ...]]:
    """Section to its productions."""
    sections: dict[str, list[str]] = {}
    for line in lines(name):
        if heading := SECTION.fullmatch(line):
            current = sections.setdefault(heading[1], [])
        else:
            current.append(line)
    return {section: tuple(productions) for section, productions in sections.items()}


def expand(dice: Random, production: str) -> str:
    """One sentence of the production, slots still in it."""
    text = production
    while INNERMOST_CHOICE.search(text):
        text = INNERMOST_CHOICE.sub(lambda found: dice.choice(found[1].split("|")), text)
    text = re.sub(r" +([,.!?;:])", r"\1", re.sub(r" {2,}", " ", text))
    return text.replace("\\n", "\n").strip()


def sentence(dice: Random, grammar: str, section: str) -> str:
    """One sentence of a section."""
    return expand(dice, dice.choice(read_grammar(grammar)[section]))
