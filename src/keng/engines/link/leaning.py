"""Which campaigns may yet be one: what the engine believes though not surely enough to join them itself, for a person to decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keng.engines.link.believing import COLUMNS, LEANS, Candidates, judge
from keng.engines.link.book import Book
from keng.engines.link.deciding import Shares, number_groups
from keng.engines.link.evidence import hold
from keng.engines.link.graph import Ints, group_starts
from keng.engines.link.occasions import OCCASION, Occasions
from keng.engines.link.profiles import compare_groups, listen


@dataclass(frozen=True, slots=True)
class Leaning:
    """Campaign `code` may belong to `other`. `belief`: how likely (0..1), among the few that it may belong to and none of them;
    `time`: how many nats of it lie in when their reports came, against it if below 0."""

    code: str
    other: str
    belief: float
    time: float


def lean(book: Book, most: int) -> list[Leaning]:
    """The `most` pairs of a settled book that are most worth deciding: likely ones, and of many reports. None that had the occasion
    to share values and share none; a pair once, whichever of the two leans more. The order of arrival means nothing."""
    if not len(book):
        return []
    features = book.features()
    campaign = book.campaign(np.arange(len(features)))
    group = number_groups(features, campaign)
    found = compare_groups(listen(features, group), book.hands, book.moments)
    belief = judge(found)
    rows = np.flatnonzero(belief >= LEANS)
    holdings = hold(features).keys
    shares = Shares.of(features, holdings[~np.isin(holdings, np.array(sorted(book.dead), np.uint64))])
    occasions = Occasions.of(features, shares.report, shares.place, shares.value, group)
    rows = rows[occasions.expected(found.who[rows], found.whom[rows]) < OCCASION]
    rows = _most_worth(found, belief, rows, np.bincount(group))[:most]
    codes = np.empty(int(group.max()) + 1, np.int64)
    codes[group] = campaign
    time = found.found[:, COLUMNS.index("time")]
    return [
        Leaning(
            book.codes[codes[found.who[row]]].decode(),
            book.codes[codes[found.whom[row]]].decode(),
            float(belief[row]),
            float(time[row]),
        )
        for row in rows.tolist()
    ]


def _most_worth(found: Candidates, belief: np.ndarray, rows: Ints, sizes: Ints) -> Ints:
    """A row of each pair, the likelier one, in order of likelihood by the root of how many pairs of reports it would join."""
    who, whom = found.who[rows], found.whom[rows]
    pair = np.minimum(who, whom) * sizes.size + np.maximum(who, whom)
    order = np.lexsort((who, -belief[rows], pair))
    first = order[group_starts(pair[order])]
    worth = belief[rows[first]] * np.sqrt(sizes[who[first]] * sizes[whom[first]])
    return rows[first[np.lexsort((pair[first], -worth))]]
