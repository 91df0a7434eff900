"""Names compared by whole columns: of each pair what `names.compare` says, few of them looked at one by one.

A name is plain if it is words of Vietnamese letters; how plain names with other letters relate follows from tables of their
words and letters. Names that may have been misread are compared once more in every reading (`fonts.readings`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse import fonts, names
from keng.engines.cleanse.columns import (
    Flags,
    Integers,
    bare_text,
    flags,
    have_letters,
    letter_table,
    tidied,
    words_of,
)
from keng.engines.cleanse.names import LONG_NAME_LETTERS, SHORTEST_CUT_LETTERS, Name

Levels = npt.NDArray[np.int8]
Letters = npt.NDArray[np.uint8]

LONGEST = 64  # letters and spaces of a name that tables hold; longer ones are looked at one by one
MOST_SLIPS = 2
NO_WORD = -1


def compare_names(ours: pa.Array, theirs: pa.Array, candidate: Flags) -> Levels:
    """The level of each pair of which `candidate` says that there is one; MISSING elsewhere."""
    level = np.full(len(candidate), int(Name.MISSING), np.int8)
    given = candidate & flags(pc.and_(pc.is_valid(ours), pc.is_valid(theirs)))
    suspect = given & _may_be_misread(ours)
    for rows, compare in ((given & ~suspect, _compare_as_written), (suspect, _compare_readings)):
        chosen = pa.array(rows)
        level[rows] = compare(ours.filter(chosen), theirs.filter(chosen))
    return level


def _may_be_misread(written: pa.Array) -> Flags:
    """Names with a letter that show no sign of having been read rightly, nor of being plain."""
    maybe = flags(pc.invert(pc.string_is_ascii(written)))
    beyond_ascii = written.filter(pa.array(maybe))
    sure = flags(pc.match_substring_regex(beyond_ascii, fonts.READ_RIGHTLY))
    maybe[maybe] = have_letters(beyond_ascii) & ~sure
    return maybe


def _compare_readings(ours: pa.Array, theirs: pa.Array) -> Levels:
    """The nearest of all readings, the one as written last: of a name that was misread it is the slowest and seldom the nearest."""
    nearest = np.where(_is_same_text(ours, theirs), np.int8(Name.EQUAL), np.int8(Name.MISSING))
    rows = np.flatnonzero(nearest)
    others = dict(zip(rows.tolist(), map(fonts.readings, ours.take(pa.array(rows)).to_pylist()), strict=True))
    while len(rows):
        reading = pa.array([next(others[row], None) for row in rows.tolist()], pa.string())
        told = pc.is_valid(reading)
        rows, reading = rows[flags(told)], reading.filter(told)
        nearest[rows] = np.minimum(nearest[rows], _compare_as_written(reading, theirs.take(pa.array(rows))))
        rows = rows[nearest[rows] > Name.EQUAL]
    rows = np.flatnonzero(nearest)
    chosen = pa.array(rows)
    nearest[rows] = np.minimum(nearest[rows], _compare_as_written(ours.take(chosen), theirs.take(chosen)))
    return nearest


def _is_same_text(ours: pa.Array, theirs: pa.Array) -> Flags:
    """Names with a letter that differ in nothing but capitals."""
    low = pc.utf8_lower(ours)
    return flags(pc.equal(low, pc.utf8_lower(theirs))) & have_letters(low)


def _compare_as_written(ours: pa.Array, theirs: pa.Array) -> Levels:
    """As `names.compare_as_written`; the same text, and a text without any mark, without looking at letters."""
    level = np.full(len(ours), int(Name.EQUAL), np.int8)
    rest = np.flatnonzero(~_is_same_text(ours, theirs))
    ours, theirs = ours.take(pa.array(rest)), theirs.take(pa.array(rest))
    (low, ours_plain), (person, theirs_plain) = tidied(ours), tidied(theirs)
    lettered = have_letters(low)
    other = ~(flags(pc.equal(low, person)) & lettered)
    bare_person = bare_text(person)
    bare = other & flags(pc.equal(low, bare_person)) & lettered  # the person's is not the same text: it has a mark
    level[rest[bare]] = Name.BARE
    left = np.flatnonzero(other & ~bare)
    chosen = pa.array(left)
    texts = (ours.take(chosen), theirs.take(chosen), bare_text(low.take(chosen)), bare_person.take(chosen))
    level[rest[left]] = _compare_letters(*texts, ours_plain[left] & theirs_plain[left])
    return level


def _compare_letters(ours: pa.Array, theirs: pa.Array, bare: pa.Array, bare_person: pa.Array, plain: Flags) -> Levels:
    """Of plain names with other letters only the bare words are looked at; all others one by one."""
    plain = plain & (_lengths(bare) <= LONGEST) & (_lengths(bare_person) <= LONGEST)
    plain &= flags(pc.not_equal(*(pc.replace_substring(one, " ", "") for one in (bare, bare_person))))
    level = np.empty(len(plain), np.int8)
    chosen = pa.array(plain)
    level[plain] = compare_words(bare.filter(chosen), bare_person.filter(chosen))
    chosen = pa.array(~plain)
    pairs = zip(ours.filter(chosen).to_pylist(), theirs.filter(chosen).to_pylist(), strict=True)
    level[~plain] = [names.compare_as_written(mine, its) for mine, its in pairs]
    return level


def _lengths(texts: pa.Array) -> Integers:
    found: Integers = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


class _Words:
    """All different bare words of some names, by number; NO_WORD is the empty one."""

    def __init__(self, different: list[str]) -> None:
        self._letters, self.lengths = letter_table(pa.array([*different, ""], pa.string()))
        self._past = np.arange(self._letters.shape[1]) >= self.lengths[:, None]

    def begin(self, words: Integers, beginnings: Integers) -> Flags:
        """Whether each word begins with another."""
        same = (self._letters[words] == self._letters[beginnings]) | self._past[beginnings]
        found: Flags = np.all(same, axis=1)
        return found


@dataclass(frozen=True, slots=True)
class _Names:
    """Bare plain names. `words`: the number of each word, NO_WORD after the last; `letters`: without spaces, 0 after the last."""

    words: Integers
    counts: Integers
    letters: Letters
    lengths: Integers

    @property
    def last(self) -> Integers:
        found: Integers = self.words[np.arange(len(self.words)), self.counts - 1]
        return found

    def at(self, rows: Integers) -> _Names:
        return _Names(self.words[rows], self.counts[rows], self.letters[rows], self.lengths[rows])


def compare_words(ours: pa.Array, theirs: pa.Array) -> Levels:
    """As `names.compare_words` of bare plain names, at most LONGEST long, that are not the same letters."""
    both = pa.concat_arrays([ours, theirs])
    found = words_of(both)
    table = np.full((len(both), int(found.counts.max(initial=1))), NO_WORD, np.int64)
    table[np.arange(table.shape[1]) < found.counts[:, None]] = found.word
    words = _Words(found.different)
    every, half = _Names(table, found.counts, *letter_table(pc.replace_substring(both, " ", ""))), len(ours)
    mine, its = every.at(np.arange(half)), every.at(np.arange(half, len(both)))
    level = np.full(half, int(Name.OTHER), np.int8)
    level[_is_partial(mine, its, words)] = Name.PARTIAL
    level[_is_near(mine, its)] = Name.NEAR
    level[_is_short(mine, its, words)] = Name.SHORT
    level[_is_other_order(mine, its)] = Name.ORDER
    return level


def _is_other_order(ours: _Names, theirs: _Names) -> Flags:
    same = np.sort(ours.words, axis=1) == np.sort(theirs.words, axis=1)
    found: Flags = (ours.counts > 1) & same.all(axis=1)
    return found


def _is_partial(ours: _Names, theirs: _Names, words: _Words) -> Flags:
    """The given name is the same, and not an initial; or two words are."""
    shared = np.zeros(len(ours.words), np.int64)
    for place in range(ours.words.shape[1]):
        word = ours.words[:, place : place + 1]
        is_new = ~(ours.words[:, :place] == word).any(axis=1)
        shared += (word[:, 0] != NO_WORD) & is_new & (theirs.words == word).any(axis=1)
    last = ours.last
    found: Flags = (shared >= 2) | ((last == theirs.last) & (words.lengths[last] > 1))
    return found


def _is_near(ours: _Names, theirs: _Names) -> Flags:
    allowed = np.where(np.minimum(ours.lengths, theirs.lengths) >= LONG_NAME_LETTERS, MOST_SLIPS, 1)
    near = np.zeros(len(allowed), np.bool_)
    rows = np.flatnonzero(np.abs(ours.lengths - theirs.lengths) <= allowed)
    near[rows] = _slips(ours.at(rows), theirs.at(rows)) <= allowed[rows]
    return near


def _slips(ours: _Names, theirs: _Names) -> Levels:
    """The least letters wrong, missing, too many or swapped with their neighbour (optimal string alignment) between names
    whose lengths differ by MOST_SLIPS at most; right up to MOST_SLIPS, above that only above.

    Only cells within MOST_SLIPS of the diagonal are worked out, of all names at once. Source: Ukkonen 1985.
    """
    mine, its = (np.ascontiguousarray(one.letters.T) for one in (ours, theirs))
    width, count = mine.shape
    far = np.full(count, MOST_SLIPS + 1, np.int8)
    beside = range(-MOST_SLIPS, MOST_SLIPS + 1)  # of the column to the row
    before: dict[int, Levels] = {}
    last = {off: np.full(count, off, np.int8) if off >= 0 else far for off in beside}
    result = far.copy()
    ends = theirs.lengths - ours.lengths
    for row in range(1, int(ours.lengths.max(initial=0)) + 1):
        now: dict[int, Levels] = {}
        for off in beside:
            column = row + off
            if not 0 < column <= width:
                now[off] = np.full(count, row, np.int8) if column == 0 and row <= MOST_SLIPS else far
                continue
            best = last[off] + (mine[row - 1] != its[column - 1])
            if off < MOST_SLIPS:
                best = np.minimum(best, last[off + 1] + 1)
            if off > -MOST_SLIPS:
                best = np.minimum(best, now[off - 1] + 1)
            if row > 1 < column:
                swapped = (mine[row - 1] == its[column - 2]) & (mine[row - 2] == its[column - 1])
                best = np.where(swapped, np.minimum(best, before[off] + 1), best)
            now[off] = np.minimum(best, far)
        ended = np.flatnonzero(ours.lengths == row)
        for off in beside:
            chosen = ended[ends[ended] == off]
            result[chosen] = now[off][chosen]
        before, last = last, now
    return result


def _is_short(ours: _Names, theirs: _Names, words: _Words) -> Flags:
    """Cut off, or as `names._is_short`."""
    short = np.zeros(len(ours.lengths), np.bool_)
    rows = np.flatnonzero(ours.lengths < theirs.lengths)
    ours, theirs = ours.at(rows), theirs.at(rows)
    same = (ours.letters == theirs.letters) | (np.arange(ours.letters.shape[1]) >= ours.lengths[:, None])
    found = (ours.lengths >= SHORTEST_CUT_LETTERS) & same.all(axis=1)
    family, its_family = ours.words[:, 0], theirs.words[:, 0]
    given = (ours.last == theirs.last) | ((family == its_family) & words.begin(theirs.last, ours.last))
    given &= words.begin(its_family, family)
    maybe = np.flatnonzero(~found & (ours.counts > 1) & (ours.counts <= theirs.counts) & given)
    found[maybe] = _is_in_order(ours.words[maybe], theirs.words[maybe], words)
    short[rows] = found
    return short


def _is_in_order(ours: Integers, theirs: Integers, words: _Words) -> Flags:
    """Whether each of our words begins one of theirs, in their order."""
    reached = np.zeros(len(ours), np.int64)
    rows, most = np.arange(len(ours)), ours.shape[1]
    for place in range(theirs.shape[1]):
        word, its = ours[rows, np.minimum(reached, most - 1)], theirs[:, place]
        is_open = (reached < most) & (word != NO_WORD) & (its != NO_WORD)
        reached += is_open & words.begin(its, word)
    found: Flags = reached == (ours != NO_WORD).sum(axis=1)
    return found
