"""What speaks for two reports being of one campaign: they read alike, or they share a value that tells few stories.

No pair is ever stored. Of all reports with a phrase only the MODELS with the smallest ranks represent it; the others are
compared with those. So a phrase, or a value, that stands in a million reports costs each of them a few comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.features import HALF, Features
from keng.engines.link.graph import Ints, distinct, filled, group_starts, ranges, stable_order
from keng.engines.link.values import RANK_BITS, tolerances
from keng.engines.link.words import BINS, U64

ALIKE = 0.3  # share of what two texts say in common (weighted Jaccard) from which on they read alike
KIN_SHARE = 0.6  # of the likeness to its nearest kin that a link needs: closer kin make a stranger of who is just like
LINKS = 4  # kept of a report, the nearest
MODELS = 3  # reports that represent a phrase
RELATED = 0.15  # likeness from which on two texts may tell one story
SAMPLE = 16  # reports of a value whose stories are compared
OTHERS = 6  # further values of such a report that are looked at
VOUCHES = (
    2  # times as many texts as a value may another have and still speak for it: what everybody has vouches for nobody
)
EVERYBODYS = 1 << 16  # different texts with which a value has become everybody's for good
COMMON = 3  # hands in whose reports a pair of words may stand and still count in full
WITNESSES = 4  # reports of a hand that are read for the words that it uses
FEWEST_SHARED = 3  # pairs of words, or bins of the sketch, below which two texts are not compared further
LEAST_SAID = 1.0  # added to what two texts say together, so that a few rare words in common are not everything
CELL_BITS = 14  # of a bin's hash that tell its cells apart
_CELLS = BINS << CELL_BITS
_FIRST_CELLS = np.arange(BINS, dtype=np.int64) << CELL_BITS
_AT_ONCE = 1 << 16  # comparisons

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Voice:
    """What reports say (`says`: the weights of it summed up, `filled`: in so many bins), and how much each pair of words
    does: 1, or less where many different hands use it."""

    sketch: NDArray[np.uint16]
    weights: Floats
    says: Floats
    filled: NDArray[np.uint8]

    @classmethod
    def of(cls, sketch: NDArray[np.uint16], weights: Floats) -> Voice:
        says, filled = np.zeros(len(sketch), np.float32), np.zeros(len(sketch), np.uint8)
        for column in range(BINS):
            cells = sketch[:, column]
            said = cells != 0
            says += weights[_FIRST_CELLS[column] | cells >> 16 - CELL_BITS] * said
            filled += said
        return cls(sketch, weights, says, filled)

    def likeness(self, left: Ints, right: Ints) -> Floats:
        """What the texts of rows left[i] and right[i] have in common of all that they say, 0..1 (weighted Jaccard).

        A bin that both fill differently counts as one thing said, of the mean weight of what the two say.
        """
        result = np.zeros(left.size, np.float32)
        for start in range(0, left.size, _AT_ONCE):
            one, other = left[start : start + _AT_ONCE], right[start : start + _AT_ONCE]
            said, others = self.sketch[one], self.sketch[other]
            same = (said == others) & (said != 0)
            times = np.count_nonzero(same, axis=1)
            promising = np.flatnonzero(times >= FEWEST_SHARED)
            pair, column = np.nonzero(same[promising])
            weight = self.weights[_FIRST_CELLS[column] | said[promising[pair], column] >> 16 - CELL_BITS]
            common = np.bincount(pair, weights=weight, minlength=promising.size).astype(np.float64)
            both = np.count_nonzero((said[promising] != 0) & (others[promising] != 0), axis=1) - times[promising]
            result[start + promising] = common / self._said(one[promising], other[promising], common, both)
        return result

    def _said(self, one: Ints, other: Ints, common: NDArray[np.float64], both: Ints) -> NDArray[np.float64]:
        mean = (self.says[one] / self.filled[one] + self.says[other] / self.filled[other]) / 2
        return np.asarray(self.says[one] + self.says[other] - common - both * mean + LEAST_SAID)


def plain_weights() -> Floats:
    """The weights of a set in which no hands are known."""
    return np.ones(_CELLS, np.float32)


def weigh(features: Features, hand: Ints) -> Floats:
    """The weights (Voice) by how many hands use a pair of words. `hand`: by report; one of a single report does not count."""
    sketch = features.sketch
    by_rank = features.by_rank()
    order = by_rank[stable_order(hand[by_rank])]
    starts = group_starts(hand[order])
    counts = np.diff(starts, append=order.size)
    starts, counts = starts[counts > 1], np.minimum(counts[counts > 1], WITNESSES)
    witnesses = order[ranges(starts, counts)]
    owner = np.repeat(np.arange(starts.size), counts)
    report, column = filled(sketch[witnesses])
    cell = _FIRST_CELLS[column] | sketch[witnesses[report], column] >> 16 - CELL_BITS
    used = distinct(owner[report] * _CELLS + cell)
    hands = np.bincount(used % _CELLS, minlength=_CELLS)
    return np.minimum(1, COMMON / np.maximum(hands, 1)).astype(np.float32)


def find_models(features: Features, asks: Flags) -> tuple[Ints, Ints]:
    """Candidates: (report, model) without repeats, where one of both asks. A model has a phrase in common and a smaller rank."""
    by_rank = np.argsort(features.rank)
    phrases = features.phrases[by_rank]
    place, column = np.nonzero(phrases)
    packed = phrases[place, column].astype(np.uint64) << HALF | place.astype(np.uint64)
    packed.sort()
    place = (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)
    starts = group_starts(packed >> HALF)
    counts = np.diff(starts, append=place.size)
    asking = asks[by_rank]
    pairs = []
    for number in range(MODELS):
        model = np.repeat(place[starts + np.minimum(number, counts - 1)], counts)
        wanted = (place > model) & (asking[place] | asking[model])
        pairs.append(place[wanted] << 32 | model[wanted])
    pair = distinct(np.concatenate(pairs))
    return by_rank[pair >> 32], by_rank[pair & 0xFFFFFFFF]


def choose_kin(features: Features, voice: Voice, reports: Ints, models: Ints) -> NDArray[np.int32]:
    """For each report the rows of the (at most LINKS) models that it reads most like, nearest first; -1 for none."""
    like = voice.likeness(reports, models)
    close = like >= ALIKE
    reports, models, like = reports[close], models[close], like[close]
    order = np.lexsort((features.rank[models], -like, reports))
    reports, models, like = reports[order], models[order], like[order]
    starts = group_starts(reports)
    counts = np.diff(starts, append=reports.size)
    place = np.arange(reports.size) - np.repeat(starts, counts)
    kept = (place < LINKS) & (like >= KIN_SHARE * np.repeat(like[starts], counts))
    kin = np.full((len(features), LINKS), -1, np.int32)
    kin[reports[kept], place[kept]] = models[kept]
    return kin


@dataclass(frozen=True, slots=True)
class Holdings:
    """Who has each value: `rows[starts[i]:ends[i]]` have `keys[i]`, by rank."""

    keys: U64
    starts: Ints
    ends: Ints
    rows: Ints


def hold(features: Features) -> Holdings:
    """The values of these reports, each with its holders."""
    owners = features.owners()
    place = np.empty(len(features), np.int64)
    place[features.by_rank()] = np.arange(len(features))
    by_rank = stable_order(place[owners])
    order = by_rank[np.argsort(features.values[by_rank], kind="stable")]
    values = features.values[order]
    starts = group_starts(values)
    return Holdings(values[starts], starts, np.append(starts[1:], values.size), owners[order])


def find_living(features: Features, holdings: Holdings, dead: U64 | None = None) -> Flags:
    """Which values join their holders: those in few texts, or in more that tell few stories. `dead`: the keys (sorted) of
    values that are known to join nobody, and so vouch for no other."""
    story = features.rank[holdings.rows] >> HALF
    new = np.concatenate([[True], story[1:] != story[:-1]]) if story.size else np.empty(0, np.bool_)
    new[holdings.starts] = True
    texts = np.add.reduceat(new, holdings.starts, dtype=np.int64) if story.size else np.empty(0, np.int64)
    kind = (holdings.keys & np.uint64((1 << RANK_BITS) - 1)).astype(np.int64)
    free, stories = (np.array(column) for column in zip(*((t.free, t.stories) for t in tolerances()), strict=True))
    living: Flags = texts <= free[kind]
    doubtful = np.flatnonzero(~living & (texts <= EVERYBODYS))
    place = np.cumsum(new) - 1
    of_text = holdings.rows[new]
    first = place[holdings.starts[doubtful]]
    sample = of_text[np.minimum(first[:, None] + np.arange(SAMPLE), (first + texts[doubtful] - 1)[:, None])]
    heard = texts if dead is None else np.where(np.isin(holdings.keys, dead), features.rank.size * VOUCHES + 1, texts)
    vouch = _Vouchers(features, holdings.keys, heard)
    living[doubtful] = _count_stories(features, sample, doubtful, vouch) <= stories[kind[doubtful]]
    return living


@dataclass(frozen=True, slots=True)
class _Vouchers:
    """The values (`keys`, sorted) that may speak for others, and in how many `texts` each is."""

    features: Features
    keys: U64
    texts: Ints

    def of(self, rows: Ints, numbers: Ints) -> U64:
        """Up to OTHERS values of each row beside the one with this number; 0 for none, or for one in many more texts."""
        ends = self.features.ends
        starts = np.concatenate([[0], ends])[rows]
        places = starts[:, None] + np.arange(OTHERS)
        inside = places < ends[rows][:, None]
        values = self.features.values[np.minimum(places, self.features.values.size - 1)]
        own = self.keys[numbers][:, None]
        few = self.texts[np.searchsorted(self.keys, values)] <= VOUCHES * self.texts[numbers][:, None]
        return np.where(inside & few & (values != own), values, np.uint64(0))


def _count_stories(features: Features, sample: Ints, numbers: Ints, vouchers: _Vouchers) -> NDArray[np.float64]:
    """How many stories each row of reports tells: one over the chance that two of them are related (inverse Simpson)."""
    related = np.full(len(sample), SAMPLE, np.int64)
    sketches = [features.sketch[sample[:, number]] for number in range(SAMPLE)]
    others = [vouchers.of(sample[:, number], numbers) for number in range(SAMPLE)]
    for left in range(SAMPLE):
        for right in range(left):
            alike = _plain_likeness(sketches[left], sketches[right]) >= RELATED
            shares = (others[left][:, :, None] == others[right][:, None, :]) & (others[left] != 0)[:, :, None]
            related += 2 * (alike | shares.any(axis=(1, 2)))
    return SAMPLE**2 / related


def _plain_likeness(one: NDArray[np.uint16], other: NDArray[np.uint16]) -> NDArray[np.float64]:
    same = np.count_nonzero((one == other) & (one != 0), axis=1)
    return np.asarray(same / np.maximum(np.count_nonzero(one | other, axis=1), 1))
