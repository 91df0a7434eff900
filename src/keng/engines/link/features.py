"""What the engine keeps of a report: numbers only, from which neither text nor value can be read back as written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.graph import Ints, ranges
from keng.engines.link.words import BINS, PHRASES, U64, Words, mix

HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Features:
    """Columns, a row a report.

    `text` uint64: equal for equal texts. `rank` uint64: a random order of its own that no arrival changes; its upper half is
    the story, so reports that say the same in the same words stand together. `phrases` uint32[n, PHRASES], `sketch`
    uint16[n, BINS]: see words. `values` uint64 are the keys of what it shares, those of row i from `ends[i-1]` to `ends[i]`.
    `at`: microseconds since 1970 in UTC.
    """

    text: U64
    rank: U64
    phrases: NDArray[np.uint32]
    sketch: NDArray[np.uint16]
    ends: Ints
    values: U64
    at: Ints

    def __len__(self) -> int:
        return self.rank.size

    def by_rank(self) -> Ints:
        """The rows in the order of their ranks."""
        return np.arange(len(self)) if (self.rank[1:] >= self.rank[:-1]).all() else np.argsort(self.rank)

    def owners(self) -> Ints:
        """The row of each value."""
        return np.repeat(np.arange(len(self)), np.diff(self.ends, prepend=0))

    def content(self) -> U64:
        """For each row a hash of its text and values together."""
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mix(self.values), dtype=np.uint64)])
        starts = np.concatenate([np.zeros(1, np.int64), self.ends[:-1]]) if len(self) else self.ends
        return mix(self.text + sums[self.ends] - sums[starts])

    def take(self, rows: Ints) -> Features:
        """These rows, in this order."""
        starts = np.concatenate([[0], self.ends])[rows]
        counts = self.ends[rows] - starts
        return Features(
            self.text[rows],
            self.rank[rows],
            self.phrases[rows],
            self.sketch[rows],
            np.cumsum(counts),
            self.values[ranges(starts, counts)],
            self.at[rows],
        )


def make_features(own: U64, at: Ints, text: U64, words: Words, report: Ints, keys: U64) -> Features:
    """The features of reports: the hashes of their identifiers, when they came, the hashes of their texts, what these say, and
    that report[i] shares keys[i]."""
    story = mix(np.where(words.story == 0, own, words.story))
    rank = story >> HALF << HALF | own >> HALF
    order = np.lexsort((keys, report))
    report, keys = report[order], keys[order]
    new = np.ones(keys.size, np.bool_)
    new[1:] = (report[1:] != report[:-1]) | (keys[1:] != keys[:-1])
    ends = np.cumsum(np.bincount(report[new], minlength=own.size))
    return Features(text, rank, words.phrases, words.sketch, ends, keys[new], at)


def joined(parts: Sequence[Features]) -> Features:
    """All rows of all parts, in order."""
    if not parts:
        return empty()
    shifts = np.cumsum([0, *(part.values.size for part in parts[:-1])])
    columns = {field.name: [getattr(part, field.name) for part in parts] for field in fields(Features)}
    columns["ends"] = [part.ends + shift for part, shift in zip(parts, shifts, strict=True)]
    return Features(**{name: np.concatenate(column) for name, column in columns.items()})


def empty() -> Features:
    """No reports."""
    nothing = np.empty(0, np.uint64)
    return Features(
        nothing,
        nothing,
        np.empty((0, PHRASES), np.uint32),
        np.empty((0, BINS), np.uint16),
        np.empty(0, np.int64),
        nothing,
        np.empty(0, np.int64),
    )
