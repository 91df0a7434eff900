"""How surely a group belongs to another that says what it says, and which groups join: a logit over the likeliest few and none.

A report, or two, are a small group and go by all that they say; three or more are a large one, which is known by itself.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.graph import Ints, group_starts
from keng.engines.link.occasions import OCCASION, Occasions

COLUMNS = (
    "nats",
    "theirs",
    "further",
    "size",
    "time",
    "base",
)  # what speaks for it; the weights are in data/belief.toml
SHOWN, LIKE_OWN = 10.0, 0.3  # nats of a large group, if such a share of what its reports have among themselves
HINTED, AS_OWN = 5.0, 0.8  # the same of one that says as little in common itself as it shares with another
RATHER = 0.2  # belief from which on a large group goes where it says what another does
TIMELESS = 1.0  # nats that time could say at most, below which belief misses what it was fitted with
ELSEWHERE = -1.0  # nats of time, from which on a large group that says what another does is told of at other times
LEANS = 0.05  # belief from which on a person may be asked
MOST_TENS = 6.0  # of a large group's nats: more says nothing more

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Group `who[i]` (sorted) may belong to `whom[i]`. `found`: COLUMNS of it; `says_enough`: as much as groups of one hand do;
    `is_timeless`: both are told of at nearly all times."""

    who: Ints
    whom: Ints
    is_large: Flags
    found: Floats
    says_enough: Flags
    is_timeless: Flags

    @classmethod
    def of(
        cls, who: Ints, whom: Ints, is_large: Flags, said: Said, sizes: Ints, time: Floats, most_of_time: Floats
    ) -> Candidates:
        """`sizes`: reports by group; `time`: nats of when they came, and how many they could be (Times.nats)."""
        nats = np.where(is_large, said.nats, said.nats / said.speakers[who])
        own = np.where(is_large, said.own[who], said.own[whom] / np.maximum(said.speakers[whom], 1))
        theirs = np.clip(nats / np.maximum(own, 0.1), 0, np.where(is_large, 2, 1))
        further = np.where(is_large, np.minimum(said.nats / 10, MOST_TENS), said.altogether)
        logarithms = np.where(is_large, np.log(np.maximum(nats, 1e-3)), np.log1p(nats)), np.log(sizes[whom])
        found = np.stack([logarithms[0], theirs, further, logarithms[1], time, np.ones(who.size)], axis=1)
        shown = (said.nats >= SHOWN) & (said.nats >= LIKE_OWN * said.own[who])
        hinted = (said.nats >= HINTED) & (said.nats >= AS_OWN * said.own[who])
        return cls(who, whom, is_large, found, shown | hinted, most_of_time < TIMELESS)


@dataclass(frozen=True, slots=True)
class Said:
    """By pair, how many nats likelier what a group says is from the other than from anybody (`nats`), and all that it says of
    small ones (`altogether`); by group, the same among its own (`own`) and how many were asked (`speakers`)."""

    nats: NDArray[np.float32]
    altogether: NDArray[np.float32]
    own: NDArray[np.float32]
    speakers: Ints


@dataclass(frozen=True, slots=True)
class Bars:
    """data/belief.toml: a weight for each of COLUMNS, and how sure it must be."""

    nats: float
    theirs: float
    further: float
    size: float
    time: float
    base: float
    belief: float

    def weigh(self, found: Floats) -> Floats:
        """What speaks for each row, the same to the last bit however many there are."""
        weighed: Floats = (found * np.array([getattr(self, name) for name in COLUMNS])).sum(axis=1)
        return weighed


@cache
def bars() -> tuple[Bars, Bars]:
    """Of small groups, and of large ones."""
    with (files(__package__) / "data" / "belief.toml").open("rb") as file:
        found = tomllib.load(file)
    return Bars(**found["small"]), Bars(**found["large"])


def choose(candidates: Candidates, occasions: Occasions) -> tuple[Ints, Ints]:
    """Which groups join which: each at most the one that it is believed to belong to most."""
    small, large = bars()
    belief = judge(candidates)
    order = np.lexsort((-belief, candidates.who))
    best = order[group_starts(candidates.who[order])]
    is_large = candidates.is_large[best]
    joins = belief[best] >= np.where(is_large, large.belief, small.belief)
    is_then = candidates.found[best, COLUMNS.index("time")] > ELSEWHERE
    joins |= (
        is_large & candidates.says_enough[best] & is_then & ((belief[best] >= RATHER) | candidates.is_timeless[best])
    )
    who, whom = candidates.who[best[joins]], candidates.whom[best[joins]]
    apart = occasions.expected(who, whom) >= OCCASION
    return who[~apart], whom[~apart]


def judge(candidates: Candidates) -> Floats:
    """How likely each is right."""
    small, large = bars()
    evidence = np.where(candidates.is_large, large.weigh(candidates.found), small.weigh(candidates.found))
    return believe(candidates.who, evidence)


def believe(who: Ints, evidence: Floats) -> Floats:
    """How likely each pair is right: of the pairs of one group and none of them, one is (multinomial logit)."""
    starts = group_starts(who)
    if not starts.size:
        return evidence
    counts = np.diff(starts, append=who.size)
    most = np.repeat(np.maximum(np.maximum.reduceat(evidence, starts), 0), counts)
    share = np.exp(evidence - most)
    found: Floats = share / (np.repeat(np.add.reduceat(share, starts), counts) + np.exp(-most))
    return found
