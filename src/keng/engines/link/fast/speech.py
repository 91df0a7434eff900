"""What groups say, counted without a row for each word: twins of what `profiles` does with all cells at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.fast.compiling import compiled
from keng.engines.link.graph import Ints
from keng.engines.link.profiles import CELLS
from keng.engines.link.words import BINS


def count_using(sketch: NDArray[np.uint16], group: Ints, sizes: Ints) -> NDArray[np.int32]:
    """In how many groups of two reports or more (`sizes`) each cell is said. Row i says sketch[i] and is of group[i] (sorted)."""
    using = np.zeros(CELLS, np.int32)
    _count(sketch, group, sizes, np.full(CELLS, -1, np.int32), using)
    return using


def find_rare(sketch: NDArray[np.uint16], using: Ints, most: int) -> tuple[Ints, Ints]:
    """(number of the row, cell) of what rows say and so many groups at `most` do."""
    per_row = np.empty(len(sketch), np.int64)
    few = using <= most
    _count_rare(sketch, few, per_row)
    ends = np.cumsum(per_row)
    size = int(ends[-1]) if ends.size else 0
    said, cell = np.empty(size, np.int64), np.empty(size, np.int64)
    _find_rare(sketch, few, said, cell)
    return said, cell


def count_same(asks: NDArray[np.uint16], sketch: NDArray[np.uint16], first: Ints, counts: Ints) -> NDArray[np.uint8]:
    """How many of the rows of `sketch` from first[i] on (counts[i] of them) say what asks[i] does, by bin."""
    times = np.zeros(asks.shape, np.uint8)
    _count_same(asks, sketch, first, counts, times)
    return times


@compiled
def _count_same(asks, sketch, first, counts, times):  # type: ignore[no-untyped-def]
    for place in range(len(asks)):
        for row in range(first[place], first[place] + counts[place]):
            for column in range(BINS):
                times[place, column] += (sketch[row, column] == asks[place, column]) & (asks[place, column] != 0)


@compiled
def _count(sketch, group, sizes, last, using):  # type: ignore[no-untyped-def]
    for row in range(len(sketch)):
        own = group[row]
        if sizes[own] < 2:
            continue
        for column in range(BINS):
            if sketch[row, column]:
                cell = column << 16 | sketch[row, column]
                if last[cell] != own:
                    last[cell] = own
                    using[cell] += 1


@compiled
def _count_rare(sketch, few, per_row):  # type: ignore[no-untyped-def]
    for row in range(len(sketch)):
        count = 0
        for column in range(BINS):
            said = sketch[row, column]
            count += said != 0 and few[column << 16 | said]
        per_row[row] = count


@compiled
def _find_rare(sketch, few, said, cell):  # type: ignore[no-untyped-def]
    found = 0
    for row in range(len(sketch)):
        for column in range(BINS):
            one = column << 16 | sketch[row, column]
            if sketch[row, column] and few[one]:
                said[found], cell[found] = row, one
                found += 1
