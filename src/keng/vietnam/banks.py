"""Banks, digital banks and wallets: their six-digit codes and the names by which people call them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from keng.base.text import bare

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Bank:
    """An institution that holds accounts. `aliases` mean nothing else; `short` do, and count only beside an account."""

    bin: str
    code: str
    name: str
    known_as: str
    kind: str
    source: str
    aliases: tuple[str, ...]
    short: tuple[str, ...]
    also_bins: tuple[str, ...]

    @property
    def is_wallet(self) -> bool:
        """Whether its accounts are telephone numbers."""
        return self.kind == "wallet"


class Mention(NamedTuple):
    """A place in a folded text that names a bank; `sure` unless the name also means other things."""

    bank: Bank
    start: int
    end: int
    sure: bool


class _Name(NamedTuple):
    words: tuple[str, ...]
    bank: Bank
    sure: bool


@cache
def banks() -> tuple[Bank, ...]:
    """All institutions, in the order of data/banks.toml."""
    tables = tomllib.loads(files("keng.vietnam").joinpath("data/banks.toml").read_text("utf-8"))
    return tuple(
        Bank(
            bin=row["bin"],
            code=row["code"],
            name=row["name"],
            known_as=row["known_as"],
            kind=row["kind"],
            source=row["source"],
            aliases=tuple(row["aliases"]),
            short=tuple(row.get("short", ())),
            also_bins=tuple(row.get("also_bins", ())),
        )
        for row in tables["bank"]
    )


def find_bank(code: str) -> Bank | None:
    """The bank of a BIN, a bank code or an alias, however written."""
    return _codes().get(bare(code).strip()) or one_word_names().get(_joined(bare(code)))


def find_mentions(folded: str) -> Iterator[Mention]:
    """Where a text folded by `keng.base.text` names banks, in order; the longest name at each place. Linear."""
    return find_mentions_among([(match[0], *match.span()) for match in _WORD.finditer(folded)])


def find_mentions_among(words: list[tuple[str, int, int]]) -> Iterator[Mention]:
    """The same of a text that is cut into words of letters and digits already, each with its start and end."""
    names = _names_by_first_word()
    free_from = 0
    for position, (word, start, _) in enumerate(words):
        if word not in names or position < free_from:
            continue
        for name in names[word]:
            if len(name.words) == 1 or _fits(name, words, position):
                free_from = position + len(name.words)
                yield Mention(name.bank, start, words[free_from - 1][2], name.sure)
                break


@cache
def one_word_names() -> dict[str, Bank]:
    """Names written as one word, for what is glued to a number: `vcb0123456789`."""
    return {_joined(bare(name)): bank for bank in banks() for name in (bank.code, *bank.short, *bank.aliases)}


@cache
def _codes() -> dict[str, Bank]:
    return {bare(code): bank for bank in banks() for code in (bank.bin, bank.code, *bank.also_bins)}


@cache
def _names_by_first_word() -> dict[str, tuple[_Name, ...]]:
    index: dict[str, list[_Name]] = {}
    for bank in banks():
        for sure, names in ((True, bank.aliases), (False, bank.short)):
            for written in names:
                words = tuple(_WORD.findall(bare(written)))
                index.setdefault(words[0], []).append(_Name(words, bank, sure))
    return {first: tuple(sorted(names, key=lambda name: -len(name.words))) for first, names in index.items()}


def _fits(name: _Name, words: list[tuple[str, int, int]], position: int) -> bool:
    """Whether the words of a name stand here, with no more than a space or two between them."""
    last = position + len(name.words)
    if last > len(words):
        return False
    for offset, expected in enumerate(name.words):
        word, start, _ = words[position + offset]
        if word != expected or (offset and start - words[position + offset - 1][2] > len(" - ")):
            return False
    return True


def _joined(name: str) -> str:
    return "".join(_WORD.findall(name))
