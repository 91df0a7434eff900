"""`choose_kin` of `find_models`, report by report, without a table of pairs; and what a Voice says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keng.base.parallel import map_in_threads
from keng.engines.link.evidence import (
    ALIKE,
    CELL_BITS,
    FEWEST_SHARED,
    KIN_SHARE,
    LEAST_SAID,
    LINKS,
    MODELS,
    Flags,
    Floats,
    Voice,
)
from keng.engines.link.fast.compiling import compiled, summed
from keng.engines.link.fast.threads import in_halves
from keng.engines.link.features import Features
from keng.engines.link.graph import Ints
from keng.engines.link.words import BINS, PHRASES, U64

PILES = 16  # of phrases, by their last bits: the first ones are small, as the smallest hashes of a text are kept
_HALF = np.uint64(32)
_ALIKE, _KIN_SHARE, _TWO = np.float32(ALIKE), np.float32(KIN_SHARE), np.float32(2)


def find_kin(features: Features, asks: Flags, weights: Floats) -> NDArray[np.int32]:
    """`choose_kin` of `find_models`. Rows in the order of their ranks: what is read together lies together."""
    voice = speak(features.sketch, weights)
    packed = _by_phrase(features.phrases)
    groups = np.full((len(features), PHRASES), -1, np.int32)
    _enter_groups(packed, groups, np.zeros(len(features), np.uint8))
    place_of = packed.astype(np.uint32)
    found = np.full((len(features), LINKS), -1, np.int32)

    def choose(first: int, last: int) -> None:
        _choose(first, last, packed, place_of, groups, asks, voice.sketch, weights, voice.says, voice.filled, found)

    in_halves(choose, len(features))
    return found


def _by_phrase(phrases: NDArray[np.uint32]) -> U64:
    """Each phrase (upper half) with its row: those of one phrase together, the smallest row first."""
    counts = np.zeros(PILES, np.int64)
    _count_piles(phrases, counts)
    ends = np.cumsum(counts)
    packed = np.empty(int(ends[-1]), np.uint64)
    _pile(phrases, ends - counts, packed)
    map_in_threads(np.ndarray.sort, np.split(packed, ends[:-1]))
    return packed


def speak(sketch: NDArray[np.uint16], weights: Floats) -> Voice:
    """`Voice.of`."""
    says, filled = np.zeros(len(sketch), np.float32), np.zeros(len(sketch), np.uint8)
    in_halves(lambda first, last: _speak(first, last, sketch, weights, says, filled), len(sketch))
    return Voice(sketch, weights, says, filled)


def compare(voice: Voice, left: Ints, right: Ints) -> Floats:
    """`Voice.likeness`."""
    result = np.zeros(left.size, np.float32)
    in_halves(
        lambda first, last: _compare(
            first, last, left, right, voice.sketch, voice.weights, voice.says, voice.filled, result
        ),
        left.size,
    )
    return result


@compiled
def _speak(first, last, sketch, weights, says, filled):  # type: ignore[no-untyped-def]
    for row in range(first, last):
        total, count = np.float32(0), 0
        for column in range(BINS):
            if sketch[row, column]:
                total += weights[column << CELL_BITS | sketch[row, column] >> 16 - CELL_BITS]
                count += 1
        says[row], filled[row] = total, count


@compiled
def _compare(first, last, left, right, sketch, weights, says, filled, result):  # type: ignore[no-untyped-def]
    worth = np.empty(BINS, np.float64)
    for place in range(first, last):
        if place == first or left[place] != left[place - 1]:
            _weigh(sketch[left[place]], weights, worth)
        result[place] = _like(left[place], right[place], sketch, worth, says, filled)


@compiled
def _weigh(row, weights, worth):  # type: ignore[no-untyped-def]
    """What each bin of a row counts."""
    for column in range(BINS):
        worth[column] = np.float64(weights[column << CELL_BITS | row[column] >> 16 - CELL_BITS])


@compiled
def _like(one, other, sketch, worth, says, filled):  # type: ignore[no-untyped-def]
    """How much two rows are alike, as in `Voice.likeness`; `worth` is the first one's."""
    left, right = sketch[one], sketch[other]
    times, both = np.uint16(0), np.uint16(0)  # as wide as what is compared: so many columns go at once
    for column in range(BINS):
        times = np.uint16(times + np.uint16((left[column] == right[column]) & (left[column] != 0)))
        both = np.uint16(both + np.uint16((left[column] != 0) & (right[column] != 0)))
    if times < FEWEST_SHARED:
        return np.float32(0)
    common = _sum_same(left, right, worth)
    mean = (says[one] / np.float32(filled[one]) + says[other] / np.float32(filled[other])) / _TWO
    together = np.float64(np.float32(says[one] + says[other]))
    differ = np.float64(np.int64(both) - np.int64(times))
    return np.float32(common / (together - common - differ * np.float64(mean) + LEAST_SAID))


@summed
def _sum_same(left, right, worth):  # type: ignore[no-untyped-def]
    """Exact in any order: 64 numbers of 24 bits, the smallest some 2^-20 of the largest, fit a sum of 53."""
    total = 0.0
    for column in range(BINS):
        total += worth[column] if left[column] == right[column] and left[column] != 0 else 0.0
    return total


@compiled
def _count_piles(phrases, counts):  # type: ignore[no-untyped-def]
    for row in range(len(phrases)):
        for column in range(PHRASES):
            if phrases[row, column]:
                counts[phrases[row, column] % PILES] += 1


@compiled
def _pile(phrases, ends, packed):  # type: ignore[no-untyped-def]
    """Put each phrase and its row where its pile ends so far."""
    for row in range(len(phrases)):
        for column in range(PHRASES):
            phrase = phrases[row, column]
            if phrase:
                packed[ends[phrase % PILES]] = np.uint64(phrase) << _HALF | np.uint64(row)
                ends[phrase % PILES] += 1


@compiled
def _enter_groups(packed, groups, filled):  # type: ignore[no-untyped-def]
    """For each place the starts of the runs of the same phrase (upper half of `packed`) that it (the lower half) stands in."""
    start = 0
    for at in range(packed.size):
        if packed[at] >> _HALF != packed[start] >> _HALF:
            start = at
        place = np.int64(packed[at] & np.uint64(0xFFFFFFFF))
        groups[place, filled[place]] = start
        filled[place] += 1


@compiled
def _choose(first, last, packed, place_of, groups, asking, sketch, weights, says, filled, found):  # type: ignore[no-untyped-def]
    """For each place the places of its kin."""
    models, like = np.empty(PHRASES * MODELS, np.int64), np.empty(PHRASES * MODELS, np.float32)
    worth = np.empty(BINS, np.float64)
    for place in range(first, last):
        count = 0
        for column in range(PHRASES):
            start = groups[place, column]
            if start < 0:
                break
            for at in range(start, min(start + MODELS, place_of.size)):
                model = np.int64(place_of[at])
                if packed[at] >> _HALF != packed[start] >> _HALF or model >= place:
                    break
                known = False
                for other in range(count):
                    known |= models[other] == model
                if not known and (asking[place] or asking[model]):
                    models[count] = model
                    count += 1
        _weigh(sketch[place], weights, worth)
        for other in range(count):
            like[other] = _like(place, models[other], sketch, worth, says, filled)
        nearest = np.float32(0)
        for link in range(LINKS):
            best = -1
            for other in range(count):
                if like[other] >= _ALIKE and (
                    best < 0 or like[other] > like[best] or (like[other] == like[best] and models[other] < models[best])
                ):
                    best = other
            if best < 0 or (link > 0 and like[best] < _KIN_SHARE * nearest):
                break
            if link == 0:
                nearest = like[best]
            found[place, link] = models[best]
            like[best] = np.float32(-1)
