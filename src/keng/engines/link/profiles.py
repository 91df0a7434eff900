"""Joining whole groups by what they say: a report or a group goes to the one group that is known to say what few others do.

A group's profile is how often its reports say each pair of words. What a newcomer says is likelier from a member of the
group than from anybody, by a ratio (naive Bayes) to which only words count that few hands use: so a script that many gangs
read from proves nothing, a turn of phrase of one gang does, however much the rest of the text mutates. Groups that had the
occasion to share values and share none are never joined, nor does a text speak that two such groups tell.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from keng.engines.link import fast
from keng.engines.link.features import Features
from keng.engines.link.graph import Ints, components, distinct, filled, group_starts, ranges, stable_order
from keng.engines.link.occasions import OCCASION, Occasions
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
RIVALS = 4  # groups that are looked at for each
DOUBT = 4.0  # witnesses' worth of what anybody says, beside what a group was heard to say
LEAST = 3.0  # nats for each report of a small group from which on it may belong to another
SHOWN, LIKE_OWN = 10.0, 0.3  # nats of a group, if such a share of what its reports have among themselves
HINTED, AS_OWN = 5.0, 0.8  # the same of one that says as little in common itself as it shares with another
RATHER = 0.2  # belief from which on a large group goes where it says what another does
ELSEWHERE = -1.0  # nats of time, from which on a large group that says what another does is told of at other times

CELLS = BINS << 16  # of the sketch: a bin, and the hash in it
_AT_ONCE = 1 << 20  # comparisons

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bars:
    """data/belief.toml: by what a group belongs to another, and how sure that must be."""

    nats: float
    theirs: float
    further: float
    size: float
    time: float
    base: float
    belief: float


@cache
def bars() -> tuple[Bars, Bars]:
    """Of small groups, and of large ones."""
    with (files(__package__) / "data" / "belief.toml").open("rb") as file:
        found = tomllib.load(file)
    return Bars(**found["small"]), Bars(**found["large"])


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
    group, witnesses = speech.group, speech.witnesses
    count = int(group.max(initial=-1)) + 1
    said, cell = _rare(speech, hands)
    per_group = np.bincount(witnesses.group, minlength=count)
    profiles = _Profiles.of(witnesses.group[said], cell, per_group)
    speaks = witnesses.place[said] < SPEAKERS
    likely = _ask(_Questions.of(witnesses.group[said[speaks]], cell[speaks], count), profiles, hands)
    likely = _hear_out(likely, speech, hands, per_group)
    time = speech.times.nats(likely.who, likely.whom, moments)
    sizes = np.bincount(group, minlength=count)
    one, other = _choose(likely, np.minimum(per_group, SPEAKERS), sizes, time, occasions)
    return components(count, one, other)[group]


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


@dataclass(frozen=True, slots=True)
class _Likely:
    """What group `who[i]` says is likelier from `whom[i]` than from anybody by `nats[i]`, the likeliest first for each `who`;
    `own` by group: the same from its own. `altogether[i]`: see _weigh_all."""

    who: Ints
    whom: Ints
    nats: Floats
    own: Floats
    altogether: Floats


def _ask(questions: _Questions, profiles: _Profiles, hands: Hands) -> _Likely:
    own = np.zeros(questions.said.size, np.float32)
    found = []
    for asker, asked, likely in _answers(questions, profiles, hands):
        itself = asker == asked
        own[asker[itself]] = likely[itself]
        worth = np.flatnonzero(~itself & (likely >= LEAST))
        order = worth[np.lexsort((asked[worth], -likely[worth], asker[worth]))]
        starts = group_starts(asker[order])
        place = np.arange(order.size) - np.repeat(starts, np.diff(starts, append=order.size))
        order = order[place < RIVALS]
        found.append((asker[order], asked[order], likely[order]))
    who, whom, nats = (np.concatenate(column) for column in zip(*found, strict=True))
    return _Likely(who, whom, nats, own, np.zeros_like(nats))


def _answers(questions: _Questions, profiles: _Profiles, hands: Hands) -> Iterator[tuple[Ints, Ints, Floats]]:
    """(who, whom, nats) of all groups that say something in common, some askers at a time."""
    count = max(questions.said.size, 1)
    chance = hands.chance(questions.cell)
    first = np.searchsorted(profiles.cell, questions.cell)
    times = np.searchsorted(profiles.cell, questions.cell, side="right") - first
    for part in _cuts(questions.asker, times):
        index = ranges(first[part], times[part])
        asker, anybody = np.repeat(questions.asker[part], times[part]), np.repeat(chance[part], times[part])
        weight = np.repeat(questions.times[part], times[part]).astype(np.float32)
        whom = profiles.group[index]
        share = np.where(whom == asker, profiles.others[index], profiles.share[index])
        key = asker * count + whom
        order = stable_order(key)
        key, weight, gain = key[order], weight[order], (share / anybody)[order]
        starts = group_starts(key)
        who = key[starts] // count
        if not who.size:
            yield who, who, np.empty(0, np.float32)
            continue
        silent = questions.said[who] - np.add.reduceat(weight, starts)
        likeliest = np.full(who.size, -np.inf, np.float32)
        for mingled in MINGLED:
            total = np.add.reduceat(weight * np.log1p(mingled * (gain - 1)), starts) + silent * np.log1p(-mingled)
            likeliest = np.maximum(likeliest, total.astype(np.float32))
        yield who, key[starts] % count, likeliest


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


def _hear_out(likely: _Likely, speech: Speech, hands: Hands, per_group: Ints) -> _Likely:
    """The same with all that small groups say weighed: what many groups say counts a little, and is most of a text that
    mutates."""
    small = np.flatnonzero(per_group[likely.who] < KNOWN)
    altogether = np.zeros(likely.who.size, np.float32)
    altogether[small] = _weigh_all(likely.who[small], likely.whom[small], speech, hands, per_group)
    return replace(likely, altogether=altogether)


def _weigh_all(who: Ints, whom: Ints, speech: Speech, hands: Hands, per_group: Ints) -> Floats:
    """By how many nats a report of group who[i] is likelier from whom[i] than from anybody, by each thing it says. How often
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


def _choose(
    likely: _Likely, speakers: Ints, sizes: Ints, time: NDArray[np.float64], occasions: Occasions
) -> tuple[Ints, Ints]:
    """Which groups join which: each at most the one that it is believed to belong to most. `time`: see Times.nats."""
    who, whom, nats, own = likely.who, likely.whom, likely.nats, likely.own[likely.who]
    belief = _believe(likely, speakers, sizes, time)
    said = ((nats >= SHOWN) & (nats >= LIKE_OWN * own)) | ((nats >= HINTED) & (nats >= AS_OWN * own))
    order = np.lexsort((-belief, who))
    best = order[group_starts(who[order])]
    small, large = bars()
    is_large = speakers[who[best]] >= KNOWN
    joins = belief[best] >= np.where(is_large, large.belief, small.belief)
    joins |= is_large & said[best] & (time[best] > ELSEWHERE) & (belief[best] >= RATHER)
    best = best[joins]
    best = best[occasions.expected(who[best], whom[best]) < OCCASION]
    return who[best], whom[best]


def _believe(likely: _Likely, speakers: Ints, sizes: Ints, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """How likely each group belongs to the one that it is compared with, rather than to another or none: by how likely what it
    says is, as against what the others there say, by all that is said, by how many these are, and by when."""
    who, whom = likely.who, likely.whom
    is_large = speakers[who] >= KNOWN
    nats = np.where(is_large, likely.nats, likely.nats / speakers[who])
    own = np.where(is_large, likely.own[who], likely.own[whom] / np.maximum(speakers[whom], 1))
    theirs = np.clip(nats / np.maximum(own, 0.1), 0, np.where(is_large, 2, 1))
    further = np.where(is_large, np.minimum(likely.nats, 60) / 10, likely.altogether)
    found = (np.log(np.maximum(nats, 1e-3)), theirs, further, np.log(sizes[whom]), time, np.ones(who.size))
    evidence = np.zeros(who.size)
    for bar, of in zip(bars(), (~is_large, is_large), strict=True):
        weights = (bar.nats, bar.theirs, bar.further, bar.size, bar.time, bar.base)
        for weight, one in zip(weights, found, strict=True):
            evidence += of * (weight * one)
    starts = group_starts(who)
    if not starts.size:
        return evidence
    counts = np.diff(starts, append=who.size)
    most = np.repeat(np.maximum(np.maximum.reduceat(evidence, starts), 0), counts)
    share = np.exp(evidence - most)
    everything = np.repeat(np.add.reduceat(share, starts), counts) + np.exp(-most)
    return np.asarray(share / everything)


def _rare(speech: Speech, hands: Hands) -> tuple[Ints, Ints]:
    """(number of the row, cell) of all that witnesses say and few groups do."""
    if fast.is_worth(speech.group.size):
        from keng.engines.link.fast.speech import find_rare

        return find_rare(speech.sketch, hands.table(), hands.few())
    said, cell = _cells(speech.sketch)
    rare = hands.count(cell) <= hands.few()
    return said[rare], cell[rare]


def _cells(sketch: NDArray[np.uint16]) -> tuple[Ints, Ints]:
    """(number of the row, cell) of all that is said."""
    said, column = filled(sketch)
    return said, column << 16 | sketch[said, column]
