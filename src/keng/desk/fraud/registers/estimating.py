"""How wrong a cleansed register is, from a sample that people reviewed: shares, intervals, groups that fare worse.

A sample is drawn by verdict, so each reviewed record counts for as many as its verdict has records a sampled one. Intervals are
Wilson's score interval at 95 % (E. B. Wilson, 1927, J. Am. Stat. Assoc. 22, 209-212; no continuity correction). For a weighted
share it takes Kish's effective number of records, (sum w)^2 / sum w^2 (L. Kish, Survey Sampling, 1965, 11.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt

Z_95 = 1.959963984540054
SURE = 0.05  # a worse group must be this unlikely by chance (one-sided)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A sampled record with a person's word. `groups`: its province, sex, age band and name group, empty where not told."""

    verdict: str
    is_right: bool
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rate:
    """Shares 0..1. `low`, `high`: the 95 % interval. `reviewed`, `wrong`: records, not weighted."""

    reviewed: int
    wrong: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Slice:
    """A group that is wrong in more than `times` the mean, and not by chance alone."""

    group: str
    value: str
    reviewed: int
    wrong: int
    share: float
    mean: float


def wilson(wrong: float, reviewed: float) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) of nothing.

    >>> [round(end, 4) for end in wilson(0, 100)], [round(end, 4) for end in wilson(5, 100)]
    ([0.0, 0.037], [0.0215, 0.1118])
    """
    if reviewed <= 0:
        return 0.0, 1.0
    share, square = wrong / reviewed, Z_95 * Z_95
    middle = share + square / (2 * reviewed)
    reach = Z_95 * sqrt(share * (1 - share) / reviewed + square / (4 * reviewed * reviewed))
    below = 1 + square / reviewed
    return max(0.0, (middle - reach) / below), min(1.0, (middle + reach) / below)


def rate(reviewed: Sequence[Reviewed], records: Mapping[str, int]) -> Rate:
    """The share of wrong verdicts among all records of the verdicts that were reviewed. `records`: how many each verdict has."""
    drawn: dict[str, int] = {}
    for one in reviewed:
        drawn[one.verdict] = drawn.get(one.verdict, 0) + 1
    weights = [records.get(one.verdict, 0) / drawn[one.verdict] for one in reviewed]
    whole = sum(weights)
    wrong = sum(not one.is_right for one in reviewed)
    if not whole:
        return Rate(len(reviewed), wrong, 0.0, 0.0, 1.0)
    share = sum(weight for one, weight in zip(reviewed, weights, strict=True) if not one.is_right) / whole
    effective = whole * whole / sum(weight * weight for weight in weights)
    return Rate(len(reviewed), wrong, share, *wilson(share * effective, effective))


def rates_by_verdict(reviewed: Iterable[Reviewed]) -> dict[str, Rate]:
    """For each verdict; within one all records weigh the same."""
    by_verdict: dict[str, list[Reviewed]] = {}
    for one in reviewed:
        by_verdict.setdefault(one.verdict, []).append(one)
    return {verdict: rate(some, {verdict: 1}) for verdict, some in by_verdict.items()}


def worse_slices(reviewed: Sequence[Reviewed], times: float) -> list[Slice]:
    """The groups whose share of wrong verdicts is above `times` the mean of the sample, the worst first.

    One wrong record in a group of ten is not taken for a pattern: the group must also hold more wrong ones than chance gives at
    the mean in one sample of twenty (binomial, exact).
    """
    wrong = sum(not one.is_right for one in reviewed)
    if not wrong:
        return []
    mean = wrong / len(reviewed)
    counts: dict[tuple[str, str], list[int]] = {}
    for one in reviewed:
        for group, value in one.groups.items():
            if value:
                count = counts.setdefault((group, value), [0, 0])
                count[0] += 1
                count[1] += not one.is_right
    found = [
        Slice(group, value, all_, bad, bad / all_, mean)
        for (group, value), (all_, bad) in counts.items()
        if bad / all_ > times * mean and at_least(bad, all_, mean) < SURE
    ]
    return sorted(found, key=lambda one: (-one.share, one.group, one.value))


def at_least(wrong: int, reviewed: int, share: float) -> float:
    """The chance of so many wrong ones or more, at that share.

    >>> round(at_least(2, 10, 0.01), 4), at_least(0, 10, 0.5)
    (0.0043, 1.0)
    """
    return sum(comb(reviewed, n) * share**n * (1 - share) ** (reviewed - n) for n in range(wrong, reviewed + 1))
