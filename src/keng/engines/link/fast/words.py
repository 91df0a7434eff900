"""`read_words` in one pass over the bytes of many texts: letters, words, then the smallest hashes of what stands together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.fast.compiling import compiled
from keng.engines.link.words import (
    BINS,
    FEWEST_WORDS,
    LETTERS,
    PAIR_SEED,
    PHRASE_SEED,
    PHRASES,
    STORY_SEED,
    UNSEEN,
    WORD_SEED,
    Words,
    read_shortest,
)

_NOTHING, _SPACE, _SLASH, _DIGIT, _AT = 1, 32, 47, 48, 64
_NO_HASH = np.uint64(0xFFFFFFFFFFFFFFFF)


def read_utf8(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> Words:
    """`read_words` of the texts data[ends[i-1]:ends[i]], which must be good UTF-8. Some 2 us for a message."""
    count = ends.size
    longest = int(np.diff(ends, prepend=0).max(initial=0))
    phrases, sketch = np.zeros((count, PHRASES), np.uint32), np.zeros((count, BINS), np.uint16)
    story, short = np.zeros(count, np.uint64), np.zeros(count, np.bool_)
    letters, words = np.empty(longest + 1, np.uint32), np.empty(longest + 1, np.uint64)
    done, point = 0, -1
    while done < count:
        done, point = _read_texts(data, ends, done, LETTERS.table, letters, words, phrases, sketch, story, short)
        if done < count:
            LETTERS.learn(point)
    shortest = np.flatnonzero(short)
    starts = np.concatenate([[0], ends])[shortest]
    texts = [bytes(data[one:other]).decode() for one, other in zip(starts, ends[shortest], strict=True)]
    read_shortest(texts, shortest, phrases, sketch, story)
    return Words(phrases, sketch, story)


@compiled
def _read_texts(data, ends, first, table, letters, words, phrases, sketch, story, short):  # type: ignore[no-untyped-def]
    """Fill the rows from `first` on; the row at which a code point is not in the table yet, and that point."""
    smallest = np.empty(PHRASES, np.uint64)
    for row in range(first, ends.size):
        start = ends[row - 1] if row else 0
        count, unseen = _read_letters(data, start, ends[row], table, letters)
        if unseen >= 0:
            return row, unseen
        count = _read_words(letters, count, words)
        if count < FEWEST_WORDS:
            short[row] = True
            continue
        for place in range(count):
            story[row] += _mix(words[place] + np.uint64(place) * STORY_SEED)
        kept = 0
        for place in range(count - 2):
            said = (words[place] * PHRASE_SEED + words[place + 1]) * PHRASE_SEED + words[place + 2]
            kept = _keep(smallest, kept, _mix(said) >> np.uint64(32))
        for place in range(kept):
            phrases[row, place] = np.uint32(smallest[place]) | np.uint32(1)
        _draw(words, count, sketch[row])
    return ends.size, -1


@compiled
def _read_letters(data, start, end, table, letters):  # type: ignore[no-untyped-def]
    """The letters of a text that are anything: how many; and the first code point that is not in the table, or -1."""
    count, at = 0, start
    while at < end:
        byte = np.uint32(data[at])
        if byte < 0x80:
            point, more = byte, 0
        elif byte < 0xE0:
            point, more = byte & np.uint32(0x1F), 1
        elif byte < 0xF0:
            point, more = byte & np.uint32(0x0F), 2
        else:
            point, more = byte & np.uint32(0x07), 3
        for step in range(more):
            point = point << np.uint32(6) | np.uint32(data[at + 1 + step]) & np.uint32(0x3F)
        at += 1 + more
        letter = table[point]
        if letter == UNSEEN:
            return 0, np.int64(point)
        if letter != _NOTHING:
            letters[count] = letter
            count += 1
    return count, np.int64(-1)


@compiled
def _read_words(letters, count, words):  # type: ignore[no-untyped-def]
    """The hashes of the words that count; single letters in a row are one word. How many."""
    found, at, stretch_end, address = 0, 0, -1, False
    was_single, drop = False, False  # of the last word: one letter long; not to be kept, so that `found` passed over it
    total, power = np.uint64(0), np.uint64(1)
    open_word = False
    while True:
        while at < count and not (letters[at] > _AT or letters[at] == _DIGIT):
            at += 1
        if at >= count:
            break
        if at > stretch_end:
            stretch_end, address = _look_ahead(letters, count, at)
        first = at
        single = at + 1 >= count or not (letters[at + 1] > _AT or letters[at + 1] == _DIGIT)
        if not (open_word and single and was_single):
            if open_word and not drop:
                words[found] = _mix(total)
                found += 1
            total, power, drop, open_word = np.uint64(0), np.uint64(1), False, True
        drop |= address
        while at < count and (letters[at] > _AT or letters[at] == _DIGIT):
            total += np.uint64(letters[at]) * power
            power *= WORD_SEED
            drop |= letters[at] == _DIGIT
            at += 1
        was_single = at - first == 1
    if open_word and not drop:
        words[found] = _mix(total)
        found += 1
    return found


@compiled
def _look_ahead(letters, count, at):  # type: ignore[no-untyped-def]
    """Where the stretch without white space around a place ends, and whether it has an `@` or two slashes."""
    first = at
    while first > 0 and letters[first - 1] != _SPACE:
        first -= 1
    marked, last = False, first
    while last < count and letters[last] != _SPACE:
        marked |= letters[last] == _AT
        marked |= letters[last] == _SLASH and last + 1 < count and letters[last + 1] == _SLASH
        last += 1
    return last, marked


@compiled
def _keep(smallest, kept, value):  # type: ignore[no-untyped-def]
    """Put a value among the smallest different ones, sorted; how many they are now."""
    if kept == smallest.size and value >= smallest[kept - 1]:
        return kept
    place = kept
    while place > 0 and smallest[place - 1] > value:
        place -= 1
    if place > 0 and smallest[place - 1] == value:
        return kept
    last = min(kept, smallest.size - 1)
    for at in range(last, place, -1):
        smallest[at] = smallest[at - 1]
    smallest[place] = value
    return min(kept + 1, smallest.size)


@compiled
def _draw(words, count, row):  # type: ignore[no-untyped-def]
    """The sketch: the smallest hash of two words together in each bin."""
    lowest = np.full(BINS, _NO_HASH)
    for place in range(count - 1):
        said = _mix(words[place] * PAIR_SEED + words[place + 1])
        bin_number = np.int64(said & np.uint64(BINS - 1))
        if said >> np.uint64(48) < lowest[bin_number]:
            lowest[bin_number] = said >> np.uint64(48)
    for column in range(BINS):
        if lowest[column] != _NO_HASH:
            row[column] = np.uint16(lowest[column]) | np.uint16(1)


@compiled
def _mix(value):  # type: ignore[no-untyped-def]
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))
