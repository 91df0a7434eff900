"""Whether two groups of reports had the occasion to show that one hand is behind both, and let it pass.

A report that tells two values of given kinds (an account and a number, say) ties them. If the reports of two groups that do
so were one hand's, taking its values as they come, then of n in one and m in the other 2nm/(n+m) would be expected to tie a
value of the one to a value of the other. Groups that share no value have none, so many expected ones speak for two hands.
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
    """`ties[i]` reports of a group tell two values of kinds that `key[i]` (sorted; the group, then the kinds) names."""

    key: Ints
    ties: Ints

    @classmethod
    def of(cls, features: Features, report: Ints, value: Ints, group: Ints) -> Occasions:
        """From the group of each report, and who has what: report[i] the value features.values[value[i]]."""
        kind, is_link = kind_of(features.values[value])
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
        return cls(key[starts], np.diff(starts, append=key.size))

    def expected(self, left: Ints, right: Ints) -> np.ndarray:
        """How many ties there would be between groups left[i] and right[i] if one hand were behind both: of the pair of
        kinds that tells most."""
        most = np.zeros(left.size)
        for pair in distinct(self.key % _PAIRS).tolist() if left.size else ():
            one, other = self._count(left * _PAIRS + pair), self._count(right * _PAIRS + pair)
            most = np.maximum(most, 2 * one * other / np.maximum(one + other, 1))
        return most

    def _count(self, key: Ints) -> Ints:
        place = np.minimum(np.searchsorted(self.key, key), self.key.size - 1)
        return np.where(self.key[place] == key, self.ties[place], 0)
