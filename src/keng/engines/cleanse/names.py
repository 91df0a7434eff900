"""Names read and compared: what is the same name, what is near it, and how near.

A name is its words in lower case without separators; each word has its letters with their quality marks (â ă ơ đ) and, apart from
them, its tones, so that hoà is hòa. A letter written bare, or with one of its two marks, does not differ; another mark does.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

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


_TONE_OF = {"\u0300": "`", "\u0301": "'", "\u0303": "~", "\u0309": "?", "\u0323": "."}
_STROKED = {"đ": ("d", "đ"), "ð": ("d", "đ"), "ɖ": ("d", "đ"), "ƀ": ("b", "ƀ"), "ł": ("l", "ł"), "ø": ("o", "ø")}
_JOINS = frozenset("'’‘`´ʼʹ\"“”-‐‑‒–—―_.,")  # written inside a word or not: H'Hen, HHen
_OCR = str.maketrans("0134568", "oleasgb")


@dataclass(frozen=True, slots=True)
class Read:
    """A name as it is compared. `words`: bare; `marked`: with quality marks; `tones`: one text a word."""

    words: tuple[str, ...]
    marked: tuple[str, ...]
    tones: tuple[str, ...]

    @property
    def bare(self) -> str:
        return "".join(self.words)


def _split(text: str) -> list[str]:
    kept: list[str] = []
    for character in unicodedata.normalize("NFD", text.lower()):
        if character in _JOINS:
            kept.append("" if character not in ".,-_" else "\x1f")
        elif character.isspace():
            kept.append(" ")
        elif not character.isprintable():
            continue
        else:
            kept.append(character)
    return "".join(kept).replace("\x1f", " ").split()


@lru_cache(REMEMBERED_NAMES)
def read(text: str) -> Read:
    """The name as it is compared; no words if it holds no letter."""
    words, marked, tones = [], [], []
    for word in _split(text):
        letters: list[str] = []
        bare: list[str] = []
        tone = ""
        for character in word:
            if character in _TONE_OF:
                tone += _TONE_OF[character]
            elif unicodedata.combining(character):
                if letters:
                    letters[-1] += character
            elif character in _STROKED:
                plain, stroked = _STROKED[character]
                bare.append(plain)
                letters.append(stroked)
            elif character.isalnum() or character in "?\ufffd":
                bare.append(character)
                letters.append(character)
        if bare:
            words.append("".join(bare))
            marked.append("".join(unicodedata.normalize("NFC", letter) for letter in letters))
            tones.append(tone)
    if not any(c.isalpha() for word in words for c in word):
        return Read((), (), ())
    return Read(tuple(words), tuple(marked), tuple(tones))


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
    if record is None or person is None:
        return Name.MISSING
    theirs = read(person)
    ways = written_ways(record)
    if not theirs.words or not ways[0].words:
        return Name.MISSING
    return min(_compare(way, theirs) for way in ways)


def _compare(ours: Read, theirs: Read) -> Name:
    if ours.marked == theirs.marked and ours.tones == theirs.tones:
        return Name.EQUAL
    bare, other = ours.bare, theirs.bare
    if bare == other:
        return _compare_marks(ours, theirs)
    if len(ours.words) > 1 and sorted(ours.words) == sorted(theirs.words):
        return Name.ORDER
    if _is_short(ours.words, theirs.words) or (SHORTEST_CUT_LETTERS <= len(bare) < len(other) and other.startswith(bare)):
        return Name.SHORT
    slips = 2 if min(len(bare), len(other)) >= LONG_NAME_LETTERS else 1
    if is_within(bare.translate(_OCR), other, slips):
        return Name.NEAR
    if ours.words[-1] == theirs.words[-1] and len(ours.words[-1]) > 1:
        return Name.PARTIAL
    if len(set(ours.words) & set(theirs.words)) >= 2:
        return Name.PARTIAL
    return Name.OTHER


def _compare_marks(ours: Read, theirs: Read) -> Name:
    """Of two names with the same bare letters: equal, bare or of other marks."""
    ours_marked, theirs_marked = "".join(ours.marked), "".join(theirs.marked)
    if len(ours_marked) != len(theirs_marked):
        return Name.MARKS
    bare_letters = True
    for mine, its, plain in zip(ours_marked, theirs_marked, ours.bare, strict=False):
        if mine != its:
            if mine != plain:
                return Name.MARKS
            bare_letters = False
    if len(ours.words) == len(theirs.words):
        for mine, its in zip(ours.tones, theirs.tones, strict=True):
            if mine != its:
                if mine:
                    return Name.MARKS
                bare_letters = False
        return Name.EQUAL if bare_letters else Name.BARE
    mine, its = "".join(ours.tones), "".join(theirs.tones)
    if mine == its:
        return Name.EQUAL if bare_letters else Name.BARE
    return Name.BARE if _is_subsequence(mine, its) else Name.MARKS


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(c in rest for c in short)


def _is_short(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether our words are theirs in order, some left out or cut to their beginning, the given name whole or the family's."""
    if len(ours) > len(theirs) or len("".join(ours)) >= len("".join(theirs)):
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
    if abs(len(one) - len(other)) > slips:
        return False
    start, short = 0, min(len(one), len(other))
    while start < short and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if not one or not other:
        return len(one) + len(other) <= slips
    if slips == 0 or abs(len(one) - len(other)) > slips or max(len(one), len(other)) > 2 * slips + _SLIP_STRETCH:
        return False
    return (
        is_within(one[1:], other[1:], slips - 1)
        or is_within(one[1:], other, slips - 1)
        or is_within(one, other[1:], slips - 1)
        or (len(one) > 1 < len(other) and one[0] == other[1] and one[1] == other[0] and is_within(one[2:], other[2:], slips - 1))
    )


_SLIP_STRETCH = 40  # letters between two slips of one name


def frequency_words(text: str) -> tuple[str, ...]:
    """The bare words of a name, for counting how common it is."""
    return read(text).words


_SPACES = re.compile(r"\s+")


def block_keys(text: str) -> tuple[str, ...]:
    """The bare letters of each reading of a name, by which persons of that name are looked up."""
    return tuple(dict.fromkeys(way.bare for way in written_ways(text) if way.words))
