"""What a text says, without who is named in it: a handful of phrases to find its kin by, and a sketch to compare with them.

Words are folded (case, marks, look-alikes), numbers, addresses and what stands in a link are left out, letters written apart
(`t.i.ề.n`) are put together. Everything is a function of one text alone, so no text moves another one's key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keng.base.text import bare
from keng.engines.link.graph import Ints, distinct

PHRASE_WORDS = 3
FEWEST_WORDS = 6  # a text with fewer is compared as a whole, numbers included
FEWEST_WHOLE = 5  # and one with fewer than these, numbers counted, says nothing
PHRASES = 16  # kept of each text: those with the smallest hashes (bottom-k sampling, Broder 1997)
BINS = 64  # of the sketch: one permutation hashing (Li, Owen, Zhang 2012)

WORD_SEED, PHRASE_SEED, PAIR_SEED, STORY_SEED = (
    np.uint64(int.from_bytes(blake2b(name, digest_size=8).digest(), "little") | 1)
    for name in (b"word", b"phrase", b"pair", b"story")
)
_BREAK, _NOTHING, UNSEEN = np.uint32(0), np.uint32(1), np.uint32(0xFFFFFFFF)
_SPACE, _DIGIT, _AT, _SLASH = np.uint32(32), np.uint32(48), np.uint32(64), np.uint32(47)
_END = "\n"

U64 = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Words:
    """One row a text: `phrases` uint32[n, PHRASES], 0 for none; `sketch` uint16[n, BINS], 0 for an empty bin.

    `story` uint64[n]: equal for texts that say the same words in the same order; 0 for a text that says too little.
    """

    phrases: NDArray[np.uint32]
    sketch: NDArray[np.uint16]
    story: U64


def read_words(texts: Sequence[str]) -> Words:
    """Phrases, sketch and story of each text. Linear in their length; some 5 us for a message."""
    words, owner = _hash_words(texts)
    count = len(texts)
    per_text = np.bincount(owner, minlength=count)
    story = _fold_up(words, owner, count)
    grams, gram_owner = _runs(words, owner, PHRASE_WORDS, PHRASE_SEED)
    pairs, pair_owner = _runs(words, owner, 2, PAIR_SEED)
    short = per_text < FEWEST_WORDS
    phrases = _smallest(*_without(short, grams, gram_owner), count)
    sketch = _sketch(*_without(short, pairs, pair_owner), count)
    shortest = np.flatnonzero(short)
    read_shortest([texts[row] for row in shortest.tolist()], shortest, phrases, sketch, story)
    return Words(phrases, sketch, story)


def read_shortest(
    texts: Sequence[str], rows: Ints, phrases: NDArray[np.uint32], sketch: NDArray[np.uint16], story: U64
) -> None:
    """Fill the rows of texts with few words: each says one thing as a whole if it has enough, numbers counted, else nothing."""
    story[rows] = 0
    for text, row in zip(texts, rows.tolist(), strict=True):
        parts = bare(text).split()
        if len(parts) >= FEWEST_WHOLE:
            digest = blake2b(" ".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
            whole = int.from_bytes(digest, "little") | 1
            story[row] = whole
            phrases[row, 0] = whole >> 32 | 1
            sketch[row, whole % BINS] = whole >> 48 | 1


def mix(values: U64) -> U64:
    """A good hash of each number (the finaliser of MurmurHash3)."""
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xFF51AFD7ED558CCD)
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


class _Letters:
    """What each code point is read as: its folded letter, a break between words, or nothing. Worked out when first seen."""

    def __init__(self) -> None:
        self.table = np.full(0x110000, UNSEEN, np.uint32)

    def read(self, points: NDArray[np.uint32]) -> NDArray[np.uint32]:
        letters = self.table[points]
        if (letters == UNSEEN).any():
            for point in np.unique(points[letters == UNSEEN]).tolist():
                self.learn(point)
            letters = self.table[points]
        return letters

    def learn(self, point: int) -> None:
        self.table[point] = _read_letter(chr(point))


def _read_letter(character: str) -> int:
    folded = bare(character)
    if not folded:
        return int(_NOTHING)
    if folded.isspace():
        return int(_SPACE)
    if folded.isdigit():
        return int(_DIGIT)
    if folded in "@/":
        return ord(folded)
    if not folded.isalnum():
        return int(_BREAK)
    if len(folded) == 1:
        return ord(folded)
    return int.from_bytes(blake2b(folded.encode(), digest_size=3).digest(), "little") | 1 << 24


LETTERS = _Letters()


def _hash_words(texts: Sequence[str]) -> tuple[U64, NDArray[np.int64]]:
    """The hash of every word that counts, in order, and the number of its text."""
    joined = _END.join(texts)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.cumsum(np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts)))
    letters = LETTERS.read(points)
    drawn = letters != _NOTHING
    if not drawn.all():
        ends = np.concatenate([[0], np.cumsum(drawn)])[np.minimum(ends, drawn.size)]
        letters = letters[drawn]
    is_letter = (letters > _AT) | (letters == _DIGIT)
    starts = is_letter.copy()
    starts[1:] &= ~is_letter[:-1]
    begin = np.flatnonzero(starts)
    if not begin.size:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    owner, address = np.searchsorted(ends, begin, side="right"), _in_address(letters, begin)
    starts, letters = starts[is_letter], letters[is_letter]
    first = np.flatnonzero(starts)
    apart = _apart(first, starts.size, owner)
    first, owner = first[apart], owner[apart]
    address = np.logical_or.reduceat(address, np.flatnonzero(apart))
    address[np.searchsorted(first, np.flatnonzero(letters == _DIGIT), side="right") - 1] = True
    hashes = mix(np.add.reduceat(letters * _POWERS.upto(letters.size), first) * _INVERSES.upto(letters.size)[first])
    return hashes[~address], owner[~address]


def _in_address(letters: NDArray[np.uint32], begin: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which words that begin there are in a stretch without white space that has an `@` or two slashes: addresses and links."""
    marks = np.flatnonzero((letters[1:] == _SLASH) & (letters[:-1] == _SLASH))
    marks = np.concatenate([marks, np.flatnonzero(letters == _AT)])
    if not marks.size:
        return np.zeros(begin.size, np.bool_)
    spaces = np.flatnonzero(letters == _SPACE)
    marked = np.zeros(spaces.size + 1, np.bool_)
    marked[np.searchsorted(spaces, marks)] = True
    return np.asarray(marked[np.searchsorted(spaces, begin)])


def _apart(first: NDArray[np.int64], size: int, owner: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which words stand for themselves: single letters in a row go with the first of them."""
    single = np.diff(first, append=size) == 1
    apart = np.ones(first.size, np.bool_)
    apart[1:] = ~(single[1:] & single[:-1] & (owner[1:] == owner[:-1]))
    return apart


class _Powers:
    """The powers of an odd number, as many as were wanted so far."""

    def __init__(self, base: int) -> None:
        self._base = np.uint64(base)
        self._table = np.ones(1, np.uint64)

    def upto(self, count: int) -> U64:
        if self._table.size < count:
            table = np.full(2 * count, self._base)
            table[0] = 1
            self._table = np.cumprod(table, dtype=np.uint64)
        return self._table[:count]


# A word's hash is that of its letters as a number with the base WORD_SEED, wherever it begins.
_POWERS, _INVERSES = _Powers(int(WORD_SEED)), _Powers(pow(int(WORD_SEED), -1, 1 << 64))


def _fold_up(words: U64, owner: NDArray[np.int64], count: int) -> U64:
    """One hash of all words of each text, in order."""
    story = np.zeros(count, np.uint64)
    if words.size:
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        place = np.arange(words.size) - np.repeat(starts, np.diff(starts, append=words.size))
        story[owner[starts]] = np.add.reduceat(mix(words + place.astype(np.uint64) * STORY_SEED), starts)
    return story


def _runs(words: U64, owner: NDArray[np.int64], length: int, seed: np.uint64) -> tuple[U64, NDArray[np.int64]]:
    """The hash of each run of so many words within a text."""
    if words.size < length:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    last = words.size - length + 1
    hashes = words[:last].copy()
    for step in range(1, length):
        hashes = hashes * seed + words[step : step + last]
    within = owner[:last] == owner[length - 1 :]
    return mix(hashes[within]), owner[:last][within]


def _without(short: NDArray[np.bool_], hashes: U64, owner: NDArray[np.int64]) -> tuple[U64, NDArray[np.int64]]:
    kept = ~short[owner]
    return hashes[kept], owner[kept]


def _smallest(hashes: U64, owner: NDArray[np.int64], count: int) -> NDArray[np.uint32]:
    """Of each text the PHRASES smallest different hashes, cut to 32 bits."""
    packed = distinct(owner.astype(np.uint64) << np.uint64(32) | (hashes >> np.uint64(32)))
    owner = (packed >> np.uint64(32)).astype(np.int64)
    place = _place_in_group(owner)
    kept = place < PHRASES
    phrases = np.zeros((count, PHRASES), np.uint32)
    phrases[owner[kept], place[kept]] = packed[kept].astype(np.uint32) | np.uint32(1)
    return phrases


def _sketch(hashes: U64, owner: NDArray[np.int64], count: int) -> NDArray[np.uint16]:
    """The smallest hash in each bin of each text."""
    bins = hashes % np.uint64(BINS)
    packed = (owner.astype(np.uint64) * np.uint64(BINS) + bins) << np.uint64(16) | (hashes >> np.uint64(48))
    packed.sort()
    cell = (packed >> np.uint64(16)).astype(np.int64)
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    sketch = np.zeros(count * BINS, np.uint16)
    sketch[cell[first]] = packed[first].astype(np.uint16) | np.uint16(1)
    return sketch.reshape(count, BINS)


def _place_in_group(group: NDArray[Any]) -> NDArray[np.int64]:
    """How many of the same value stand before each, in a sorted array."""
    starts = np.flatnonzero(np.diff(group, prepend=group[:1] - 1)) if group.size else np.empty(0, np.int64)
    return np.arange(group.size) - np.repeat(starts, np.diff(starts, append=group.size))
