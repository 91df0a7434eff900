"""When groups are told of: a scam runs for hours or weeks, so a report of those days is rather of it than one of another month.

Time is one more thing that a report says, and weighs as words do: by how much likelier it is from a group than from anybody. In
a set whose reports come evenly from first to last it says nothing, for then anybody tells at any time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.graph import Ints, stable_order

MOMENTS = 1024  # of a whole set: by them is known what share of all reports come when
POINTS = 5  # moments of a group, from nearly its first to nearly its last, that stand for all
EDGE = 0.02  # share of a group's reports before the first of them, and after the last
AROUND = 1.5  # mean gaps between a group's reports by which it may be told of before and after
LEAST_AROUND = 12 * 3600 * 1_000_000  # microseconds: the same at least
ANY_TIME = (
    0.05  # share of a scam's reports that come at any time: a clock that is wrong, a victim who found the courage
)

Floats = NDArray[np.float64]


def moments_of(at: Ints) -> Ints:
    """Moments that part the reports into equal shares, at most MOMENTS of them. `at`: microseconds since 1970."""
    ordered = np.sort(at)
    if ordered.size <= MOMENTS:
        return ordered
    return np.asarray(ordered[np.linspace(0, ordered.size - 1, MOMENTS).round().astype(np.int64)])


@dataclass(frozen=True, slots=True)
class Times:
    """By the number of a group: POINTS moments of it, and from when to when it may be told of."""

    points: Ints
    low: Ints
    high: Ints

    @classmethod
    def of(cls, at: Ints, group: Ints) -> Times:
        """`at`, `group`: of each report; every number up to the largest is a group's."""
        by_time = np.argsort(at, kind="stable")
        ordered = at[by_time][stable_order(group[by_time])]
        counts = np.bincount(group)
        first = np.cumsum(counts) - counts
        shares = np.linspace(EDGE, 1 - EDGE, POINTS)
        points = ordered[first[:, None] + ((counts - 1)[:, None] * shares).astype(np.int64)]
        low, high = (points[:, 0], points[:, -1]) if counts.size else (counts, counts)
        around = np.maximum(LEAST_AROUND, AROUND * (high - low) / np.maximum(counts - 1, 1)).astype(np.int64)
        return cls(points, low - around, high + around)

    def nats(self, one: Ints, other: Ints, moments: Ints) -> tuple[Floats, Floats]:
        """By how much likelier the reports of the groups one[i] come when they do if they are of other[i] than if they are
        anybody's, or the other way round if that is more; and how much more than nothing that could be at most. Nothing where no
        `moments` are known."""
        if not moments.size:
            return np.zeros(one.size), np.zeros(one.size)
        inside = np.searchsorted(moments, self.high, side="right") - np.searchsorted(moments, self.low)
        share = np.maximum(inside, 1) / moments.size
        within = np.maximum(np.log((1 - ANY_TIME) / share + ANY_TIME), 0)
        nats = np.maximum(self._nats(one, other, within), self._nats(other, one, within))
        return nats, np.maximum(within[one], within[other])

    def _nats(self, one: Ints, other: Ints, within: Floats) -> Floats:
        points = self.points[one]
        inside = ((points >= self.low[other, None]) & (points <= self.high[other, None])).mean(axis=1)
        return np.asarray(inside * within[other] + (1 - inside) * np.log(ANY_TIME))
