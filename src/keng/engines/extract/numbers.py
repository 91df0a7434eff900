"""Digits as people write them: in chunks with spaces, dots and hyphens, with O for 0 and l or I for 1.

A run is what could be one number or several beside each other; what it is, `digits.py` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from keng.engines.extract.cues import glued
from keng.engines.extract.types import Page
from keng.vietnam.banks import one_word_names

LONGEST_CHUNK = 30  # characters

_TOKEN = re.compile(r"(?<![^\W_])(?<![*])[^\W\d_]*+\d[^\W_]*+(?!\*)")
_PARTS = re.compile(r"(?P<head>[a-z]*)(?P<digits>\d+)(?P<tail>[a-z]*)")
_SEPARATOR = re.compile(r"[ .\-_·()]{1,3}|,")
_OPENING = re.compile(r"(?P<plus>\+ ?)?\(?(?P<plus_inside>\+ ?)?$")
# VietinBank's older numbers: three digits, a letter or two, twelve in all. Seen as 711A00604455 and 711A 0060 4455.
_LETTERED = re.compile(r"\d{3}(?:[a-z][ .\-]?\d{4}|[a-z]{2}[ .\-]?\d{3})[ .\-]?\d{4}(?![^\W_]|\*)")
_LETTERS_AS_DIGITS = str.maketrans("oli", "011")


class Chunk(NamedTuple):
    """Digits written together; `start`, `end` in the folded text, without words glued to it (`head`, `tail`)."""

    digits: str
    start: int
    end: int
    head: str = ""
    tail: str = ""


class Run(NamedTuple):
    """Chunks with nothing but separators between them; `plus` if a plus sign stands before the first.

    `opening` characters before the first chunk belong to the number as well: a plus sign, a bracket closed inside.
    """

    chunks: tuple[Chunk, ...]
    plus: bool
    opening: int = 0

    @property
    def start(self) -> int:
        return self.chunks[0].start - self.opening

    @property
    def end(self) -> int:
        return self.chunks[-1].end

    @property
    def digits(self) -> str:
        return "".join([chunk.digits for chunk in self.chunks])

    def part(self, first: int, last: int) -> Run:
        """The run of some of the chunks, `last` exclusive."""
        return Run(self.chunks[first:last], self.plus and first == 0, self.opening if first == 0 else 0)


def find_tokens(page: Page) -> list[re.Match[str]]:
    """The words of a page with a digit in them, in order."""
    return list(_TOKEN.finditer(page.text))


def find_runs(page: Page, tokens: list[re.Match[str]]) -> Iterator[Run]:
    """The runs of what is still free on the page, in order. Linear."""
    pending: list[Chunk] = []
    for match in tokens:
        chunk = _chunk(match[0], match.start()) if page.is_free(*match.span()) else None
        if pending and (chunk is None or not _continues(page.text, pending[-1], chunk)):
            yield _run(page, pending)
            pending = []
        if chunk is not None:
            pending.append(chunk)
    if pending:
        yield _run(page, pending)


def cut_at_commas(page: Page, run: Run) -> Iterator[Run]:
    """The runs between the commas of a run. A comma separates numbers; inside one it is only where a cue says so."""
    first = 0
    for index, (left, right) in enumerate(pairwise(run.chunks), 1):
        if page.text[left.end : right.start] == ",":
            yield run.part(first, index)
            first = index
    yield run.part(first, len(run.chunks))


def find_lettered(page: Page) -> Iterator[tuple[int, int]]:
    """Where free words stand that have the form of an account with a letter, in groups or not."""
    for match in page.matches_at_numbers(_LETTERED):
        if page.is_free(*match.span()):
            yield match.span()


def find_mixed_words(page: Page, tokens: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Where free words of letters and digits stand that are no chunk of a number, such as `V3CAS1234567`."""
    for match in tokens:
        if not match[0].isdigit() and page.is_free(*match.span()):
            yield match.span()


def _run(page: Page, chunks: list[Chunk]) -> Run:
    first, last = chunks[0].start, chunks[-1].end
    opening = _OPENING.search(page.text, max(first - 4, 0), first) if not chunks[0].head else None
    plus = bool(opening and (opening["plus"] or opening["plus_inside"]))
    closed = page.text.find(")", first, last) >= 0
    length = len(opening[0]) if opening and (plus or closed) else 0
    return Run(tuple(chunks), plus, length)


def _continues(text: str, left: Chunk, right: Chunk) -> bool:
    if left.tail or right.head or not _SEPARATOR.fullmatch(text, left.end, right.start):
        return False
    return not _is_item_number(text, left, right)


def _is_item_number(text: str, left: Chunk, right: Chunk) -> bool:
    """Whether the left chunk is the 3 of `3) 0912...` or `3. 0912...`."""
    mark = text[left.end : right.start]
    unopened = mark[0] == ")" and text[max(left.start - 2, 0) : left.start].strip("+ ")[-1:] != "("
    return len(left.digits) <= 2 and not left.digits.startswith("0") and (unopened or mark in (". ", ".) "))


def _chunk(token: str, start: int) -> Chunk | None:
    """The digits of a word, if it is a number with at most a known word glued to it."""
    if token.isdigit():
        return Chunk(token, start, start + len(token))
    match = _PARTS.fullmatch(_with_digits(token)) if len(token) <= LONGEST_CHUNK else None
    if match is None:
        return None
    head, digits, tail = match.groups()
    if (head and not _is_known(head)) or (tail and tail not in one_word_names()):
        return None
    first = start + len(head)
    return Chunk(digits, first, first + len(digits), head, tail)


def _with_digits(token: str) -> str:
    """The word with letters that stand for digits read as digits, if digits are what it is mostly made of."""
    real = sum(map(str.isdigit, token))
    if real >= 2 and all(letter.isdigit() or letter in "oli" for letter in token) and 2 * real >= len(token):
        return token.translate(_LETTERS_AS_DIGITS)
    return token


def _is_known(head: str) -> bool:
    return bool(glued(head)) or head in one_word_names()
