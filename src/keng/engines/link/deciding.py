"""From evidence to campaigns, in four steps that each look at the whole set and at no order.

1. What reports share (accounts, numbers, links) makes groups; a group of GROUP reports tied by two values or more is
   established: its makers would have been seen sharing something with another group if they were one.
2. A report outside of them goes to the established group that its likes stand in, if they agree. If they do not, its text
   is one that many tell, and says nothing.
3. What is left joins by shared values and by likeness.
4. Groups join whole by what they say altogether (profiles).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from keng.engines.link import fast
from keng.engines.link.believing import ELSEWHERE
from keng.engines.link.evidence import (
    Flags,
    Floats,
    Voice,
    choose_kin,
    find_living,
    find_models,
    hold,
    weigh,
)
from keng.engines.link.features import Features
from keng.engines.link.graph import Ints, distinct, filled, group_starts, ranges, stable_order
from keng.engines.link.occasions import Occasions
from keng.engines.link.partition import Graph, partition
from keng.engines.link.profiles import Hands, Speech, count_hands, join_by_profile, listen, no_hands
from keng.engines.link.times import Times, moments_of
from keng.engines.link.words import U64

GROUP = 3  # reports of an established group
TIES = 2  # values that tie it
VOTERS = 0.1  # share of a text's tellers that must stand in established groups for them to speak
ROUNDS = 2  # of joining whole groups: those that have joined are known better
AGREEMENT = 0.6  # share of the votes for one group from which on its likes agree


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for joining: `kin` (choose_kin), the keys of values that join, the weights of words (Voice), how many groups
    use them, and when reports come (moments_of). `dead`: the keys of values that do not join, where that is not known already."""

    kin: NDArray[np.int32]
    living: U64
    weights: Floats
    hands: Hands = field(default_factory=no_hands)
    moments: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    dead: U64 = field(default_factory=lambda: np.empty(0, np.uint64))


def settle(features: Features) -> tuple[Evidence, Ints]:
    """The evidence in a whole set of reports, and for each the number of its campaign. The order of rows means nothing."""
    by_rank = np.argsort(features.rank)
    evidence, group = _settle(features.take(by_rank))
    kin, groups = np.empty_like(evidence.kin), np.empty_like(group)
    kin[by_rank] = np.where(evidence.kin < 0, -1, by_rank[evidence.kin])
    groups[by_rank] = group
    return replace(evidence, kin=kin), groups


def _settle(features: Features) -> tuple[Evidence, Ints]:
    """The same of rows in the order of their ranks: what is read together lies together."""
    evidence, shares, group = first_groups(features)
    for _ in range(ROUNDS):
        speech = listen(features, group)
        evidence = replace(evidence, hands=count_hands(speech))
        group = _far(features, evidence, shares, speech)
    return evidence, group


def first_groups(features: Features) -> tuple[Evidence, Shares, Ints]:
    """The evidence, and the groups by steps 1 to 3. Rows in the order of their ranks."""
    holdings = hold(features)
    living = find_living(features, holdings)
    shares = Shares.of(features, holdings.keys[living])
    sharing = _groups(features, shares)
    weights = weigh(features, sharing)
    kin = _find_kin(features, ~_established(sharing, shares)[sharing], weights)
    moments = moments_of(features.at)
    evidence = Evidence(kin, holdings.keys[living], weights, moments=moments, dead=holdings.keys[~living])
    return evidence, shares, _near(features, evidence, shares, sharing)


def measure_likeness(features: Features, weights: Floats, left: Ints, right: Ints) -> Floats:
    """`Voice.likeness` of these rows."""
    if fast.is_worth(len(features)):
        from keng.engines.link.fast.kin import compare, speak

        return compare(speak(features.sketch, weights), left, right)
    return Voice.of(features.sketch, weights).likeness(left, right)


def _find_kin(features: Features, asks: Flags, weights: Floats) -> NDArray[np.int32]:
    if fast.is_worth(len(features)):
        from keng.engines.link.fast.kin import find_kin

        return find_kin(features, asks, weights)
    return choose_kin(features, Voice.of(features.sketch, weights), *find_models(features, asks))


def decide(features: Features, evidence: Evidence) -> Ints:
    """For each report of a neighbourhood the number of its campaign; equal numbers, one campaign."""
    shares = Shares.of(features, evidence.living)
    group = _near(features, evidence, shares, _groups(features, shares))
    for _ in range(ROUNDS):
        group = _far(features, evidence, shares, listen(features, group))
    return group


def _near(features: Features, evidence: Evidence, shares: Shares, group: Ints) -> Ints:
    """The groups by what is shared (`group`) and by whom single reports read like."""
    established = _established(group, shares)
    winner, silent = _votes(features, evidence, group, established)
    elsewhere = _at_another_time(features, group, winner, evidence.moments)
    winner[elsewhere], silent[elsewhere] = -1, True
    home = np.where(established, np.arange(established.size), winner)
    free = (home[group] < 0) & ~silent[group]
    rest = partition(_free_graph(features, evidence.kin, shares, free))
    found = np.where(home[group] >= 0, home[group], np.where(free, established.size + rest, group))
    return number_groups(features, found)


def _far(features: Features, evidence: Evidence, shares: Shares, speech: Speech) -> Ints:
    """The groups that have joined by what they say altogether."""
    occasions = Occasions.of(features, shares.report, shares.place, shares.value, speech.group)
    return number_groups(features, join_by_profile(speech, evidence.hands, evidence.moments, occasions))


def _groups(features: Features, shares: Shares) -> Ints:
    """The group of each report by what it shares, numbered from 0 in the order of their smallest ranks."""
    return number_groups(features, partition(shares.graph(features)))


def number_groups(features: Features, found: Ints) -> Ints:
    """The same groups, numbered from 0 in the order of their smallest ranks."""
    by_rank = features.by_rank()
    first = np.full(int(found.max(initial=-1)) + 1, found.size)
    first[found[by_rank[::-1]]] = np.arange(found.size)[
        ::-1
    ]  # of several the last that is written stays: the smallest rank
    order = np.empty(first.size, np.int64)
    order[np.argsort(first)] = np.arange(first.size)
    return np.asarray(order[found])


@dataclass(frozen=True, slots=True)
class Shares:
    """Report `report[i]` has the value number `value[i]`, one of `count` that live; `place[i]`: where its features have it."""

    report: Ints
    value: Ints
    place: Ints
    count: int

    @classmethod
    def of(cls, features: Features, living: U64) -> Shares:
        if not living.size:
            nothing = np.empty(0, np.int64)
            return cls(nothing, nothing, nothing, 0)
        place = np.minimum(np.searchsorted(living, features.values), living.size - 1)
        lives = living[place] == features.values
        return cls(features.owners()[lives], place[lives], np.flatnonzero(lives), living.size)

    def graph(self, features: Features) -> Graph:
        return Graph(len(features), self.count, self.report, self.value, features.content())


def _established(group: Ints, shares: Shares) -> Flags:
    """By the number of a group."""
    count = int(group.max(initial=-1)) + 1
    sizes = np.bincount(group, minlength=count)
    held = np.sort(group[shares.report] * max(shares.count, 1) + shares.value)
    starts = group_starts(held)
    ties = starts[np.diff(starts, append=held.size) > 1]
    return (sizes >= GROUP) & (np.bincount(held[ties] // max(shares.count, 1), minlength=count) >= TIES)


def _votes(features: Features, evidence: Evidence, group: Ints, established: Flags) -> tuple[Ints, Flags]:
    """For each group that is not established the one that its reports' likes stand in (-1: none), and which are silent."""
    count = established.size
    report, column = filled(evidence.kin >= 0)
    model = evidence.kin[report, column].astype(np.int64)
    like = measure_likeness(features, evidence.weights, report, model)
    models = distinct(model)
    star = np.concatenate([np.searchsorted(models, model), np.arange(models.size)])
    teller = np.concatenate([report, models])
    near = np.concatenate([like, np.ones(models.size, np.float32)])
    stands = established[group[teller]]
    tellers = np.bincount(star, minlength=models.size)
    standing = np.bincount(star[stands], minlength=models.size)
    speaks = standing > VOTERS * tellers
    counted = np.sort((star * count + group[teller])[stands & speaks[star]])
    starts = group_starts(counted)
    share = np.diff(starts, append=counted.size) / standing[counted[starts] // max(count, 1)]
    of_star, for_group = counted[starts] // max(count, 1), counted[starts] % max(count, 1)
    first = np.searchsorted(of_star, np.arange(models.size + 1))
    asks = ~stands
    return _elect(group[teller[asks]], star[asks], near[asks], first, for_group, share, count)


def _at_another_time(features: Features, group: Ints, winner: Ints, moments: Ints) -> Flags:
    """Which groups are told of at another time than the one that their likes stand in (`winner`; -1: none)."""
    who = np.flatnonzero(winner >= 0)
    time, _ = Times.of(features.at, group).nats(who, winner[who], moments)
    elsewhere = np.zeros(winner.size, np.bool_)
    elsewhere[who[time <= ELSEWHERE]] = True
    return elsewhere


def _elect(
    asker: Ints,
    star: Ints,
    near: NDArray[np.float32],
    first: Ints,
    for_group: Ints,
    share: NDArray[np.float64],
    count: int,
) -> tuple[Ints, Flags]:
    """Sum the votes of each star for each asking group; the winner must have AGREEMENT of them."""
    counts = first[star + 1] - first[star]
    votes = ranges(first[star], counts)
    pair = np.repeat(asker, counts) * count + for_group[votes]
    weight = np.round(share[votes] * np.repeat(near, counts) * (1 << 20)).astype(np.int64)
    order = stable_order(pair)
    pair, weight = pair[order], weight[order]
    starts = group_starts(pair)
    winner, silent = np.full(count, -1), np.zeros(count, np.bool_)
    if not starts.size:
        return winner, silent
    total = np.add.reduceat(weight, starts)
    who, whom = pair[starts] // count, pair[starts] % count
    per = group_starts(who)
    all_votes = np.repeat(np.add.reduceat(total, per), np.diff(per, append=who.size))
    wins = total >= AGREEMENT * all_votes
    winner[who[wins]] = whom[wins]
    silent[who] = True
    silent[who[wins]] = False
    return winner, silent


def _free_graph(features: Features, kin: NDArray[np.int32], shares: Shares, free: Flags) -> Graph:
    """Reports that no established group took: what they share, and whom of each other they read like."""
    report, column = filled(kin >= 0)
    other = kin[report, column].astype(np.int64)
    both = free[report] & free[other]
    report, other = report[both], other[both]
    models = distinct(other)
    number = np.empty(models.size, np.int64)
    number[np.argsort(features.rank[models], kind="stable")] = np.arange(models.size)
    own = free[shares.report]
    return Graph(
        len(features),
        models.size + shares.count,
        np.concatenate([report, models, shares.report[own]]),
        np.concatenate([number[np.searchsorted(models, other)], number, models.size + shares.value[own]]),
        features.content(),
    )
