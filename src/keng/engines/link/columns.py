"""Columns that are read where they lie, and grow at the end; and who has a key, by rank."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.graph import Ints

_FIRST_ROOM = 64


class Column:
    """A column: the rows of `base`, which may be a file in memory, then those that were added."""

    def __init__(self, base: NDArray[Any]) -> None:
        self.base = base
        self.size = len(base)
        self._more = np.empty((0, *base.shape[1:]), base.dtype)

    def __len__(self) -> int:
        return self.size

    def extend(self, rows: NDArray[Any]) -> None:
        used = self.size - len(self.base)
        if used + len(rows) > len(self._more):
            room = max(_FIRST_ROOM, 2 * (used + len(rows)))
            wider = np.empty((room, *self.base.shape[1:]), self.base.dtype)
            wider[:used] = self._more[:used]
            self._more = wider
        self._more[used : used + len(rows)] = rows
        self.size += len(rows)

    def take(self, rows: Ints) -> NDArray[Any]:
        """The values of these rows."""
        old = len(self.base)
        later = rows >= old
        if not later.any():
            return np.asarray(self.base[rows])
        found = np.empty((rows.size, *self.base.shape[1:]), self.base.dtype)
        found[~later] = self.base[rows[~later]]
        found[later] = self._more[rows[later] - old]
        return found

    def whole(self) -> NDArray[Any]:
        """All values, in order."""
        return np.concatenate([self.base, self._more[: self.size - len(self.base)]])

    def added(self) -> NDArray[Any]:
        """The values of the rows after those of `base`."""
        return self._more[: self.size - len(self.base)]


class Postings:
    """Which rows have a key. `keys` sorted, `rows` beside them; of one key in the order of their ranks when written."""

    def __init__(self, keys: NDArray[Any], rows: NDArray[np.int32]) -> None:
        self.keys, self.rows = keys, rows
        self._more: dict[int, list[int]] = {}

    def add(self, key: int, row: int) -> None:
        self._more.setdefault(key, []).append(row)

    def find(self, key: int, most: int | None = None) -> Ints:
        """The rows with a key, those that were written with the smallest ranks first; at most so many of either sort."""
        wanted = self.keys.dtype.type(key)
        first, last = np.searchsorted(self.keys, wanted), np.searchsorted(self.keys, wanted, side="right")
        if most is not None:
            last = min(last, first + most)
        more = self._more.get(key, [])
        return np.concatenate([self.rows[first:last], more[:most]]).astype(np.int64)

    def count(self, key: int) -> int:
        wanted = self.keys.dtype.type(key)
        found = np.searchsorted(self.keys, wanted, side="right") - np.searchsorted(self.keys, wanted)
        return int(found) + len(self._more.get(key, ()))


def index(keys: NDArray[Any], rows: Ints, rank: NDArray[np.uint64]) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Keys and rows of Postings: row rows[i] has keys[i] and the rank rank[rows[i]]."""
    by_rank = np.argsort(rank)
    place = np.empty(rank.size, np.int64)
    place[by_rank] = np.arange(rank.size)
    order = np.argsort(place[rows], kind="stable")
    order = order[np.argsort(keys[order], kind="stable")]
    return keys[order], rows[order].astype(np.int32)
