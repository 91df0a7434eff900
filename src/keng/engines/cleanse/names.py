"""Names read and compared: what is the same name, what is near it, and how near.

A name is its words in lower case without separators; each word has its letters with their quality marks (â ă ơ đ) and, apart from
them, its tones, so that hoà is hòa. A letter written bare, or with one of its two marks, does not differ; another mark does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from keng.engines.cleanse import fonts

REMEMBERED_NAMES = 1 << 16
LONG_NAME_LETTERS = 8  # from here two slips are still a slip
SHORTEST_CUT_LETTERS = 12  # a name that was cut off keeps at least so many letters


class Name(IntEnum):
    """How a record's name relates to a person's, nearest first. Up to BARE it is the same name."""

    EQUAL = 0
    BARE = 1
    MARKS = 2  # the same letters, another mark
    ORDER = 3  # the same words in another order
    SHORT = 4  # initials, left-out or cut-off words
    NEAR = 5  # a slip or two
    PARTIAL = 6  # the given name, or two words
    OTHER = 7
    MISSING = 8


EQUAL, BARE, MARKS, ORDER, SHORT, NEAR, PARTIAL, OTHER, MISSING = Name  # reading a member off the class is slow

_TONE_OF = {"\u0300": "`", "\u0301": "'", "\u0303": "~", "\u0309": "?", "\u0323": "."}
_STROKED = {"đ": ("d", "đ"), "ð": ("d", "đ"), "ɖ": ("d", "đ"), "ƀ": ("b", "ƀ"), "ł": ("l", "ł"), "ø": ("o", "ø")}
_APOSTROPHES, _PARTS = "'’‘`´ʼʹ\"“”", "-‐‑‒–—―_.,"  # H'Hen is HHen, Ng.T.Hoa is three words
_ASCII_SIGNS = dict.fromkeys(c for c in range(128) if not chr(c).isalnum() and chr(c) not in "? ")
_SEPARATED = (
    _ASCII_SIGNS
    | dict.fromkeys(map(ord, _APOSTROPHES))
    | dict.fromkeys([*map(ord, _PARTS), *range(9, 14), 0xA0, 0x3000], " ")
)
_OCR = str.maketrans("0134568", "oleasgb")


class Read(NamedTuple):
    """A name as it is compared. `text`: lower case, signs away; `words`: its bare words."""

    text: str
    words: tuple[str, ...]

    @property
    def bare(self) -> str:
        return "".join(self.words)

    @property
    def marked(self) -> str:
        """The letters with their quality marks, without tones and spaces."""
        return unicodedata.normalize("NFC", self.text.translate(_MARKED)).replace(" ", "")

    @property
    def tones(self) -> tuple[str, ...]:
        """The tones of each word."""
        return tuple(word.translate(_TONES) for word in self.text.split())


class _Letters(dict[int, str]):
    """A table for `str.translate`: one part of what each character of a name is, worked out when first seen."""

    def __init__(self, part: int) -> None:
        super().__init__({ord(" "): " "})
        self._part = part

    def __missing__(self, code: int) -> str:
        found = _letter(chr(code))[self._part]
        self[code] = found
        return found


def _letter(character: str) -> tuple[str, str, str]:
    """A character bare, with its quality marks, and its tones; nothing for a sign."""
    parts = unicodedata.normalize("NFD", character)
    base, marks = parts[0], parts[1:]
    tones = "".join(_TONE_OF[mark] for mark in marks if mark in _TONE_OF)
    others = "".join(mark for mark in marks if mark not in _TONE_OF)
    plain, marked = _STROKED.get(base, (base, base))
    if unicodedata.combining(base):  # a mark that no letter of its own has taken up
        return "", "" if base in _TONE_OF else base, _TONE_OF.get(base, "")
    if base.isalnum() or base in "?\ufffd":
        return plain, unicodedata.normalize("NFC", marked + others), tones
    return "", "", ""


_BARE, _MARKED, _TONES = _Letters(0), _Letters(1), _Letters(2)
_NOTHING = Read("", ())


@lru_cache(REMEMBERED_NAMES)
def read(text: str) -> Read:
    """The name as it is compared; no words if it holds no letter."""
    text = text.lower()
    if text.isascii():
        text = text.translate(_SEPARATED)
        words = text.split()
    else:
        text = unicodedata.normalize("NFC", text).translate(_SEPARATED)
        words = text.translate(_BARE).split()
    if not words or not (words[-1].isalpha() or any(map(str.isalpha, "".join(words)))):
        return _NOTHING
    return Read(text, tuple(words))


@lru_cache(REMEMBERED_NAMES)
def written_ways(text: str) -> tuple[Read, ...]:
    """The name as written and, where it looks misread, as it may have been."""
    ways = [read(text)]
    for other in fonts.readings(text):
        way = read(other)
        if way.words and way not in ways:
            ways.append(way)
    return tuple(ways)


def is_missing(text: str | None) -> bool:
    """Whether there is no name to compare: null, empty, or without a letter."""
    return text is None or not read(text).words


def compare(record: str | None, person: str | None) -> Name:
    """How the record's name relates to the person's, in the reading of the record that comes nearest.

    >>> compare("TRAN THI HOA", "Trần Thị Hoà").name, compare("Trần Thị Hóa", "Trần Thị Hoà").name
    ('BARE', 'MARKS')
    """
    found = compare_as_written(record, person)
    if record is None or person is None or found in (EQUAL, MISSING):
        return found
    theirs = read(person)
    for other in fonts.readings(record):
        way = read(other)
        if way.words:
            found = min(found, _compare(way, theirs))
            if found == EQUAL:
                break
    return found


def compare_as_written(record: str | None, person: str | None) -> Name:
    """As `compare`, of the record as it stands."""
    if record is None or person is None:
        return MISSING
    ours, theirs = read(record), read(person)
    return _compare(ours, theirs) if ours.words and theirs.words else MISSING


def _compare(ours: Read, theirs: Read) -> Name:
    bare, other = ours.bare, theirs.bare
    if bare == other:
        return _compare_marks(ours, theirs)
    return compare_words(ours.words, theirs.words)


def compare_words(ours: Sequence[str], theirs: Sequence[str]) -> Name:
    """How the bare words of two names relate that are not the same letters."""
    bare, other = "".join(ours), "".join(theirs)
    if len(bare) == len(other) and len(ours) > 1 and sorted(ours) == sorted(theirs):
        return ORDER
    if len(bare) < len(other) and (
        _is_short(ours, theirs) or (len(bare) >= SHORTEST_CUT_LETTERS and other.startswith(bare))
    ):
        return SHORT
    slips = 2 if min(len(bare), len(other)) >= LONG_NAME_LETTERS else 1
    if is_within(bare if bare.isalpha() else bare.translate(_OCR), other, slips):
        return NEAR
    if ours[-1] == theirs[-1] and len(ours[-1]) > 1:
        return PARTIAL
    return PARTIAL if len(set(ours) & set(theirs)) >= 2 else OTHER


def _compare_marks(ours: Read, theirs: Read) -> Name:
    """Of two names with the same bare letters: equal, bare or of other marks."""
    ours_marked, theirs_marked = ours.marked, theirs.marked
    if len(ours_marked) != len(theirs_marked):
        return MARKS
    bare_letters = True
    for mine, its, plain in zip(ours_marked, theirs_marked, ours.bare, strict=False):
        if mine != its:
            if mine != plain:
                return MARKS
            bare_letters = False
    our_tones, their_tones = ours.tones, theirs.tones
    if len(our_tones) == len(their_tones):
        for mine, its in zip(our_tones, their_tones, strict=True):
            if mine != its:
                if mine:
                    return MARKS
                bare_letters = False
        return EQUAL if bare_letters else BARE
    mine, its = "".join(our_tones), "".join(their_tones)
    if mine == its:
        return EQUAL if bare_letters else BARE
    return BARE if _is_subsequence(mine, its) else MARKS


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(c in rest for c in short)


def _is_short(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether our words, of fewer letters, are theirs in order, some left out or cut to their beginning, the given name whole or
    the family's."""
    if len(ours) > len(theirs):
        return False
    if ours[-1] != theirs[-1] and not (ours[0] == theirs[0] and theirs[-1].startswith(ours[-1])):
        return False
    if len(ours) == 1:
        return False
    if not theirs[0].startswith(ours[0]):
        return False
    rest = iter(theirs)
    return all(any(their.startswith(our) for their in rest) for our in ours)


def is_within(one: str, other: str, slips: int) -> bool:
    """Whether at most `slips` letters wrong, missing, too many or swapped with their neighbour part the two."""
    if abs(len(one) - len(other)) > slips or len(set(one) ^ set(other)) > 2 * slips:
        return False
    start, short = 0, min(len(one), len(other))
    while start < short and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if not one or not other:
        return len(one) + len(other) <= slips
    if slips == 0 or abs(len(one) - len(other)) > slips:
        return False
    return (
        is_within(one[1:], other[1:], slips - 1)
        or is_within(one[1:], other, slips - 1)
        or is_within(one, other[1:], slips - 1)
        or (
            len(one) > 1 < len(other)
            and one[0] == other[1]
            and one[1] == other[0]
            and is_within(one[2:], other[2:], slips - 1)
        )
    )


def frequency_words(text: str) -> tuple[str, ...]:
    """The bare words of a name, for counting how common it is."""
    return read(text).words


def block_keys(text: str) -> tuple[str, ...]:
    """The bare letters of each reading of a name, by which persons of that name are looked up."""
    return tuple(dict.fromkeys(way.bare for way in written_ways(text) if way.words))
