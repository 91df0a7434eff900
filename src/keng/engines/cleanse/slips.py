"""The one slip between two numbers, by whole columns: what `numbers.slip_between` says of each pair.

Old numbers were given out in runs: in a whole country each stands near many others, so that they are never looked at one by one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse import numbers
from keng.engines.cleanse.columns import Flags, Integers, fixed_letters, flags
from keng.engines.cleanse.numbers import Number

Levels = npt.NDArray[np.int8]
Letters = npt.NDArray[np.uint8]

LONGEST = 16  # characters of a text that is looked at by columns; longer ones are seldom, and looked at one by one
FAR = np.int8(Number.FAR)


def slips_between(texts: pa.Array, others: pa.Array) -> Levels:
    """The slip that makes each cleaned text of the other number; FAR if it is none, or if the other is null or empty."""
    level = np.full(len(texts), FAR, np.int8)
    length, its = _lengths(texts), _lengths(others)
    near = flags(pc.is_valid(others)) & (its > 0) & (abs(length - its) <= 1)
    plain = flags(pc.and_(pc.string_is_ascii(texts), pc.string_is_ascii(others))) & (length > 0) & (length <= LONGEST)
    for size in np.unique(length[near & plain]).tolist():
        for extra in (-1, 0, 1):
            rows = np.flatnonzero(near & plain & (length == size) & (its == size - extra))
            chosen = pa.array(rows)
            ours, theirs = fixed_letters(texts.take(chosen), size), fixed_letters(others.take(chosen), size - extra)
            level[rows] = _SLIPS[extra](ours, theirs)
    rest = np.flatnonzero(near & ~plain)
    chosen = pa.array(rest)
    pairs = zip(texts.take(chosen).to_pylist(), others.take(chosen).to_pylist(), strict=True)
    level[rest] = [numbers.slip_between(text, other) for text, other in pairs]
    return level


def _lengths(texts: pa.Array) -> Integers:
    found: Integers = pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _as_long(ours: Letters, theirs: Letters) -> Levels:
    wrong = ours != theirs
    count = wrong.sum(axis=1)
    level = np.full(len(ours), FAR, np.int8)
    one = np.flatnonzero(count == 1)
    letter = ours[one, wrong[one].argmax(axis=1)]
    level[one] = np.where((letter >= ord("0")) & (letter <= ord("9")), Number.WRONG_DIGIT, Number.NO_DIGIT)
    two = np.flatnonzero(count == 2)
    first = wrong[two].argmax(axis=1)
    second = np.minimum(first + 1, ours.shape[1] - 1)
    swapped = wrong[two, second] & (ours[two, first] == theirs[two, second]) & (ours[two, second] == theirs[two, first])
    level[two[swapped]] = Number.SWAPPED
    return level


def _one_less(ours: Letters, theirs: Letters) -> Levels:
    return np.where(_is_one_more(theirs, ours), np.int8(Number.MISSING_DIGIT), FAR)


def _one_more(ours: Letters, theirs: Letters) -> Levels:
    return np.where(_is_one_more(ours, theirs), np.int8(Number.EXTRA_DIGIT), FAR)


def _is_one_more(longer: Letters, shorter: Letters) -> Flags:
    """Whether the longer text, without one character, is the shorter: alike up to some place, and from there on one place on."""
    rows, size = shorter.shape
    before = np.ones((rows, size + 1), np.bool_)
    before[:, 1:] = np.logical_and.accumulate(longer[:, :size] == shorter, axis=1)
    after = np.ones((rows, size + 1), np.bool_)
    after[:, :size] = np.logical_and.accumulate((longer[:, 1:] == shorter)[:, ::-1], axis=1)[:, ::-1]
    found: Flags = np.any(before & after, axis=1)
    return found


_SLIPS = {-1: _one_less, 0: _as_long, 1: _one_more}
