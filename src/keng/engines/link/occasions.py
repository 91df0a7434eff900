"""Whether two groups of reports had the occasion to show that one hand is behind both, and let it pass.

A report that tells two values of given kinds (an account and a number, say) ties them. If the reports of two groups that do
so were one hand's, taking its values as they come, then of n in one and m in the other 2nm/(n+m) would be expected to tie a
value of the one to a value of the other. Groups that share no value have none, so many expected ones speak for two hands.
Groups that do share one, though it was too little to join them, did not let it pass: what they say decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keng.engines.link.features import Features
from keng.engines.link.graph import Ints, distinct, group_starts
from keng.engines.link.values import RANK_BITS, WEB, kind_of

OCCASION = 3.0  # ties expected and not there, from which on two groups are two hands
_APART = 5  # of a report's values, in order, so far apart or less are paired
_PAIRS = 1 << 2 * RANK_BITS


@dataclass(frozen=True, slots=True)
class Occasions:
    """`ties[i]` reports of a group tell two values of kinds that `key[i]` (sorted; the group, then the kinds) names. `tied`
    (sorted): the pairs of the `groups` that share a value, the smaller number first."""

    key: Ints
    ties: Ints
    tied: Ints
    groups: int

    @classmethod
    def of(cls, features: Features, report: Ints, place: Ints, value: Ints, group: Ints) -> Occasions:
        """From the group of each report, and who has what: report[i] the value features.values[place[i]], by number value[i]."""
        groups = int(group.max(initial=-1)) + 1
        tied = _find_tied(value, group[report], groups)
        kind, is_link = kind_of(features.values[place])
        linked = np.zeros(len(features), np.bool_)
        linked[report[is_link]] = True
        counted = is_link | (kind != WEB) | ~linked[report]  # a link and its domain are one value
        report, kind = report[counted], kind[counted]
        order = np.argsort(report, kind="stable")
        report, kind = report[order], kind[order]
        pairs = [np.empty(0, np.int64)]
        for apart in range(1, _APART + 1):
            same = report[apart:] == report[:-apart]
            one, other = kind[apart:][same], kind[:-apart][same]
            pair = np.minimum(one, other) << RANK_BITS | np.maximum(one, other)
            pairs.append(report[apart:][same] * _PAIRS + pair)
        once = distinct(np.concatenate(pairs))
        key = np.sort(group[once // _PAIRS] * _PAIRS + once % _PAIRS)
        starts = group_starts(key)
        return cls(key[starts], np.diff(starts, append=key.size), tied, groups)

    def expected(self, left: Ints, right: Ints) -> np.ndarray:
        """How many ties there would be between groups left[i] and right[i] if one hand were behind both: of the pair of
        kinds that tells most. None where groups do share a value."""
        most = np.zeros(left.size)
        for pair in distinct(self.key % _PAIRS).tolist() if left.size else ():
            one, other = self._count(left * _PAIRS + pair), self._count(right * _PAIRS + pair)
            most = np.maximum(most, 2 * one * other / np.maximum(one + other, 1))
        if not self.tied.size:
            return most
        pair = np.minimum(left, right) * self.groups + np.maximum(left, right)
        place = np.minimum(np.searchsorted(self.tied, pair), self.tied.size - 1)
        return np.where(self.tied[place] == pair, 0.0, most)

    def _count(self, key: Ints) -> Ints:
        place = np.minimum(np.searchsorted(self.key, key), self.key.size - 1)
        return np.where(self.key[place] == key, self.ties[place], 0)


def _find_tied(value: Ints, group: Ints, groups: int) -> Ints:
    """The pairs of a group that most have a value in and another that has it too."""
    held = np.sort(value * groups + group)
    starts = group_starts(held)
    times = np.diff(starts, append=held.size)
    value, group = held[starts] // max(groups, 1), held[starts] % max(groups, 1)
    first = group_starts(value)
    counts = np.diff(first, append=value.size)
    several = np.repeat(counts > 1, counts)
    value, group, times = value[several], group[several], times[several]
    order = np.lexsort((group, -times, value))
    first = group_starts(value[order])
    home = np.repeat(group[order[first]], np.diff(first, append=order.size))
    other = group[order]
    apart = home != other
    return distinct(np.minimum(home, other)[apart] * groups + np.maximum(home, other)[apart])
