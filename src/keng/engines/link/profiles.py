"""What whole groups say, compared: a report or a group goes to the one group that is known to say what few others do.

A group's profile is how often its reports say each pair of words. What a newcomer says is likelier from a member of the
group than from anybody, by a ratio (naive Bayes) to which only words count that few hands use: so a script that many gangs
read from proves nothing, a turn of phrase of one gang does, however much the rest of the text mutates. What is believed then, and
which groups join, stands in `believing.py`; groups that had the occasion to share values and share none are never joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keng.base.parallel import map_in_threads
from keng.engines.link import fast
from keng.engines.link.believing import Candidates, Said, choose
from keng.engines.link.features import Features
from keng.engines.link.graph import Ints, components, distinct, filled, group_starts, ranges, stable_order
from keng.engines.link.occasions import Occasions
from keng.engines.link.times import Times
from keng.engines.link.words import BINS

WITNESSES = 32  # reports, of different texts, by which a group is known
SPEAKERS = 12  # of them that are asked where they belong
KNOWN = 3  # witnesses from which on a group has a profile
SUPPORT = 2  # of them that must say a thing: what one of them says may be chance
FEW_HANDS, FEW_SHARE, MOST_HANDS = (
    12,
    0.01,
    48,
)  # a thing that so many groups say (or such a share, up to so many) tells
MINGLED = np.array(
    (0.05, 0.15, 0.4, 0.8), np.float32
)  # share of a text that is not its teller's own: the likeliest counts
WIDE_HANDS = 128  # groups that may say a thing by which a report alone, or two, is led to where it may belong
RIVALS = 4  # groups that are looked at for each
DOUBT = 4.0  # witnesses' worth of what anybody says, beside what a group was heard to say
LEAST = 3.0  # nats for each report of a small group from which on it may belong to another

CELLS = BINS << 16  # of the sketch: a bin, and the hash in it
_AT_ONCE = 1 << 20  # comparisons

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hands:
    """In how many of `total` groups each cell of the sketch is said: `using[i]` of them say `cell[i]` (sorted)."""

    cell: Ints
    using: Ints
    total: int

    def count(self, cells: Ints) -> Ints:
        """How many groups say these."""
        if cells.size > CELLS >> 2:
            return self.table()[cells]
        place = np.minimum(np.searchsorted(self.cell, cells), max(self.cell.size - 1, 0))
        return np.where(self.cell[place] == cells, self.using[place], 0) if self.cell.size else np.zeros_like(cells)

    def few(self) -> int:
        """How many groups may say a thing that still counts: what a group of so many says tells it apart as well in any set."""
        return min(max(FEW_HANDS, int(self.total * FEW_SHARE)), MOST_HANDS)

    def table(self) -> Ints:
        """The same of all cells, by their numbers."""
        table = np.zeros(CELLS, np.int64)
        table[self.cell] = self.using
        return table

    def chance(self, cells: Ints) -> Floats:
        """How likely anybody says these."""
        return ((self.count(cells) + np.float32(0.5)) / np.float32(self.total + 1)).astype(np.float32)


def no_hands() -> Hands:
    """Those of a set in which no groups are known."""
    return Hands(np.empty(0, np.int64), np.empty(0, np.int64), 0)


@dataclass(frozen=True, slots=True)
class Speech:
    """What is heard of groups (`group`: of each report, numbered from 0 in a canonical order): `sketch[i]` (words) is what the
    witness in row i says. `times`: when."""

    group: Ints
    witnesses: _Witnesses
    sketch: NDArray[np.uint16]
    times: Times


def listen(features: Features, group: Ints) -> Speech:
    """What the witnesses of these groups say."""
    witnesses = _Witnesses.of(features, group)
    return Speech(group, witnesses, features.sketch[witnesses.row], Times.of(features.at, group))


def count_hands(speech: Speech) -> Hands:
    """How many groups of two reports or more use each pair of words."""
    sizes = np.bincount(speech.group)
    spoken = speech.witnesses.group
    if fast.is_worth(speech.group.size):
        from keng.engines.link.fast.speech import count_using

        using = count_using(speech.sketch, spoken, sizes)
        cell = np.flatnonzero(using)
        return Hands(cell, using[cell].astype(np.int64), int((sizes > 1).sum()))
    said, cell = _cells(speech.sketch)
    several = sizes[spoken[said]] > 1
    once = np.sort(distinct(spoken[said[several]] * CELLS + cell[several]) % CELLS)
    starts = group_starts(once)
    return Hands(once[starts], np.diff(starts, append=once.size), int((sizes > 1).sum()))


def join_by_profile(speech: Speech, hands: Hands, moments: Ints, occasions: Occasions) -> Ints:
    """The groups after those have joined that say the same; equal numbers, one group."""
    one, other = choose(compare_groups(speech, hands, moments), occasions)
    return components(int(speech.group.max(initial=-1)) + 1, one, other)[speech.group]


def compare_groups(speech: Speech, hands: Hands, moments: Ints) -> Candidates:
    """Each group with the few that likeliest say what it says; a small one also with the few that it finds by what more say."""
    group, witnesses = speech.group, speech.witnesses
    count = int(group.max(initial=-1)) + 1
    said, cell = _rare(speech, hands, max(WIDE_HANDS, hands.few()))
    per_group = np.bincount(witnesses.group, minlength=count)
    teller, speaks, rare = witnesses.group[said], witnesses.place[said] < SPEAKERS, hands.count(cell) <= hands.few()
    profiles = _Profiles.of(teller[rare], cell[rare], per_group)
    who, whom, nats, own = _ask(_Questions.of(teller[rare & speaks], cell[rare & speaks], count), profiles, hands)
    asks = per_group[teller] < KNOWN
    wide = _ask(_Questions.of(teller[asks], cell[asks], count), _Profiles.of(teller, cell, per_group), hands)
    who, whom, nats = _with_more(who, whom, nats, wide[0], wide[1], count)
    is_large = per_group[who] >= KNOWN
    small = np.flatnonzero(~is_large)
    altogether = np.zeros(who.size, np.float32)
    altogether[small] = _weigh_all(who[small], whom[small], speech, hands, per_group)
    heard = Said(nats, altogether, own, np.minimum(per_group, SPEAKERS))
    time, most = speech.times.nats(who, whom, moments)
    return Candidates.of(who, whom, is_large, heard, np.bincount(group, minlength=count), time, most)


def _with_more(
    who: Ints, whom: Ints, nats: Floats, more_who: Ints, more_whom: Ints, count: int
) -> tuple[Ints, Ints, Floats]:
    """The pairs of both without repeats, sorted: those that only more say have no nats."""
    pair = np.concatenate([who * count + whom, more_who * count + more_whom])
    order = stable_order(pair)
    order = order[group_starts(pair[order])]
    return pair[order] // count, pair[order] % count, np.append(nats, np.zeros(more_who.size, np.float32))[order]


@dataclass(frozen=True, slots=True)
class _Witnesses:
    """Rows that stand for the groups, no text twice in one: `group` sorted, `place` counts within it, the smallest rank first."""

    row: Ints
    group: Ints
    place: Ints

    @classmethod
    def of(cls, features: Features, group: Ints) -> _Witnesses:
        by_rank = features.by_rank()
        texts, text = np.unique(features.text[by_rank], return_inverse=True)
        told = group[by_rank] * texts.size + text
        order = stable_order(told)
        order = np.sort(order[group_starts(told[order])])  # of those who say the same in a group the first
        order = by_rank[order[stable_order(group[by_rank[order]])]]
        starts = group_starts(group[order])
        place = np.arange(order.size) - np.repeat(starts, np.diff(starts, append=order.size))
        first = place < WITNESSES
        return cls(order[first], group[order[first]], place[first])


@dataclass(frozen=True, slots=True)
class _Profiles:
    """Cell `cell[i]` (sorted) is said by the share `share[i]` of the witnesses of `group[i]`; `others[i]`, of the rest of them
    if one says it."""

    cell: Ints
    group: Ints
    share: Floats
    others: Floats

    @classmethod
    def of(cls, group: Ints, cell: Ints, per_group: Ints) -> _Profiles:
        known = per_group[group] >= KNOWN
        key = np.sort(cell[known] * per_group.size + group[known])
        starts = group_starts(key)
        times = np.diff(starts, append=key.size)
        starts, times = starts[times >= SUPPORT], times[times >= SUPPORT]
        cell, group = key[starts] // max(per_group.size, 1), key[starts] % max(per_group.size, 1)
        total = per_group[group]
        return cls(cell, group, (times / total).astype(np.float32), ((times - 1) / (total - 1)).astype(np.float32))

    def find(self, cells: Ints) -> tuple[Ints, Ints]:
        """From where on each of these is said, and by how many groups."""
        if cells.size > CELLS >> 2:
            times = np.bincount(self.cell, minlength=CELLS)
            return (np.cumsum(times) - times)[cells], times[cells]
        first = np.searchsorted(self.cell, cells)
        return first, np.searchsorted(self.cell, cells, side="right") - first


@dataclass(frozen=True, slots=True)
class _Questions:
    """The speakers of group `asker[i]` (sorted) say `cell[i]`, `times[i]` of them; all that each group's say is `said`."""

    asker: Ints
    cell: Ints
    times: Ints
    said: Ints

    @classmethod
    def of(cls, asker: Ints, cell: Ints, count: int) -> _Questions:
        key = np.sort(asker * CELLS + cell)
        starts = group_starts(key)
        times = np.diff(starts, append=key.size)
        return cls(key[starts] // CELLS, key[starts] % CELLS, times, np.bincount(asker, minlength=count))


def _ask(questions: _Questions, profiles: _Profiles, hands: Hands) -> tuple[Ints, Ints, Floats, Floats]:
    """(who, whom, nats, own): what group who[i] says is likelier from whom[i] than from anybody by nats[i], the likeliest few for
    each, those first; `own` by group: the same from its own."""
    chance = hands.chance(questions.cell)
    first, times = profiles.find(questions.cell)
    own = np.zeros(questions.said.size, np.float32)

    def answer(part: slice) -> tuple[Ints, Ints, Floats]:
        said = _Said(questions.asker[part], questions.times[part], chance[part], first[part], times[part])
        asker, asked, likely = _hear(said, questions.said, profiles)
        itself = asker == asked
        own[asker[itself]] = likely[itself]  # each asker is in one part alone
        worth = np.flatnonzero(~itself & (likely >= LEAST))
        order = worth[np.lexsort((asked[worth], -likely[worth], asker[worth]))]
        starts = group_starts(asker[order])
        place = np.arange(order.size) - np.repeat(starts, np.diff(starts, append=order.size))
        order = order[place < RIVALS]
        return asker[order], asked[order], likely[order]

    found = map_in_threads(answer, list(_cuts(questions.asker, times)))
    who, whom, nats = (np.concatenate(column) for column in zip(*found, strict=True))
    return who, whom, nats, own


@dataclass(frozen=True, slots=True)
class _Said:
    """Of questions of whole askers: who asks (sorted), how many of their speakers say the cell, how likely anybody does, and where
    the profiles have the cell: from `first`, `many` of them."""

    asker: Ints
    times: Ints
    chance: Floats
    first: Ints
    many: Ints


def _hear(said: _Said, altogether: Ints, profiles: _Profiles) -> tuple[Ints, Ints, Floats]:
    """(who, whom, nats) of all groups that say something in common. `altogether`: all that each group's speakers say."""
    count = max(altogether.size, 1)
    index = ranges(said.first, said.many)
    asker, anybody = np.repeat(said.asker, said.many), np.repeat(said.chance, said.many)
    weight = np.repeat(said.times, said.many).astype(np.float32)
    whom = profiles.group[index]
    share = np.where(whom == asker, profiles.others[index], profiles.share[index])
    key = asker * count + whom
    order = stable_order(key)
    key, weight, gain = key[order], weight[order], (share / anybody)[order]
    starts = group_starts(key)
    who = key[starts] // count
    if not who.size:
        return who, who, np.empty(0, np.float32)
    silent = altogether[who] - np.add.reduceat(weight, starts)
    likeliest = np.full(who.size, -np.inf, np.float32)
    for mingled in MINGLED:
        total = np.add.reduceat(weight * np.log1p(mingled * (gain - 1)), starts) + silent * np.log1p(-mingled)
        likeliest = np.maximum(likeliest, total.astype(np.float32))
    return who, key[starts] % count, likeliest


def _cuts(asker: Ints, times: Ints) -> Iterator[slice]:
    """Slices of whole askers with about _AT_ONCE comparisons each."""
    starts = np.append(group_starts(asker), asker.size)
    done = np.concatenate([[0], np.cumsum(times)])[starts]
    first = 0
    while True:
        last = max(int(np.searchsorted(done, done[first] + _AT_ONCE)), first + 1)
        yield slice(int(starts[first]), int(starts[min(last, starts.size - 1)]))
        if last >= starts.size - 1:
            return
        first = last


def _weigh_all(who: Ints, whom: Ints, speech: Speech, hands: Hands, per_group: Ints) -> Floats:
    """By how many nats a report of small group who[i] is likelier from whom[i] than from anybody, by each thing it says: what many
    groups say counts a little, and is most of a text that mutates. How often
    the group says a thing is taken from its witnesses and as many more as DOUBT that speak like anybody."""
    first = np.cumsum(per_group) - per_group
    nats = np.zeros(who.size)
    everything = hands.chance(np.arange(CELLS)) if who.size > _AT_ONCE // BINS else None
    for number in range(KNOWN - 1):
        for start in range(0, who.size, _AT_ONCE // BINS):
            part = np.arange(start, min(start + _AT_ONCE // BINS, who.size))
            part = part[per_group[who[part]] > number]
            asked = whom[part]
            asks = speech.sketch[first[who[part]] + number]
            times = _count_same(asks, speech.sketch, first[asked], per_group[asked])
            pair, column = filled(times)
            said = times[pair, column]
            cell = column << 16 | asks[pair, column]
            anybody = hands.chance(cell) if everything is None else everything[cell]
            silent = np.count_nonzero(asks, axis=1)
            nats[part] += np.bincount(pair, np.log1p(said / (DOUBT * anybody.astype(np.float64))), part.size)
            nats[part] -= silent * np.log1p(per_group[asked] / DOUBT)
    return (nats / np.minimum(per_group[who], KNOWN - 1)).astype(np.float32)


def _count_same(asks: NDArray[np.uint16], sketch: NDArray[np.uint16], first: Ints, counts: Ints) -> NDArray[np.uint8]:
    """How many of the rows of `sketch` from first[i] on (counts[i] of them) say what asks[i] does, by bin."""
    if len(asks) and fast.is_worth(len(sketch)):
        from keng.engines.link.fast.speech import count_same

        return count_same(asks, sketch, first, counts)
    times = np.zeros(asks.shape, np.uint8)
    for place in range(int(counts.max(initial=0))):
        there = np.flatnonzero(counts > place)
        times[there] += (sketch[first[there] + place] == asks[there]) & (asks[there] != 0)
    return times


def _rare(speech: Speech, hands: Hands, most: int = WIDE_HANDS) -> tuple[Ints, Ints]:
    """(number of the row, cell) of all that witnesses say and so many groups at `most` do."""
    if fast.is_worth(speech.group.size):
        from keng.engines.link.fast.speech import find_rare

        return find_rare(speech.sketch, hands.table(), most)
    said, cell = _cells(speech.sketch)
    rare = hands.count(cell) <= most
    return said[rare], cell[rare]


def _cells(sketch: NDArray[np.uint16]) -> tuple[Ints, Ints]:
    """(number of the row, cell) of all that is said."""
    said, column = filled(sketch)
    return said, column << 16 | sketch[said, column]
