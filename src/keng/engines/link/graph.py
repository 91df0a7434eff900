"""Connected components of large graphs, in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def components(count: int, left: Ints, right: Ints) -> Ints:
    """For each of `count` nodes the smallest node that it hangs together with, by the edges (left[i], right[i])."""
    root = np.arange(count)
    while left.size:
        low, high = np.minimum(root[left], root[right]), np.maximum(root[left], root[right])
        apart = low != high
        left, right = left[apart], right[apart]
        np.minimum.at(root, high[apart], low[apart])
        root = _compressed(root)
    return root


def _compressed(root: Ints) -> Ints:
    while True:
        shorter = root[root]
        if np.array_equal(shorter, root):
            return root
        root = shorter


def group_starts(ordered: NDArray[Any]) -> Ints:
    """Where each run of equal values of a sorted array begins."""
    if not ordered.size:
        return np.empty(0, np.int64)
    return np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1])


def stable_order(keys: Ints) -> Ints:
    """The places of these keys (none negative) from the smallest to the largest; of equal ones the first first."""
    bits = max(keys.size - 1, 1).bit_length()
    if int(keys.max(initial=0)) >> 63 - bits:
        return np.argsort(keys, kind="stable")
    packed = keys << bits | np.arange(keys.size)
    packed.sort()  # several times faster than sorting places by what they stand for
    return np.asarray(packed & (1 << bits) - 1)


def filled(table: NDArray[Any]) -> tuple[Ints, Ints]:
    """The rows and columns of what is not zero in a table, row by row."""
    place = np.flatnonzero(table != 0)
    width = table.shape[1]
    row = place // width
    return row, place - row * width


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The different values, sorted."""
    ordered = np.sort(values)
    return ordered[group_starts(ordered)]


def ranges(starts: Ints, counts: Ints) -> Ints:
    """starts[0], starts[0]+1, ... counts[0] of them, then those from starts[1], and so on."""
    before = np.cumsum(counts) - counts
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(starts - before, counts))
