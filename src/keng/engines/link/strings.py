"""Byte strings in one piece of memory, so that a million of them are no million objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from keng.engines.link import fast
from keng.engines.link.graph import Ints, ranges

_DIGEST = 8


@dataclass(frozen=True, slots=True)
class Strings:
    """String i is letters[ends[i-1]:ends[i]]."""

    letters: NDArray[np.uint8]
    ends: Ints

    @classmethod
    def of(cls, strings: Sequence[bytes]) -> Strings:
        ends = np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)))
        return cls(np.frombuffer(b"".join(strings), np.uint8), ends)

    @classmethod
    def joined(cls, parts: Sequence[Strings]) -> Strings:
        """All strings of all parts, in order."""
        if not parts:
            return cls.of([])
        shifts = np.cumsum([0, *(part.letters.size for part in parts[:-1])])
        ends = np.concatenate([part.ends + shift for part, shift in zip(parts, shifts, strict=True)])
        return cls(np.concatenate([part.letters for part in parts]), ends)

    def __len__(self) -> int:
        return self.ends.size

    def __getitem__(self, place: int) -> bytes:
        return self.letters[self.ends[place - 1] if place else 0 : self.ends[place]].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        letters = self.letters.tobytes()
        return (letters[first:last] for first, last in pairwise([0, *self.ends.tolist()]))

    def starts(self) -> Ints:
        return np.concatenate([np.zeros(1, np.int64), self.ends[:-1]]) if self.ends.size else self.ends

    def take(self, places: Ints) -> Strings:
        """These strings, in this order."""
        starts = self.starts()[places]
        lengths = self.ends[places] - starts
        if fast.is_worth(places.size):
            from keng.engines.link.fast.copying import copy_pieces

            return Strings(copy_pieces(self.letters, starts, lengths), np.cumsum(lengths))
        return Strings(self.letters[ranges(starts, lengths)], np.cumsum(lengths))

    def within(self, before: bytes, after: bytes) -> Strings:
        """Each between these two."""
        count, more = len(self), len(before) + len(after)
        ends = self.ends + more * np.arange(1, count + 1)
        letters = np.empty(self.letters.size + more * count, np.uint8)
        own = np.ones(letters.size, np.bool_)
        for around, first in ((before, ends - more - np.diff(self.ends, prepend=0)), (after, ends - len(after))):
            places = first[:, None] + np.arange(len(around))
            letters[places], own[places] = np.frombuffer(around, np.uint8), False
        letters[own] = self.letters
        return Strings(letters, ends)

    def hashes(self) -> NDArray[np.uint64]:
        """BLAKE2b of each, cut to 64 bits."""
        letters = memoryview(self.letters.tobytes())
        cuts = pairwise([0, *self.ends.tolist()])
        digests = [blake2b(letters[first:last], digest_size=_DIGEST).digest() for first, last in cuts]
        return np.frombuffer(b"".join(digests), np.uint64)
