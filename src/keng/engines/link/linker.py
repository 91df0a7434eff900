"""Reports into campaigns: many at once by the whole set's evidence, or one at a time by that of its neighbourhood.

Invariant: after `settle` the campaigns are a function of the set of reports alone. Between two settlings a report that
arrives is decided with the reports of the campaigns that it touches, if they are few, else it is put with those it shares
most with. Settling is due when the reports that came since are a share of all, so its cost for each report is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.book import Batch, Book
from keng.engines.link.columns import Column
from keng.engines.link.deciding import AGREEMENT, Evidence, decide, settle
from keng.engines.link.evidence import EVERYBODYS, MODELS, Voice, choose_kin, find_living, hold
from keng.engines.link.features import Features, joined
from keng.engines.link.graph import Ints, group_starts
from keng.engines.link.reading import Report, read_batch
from keng.engines.link.words import U64

NEIGHBOURS = 1500  # reports that are decided anew when one arrives
FEW = 20_000  # reports that are settled at every call
DUE_SHARE = 1 / 50  # of all reports: so many unsettled make a settling due


@dataclass(frozen=True, slots=True)
class Change:
    """A campaign is no more as it was: it went into another one, or a part of it left for another one."""

    code: str
    into: str
    whole: bool


@dataclass(frozen=True, slots=True)
class SameIdentifierError(Exception):
    """Another report with this id has another text."""


class Linker:
    """Campaigns over a book of reports."""

    def __init__(self, book: Book | None = None) -> None:
        self.book = Book() if book is None else book

    def add(self, report: Report) -> tuple[int, list[Change]]:
        """Enter one report: its row, and what changed for campaigns there were. The same report again changes nothing.

        Raises SameIdentifierError. Cost: a look-up for each of its phrases and values, and its neighbourhood decided anew.
        """
        batch = read_batch([report])
        self.book.index()
        known = self.book.find(batch.identifiers[0])
        if known is not None:
            self.check_same(known, batch.features.text[0])
            return known, []
        return self.enter(batch)

    def check_same(self, row: int, text: np.uint64) -> None:
        """Raises SameIdentifierError unless the report in this row has this text (its hash)."""
        if self.book.columns["text"].take(np.array([row]))[0] != text:
            raise SameIdentifierError

    def enter(self, batch: Batch) -> tuple[int, list[Change]]:
        """`add` of one report that is read and known to be new."""
        book = self.book
        book.index()
        row = book.append(batch)
        kin = self._find_kin(row, batch.features)
        book.set_kin(row, kin)
        holders = self._find_holders(batch.features)
        book.look_up(row)
        book.unsettled += 1
        near = np.unique(book.campaign(np.concatenate([kin[kin >= 0].astype(np.int64), holders])))
        members = [book.members(campaign) for campaign in near.tolist()]
        if sum(map(len, members)) > NEIGHBOURS:
            return int(row[0]), self._join_nearest(row, kin[0], holders)
        rows = np.sort(np.concatenate([*members, row]))
        return int(row[0]), self._give_codes(rows, self._decide_near(rows))

    def extend(self, batch: Batch) -> Ints:
        """Enter many new reports, in no campaign until `settle`; their rows."""
        self.book.unsettled += len(batch.features)
        return self.book.append(batch)

    def is_due(self, coming: int = 0) -> bool:
        """Whether so many more reports make a settling due."""
        total = len(self.book) + coming
        return total <= FEW or self.book.unsettled + coming > DUE_SHARE * total

    def settle(self) -> list[Change]:
        """Decide all reports anew by the whole set's evidence; what changed for campaigns there were before."""
        features = self.book.features()
        evidence, campaigns = settle(features)
        self.book.weights, self.book.hands, self.book.moments = evidence.weights, evidence.hands, evidence.moments
        self.book.columns["kin"] = Column(evidence.kin)
        self.book.dead = set(evidence.dead.tolist())
        self.book.unsettled = 0
        return self._give_codes(np.arange(len(features)), campaigns)

    def code(self, row: int) -> str:
        """The code of the campaign that a report is in."""
        return self.book.codes[int(self.book.campaign(np.array([row]))[0])].decode()

    def _find_kin(self, row: Ints, features: Features) -> NDArray[np.int32]:
        """The kin of one new report, among those that represent its phrases."""
        book = self.book
        phrases = features.phrases[0][features.phrases[0] != 0].tolist()
        found = [book.phrase_index.find(phrase, MODELS) for phrase in phrases]
        models = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
        near = joined([features, book.features(models)])
        place = np.arange(1, models.size + 1)
        kin = choose_kin(near, Voice.of(near.sketch, book.weights), np.zeros(models.size, np.int64), place)[:1]
        return np.where(kin > 0, np.append(row, models)[kin], -1).astype(np.int32)

    def _find_holders(self, features: Features) -> Ints:
        """A report for each campaign that shares a living value with a new one."""
        found = [np.empty(0, np.int64)]
        for value in features.values.tolist():
            if value in self.book.dead:
                continue
            if self.book.value_index.count(value) > EVERYBODYS:
                self.book.dead.add(value)
                continue
            rows = self.book.value_index.find(value)
            found.append(rows[np.unique(self.book.campaign(rows), return_index=True)[1]])
        return np.concatenate(found)

    def _decide_near(self, rows: Ints) -> Ints:
        features = self.book.features(rows)
        kin = self.book.columns["kin"].take(rows)
        place = np.minimum(np.searchsorted(rows, kin), rows.size - 1)
        local = np.where((kin >= 0) & (rows[place] == kin), place, -1).astype(np.int32)
        book, living = self.book, self._living_near(features)
        return decide(features, Evidence(local, living, book.weights, book.hands, book.moments))

    def _living_near(self, features: Features) -> U64:
        """The values that join, of these reports; one that has come to tell too many stories is dead from now on."""
        holdings = hold(features)
        living = find_living(features, holdings, np.array(sorted(self.book.dead), np.uint64))
        self.book.dead.update(holdings.keys[~living].tolist())
        alive = [key not in self.book.dead for key in holdings.keys.tolist()]
        return holdings.keys[np.array(alive, np.bool_)]

    def _join_nearest(self, row: Ints, kin: NDArray[np.int32], holders: Ints) -> list[Change]:
        """Put one report with the campaign that it shares most with; where its likes stand apart, in one of its own."""
        votes = self.book.campaign(holders)
        if not votes.size:
            votes = self.book.campaign(kin[kin >= 0].astype(np.int64))
        campaigns, counts = np.unique(votes, return_counts=True)
        sizes = [len(self.book.members(campaign)) for campaign in campaigns.tolist()]
        best = max(range(campaigns.size), key=lambda place: (counts[place], sizes[place], -campaigns[place]))
        agreed = holders.size > 0 or counts[best] >= AGREEMENT * counts.sum()
        target = campaigns[best : best + 1] if agreed else self.book.new_codes(row)
        self.book.move(row, target)
        return []

    def _give_codes(self, rows: Ints, label: Ints) -> list[Change]:
        """Write down a new partition of these rows. A code goes with the earliest report of its campaign; the code that is
        in use for the earliest of several stays for all of them."""
        book = self.book
        ordered = book.by_time(rows)
        place = np.empty(rows.size, np.int64)
        place[np.searchsorted(rows, ordered)] = np.arange(rows.size)
        _, label = np.unique(label, return_inverse=True)
        before = book.campaign(rows)
        heads = _first_of(before[before >= 0], place[before >= 0])
        stays = np.full(int(label.max(initial=-1)) + 1, -1, np.int64)
        label_by_time = label[np.searchsorted(rows, ordered)]
        went: list[tuple[int, int]] = []
        for campaign, head in heads:
            target = int(label_by_time[head])
            if stays[target] < 0:
                stays[target] = campaign
            else:
                went.append((campaign, target))
        founders = [(target, head) for target, head in _first_of(label, place) if stays[target] < 0]
        new = np.array(founders, np.int64).reshape(-1, 2)
        stays[new[:, 0]] = book.new_codes(ordered[new[:, 1]])
        after = stays[label]
        gone = {campaign for campaign, _ in went}
        parted = np.unique(np.stack([before, after])[:, (before >= 0) & (before != after)], axis=1).T.tolist()
        if rows.size == len(book):
            book.move_all(after)
        else:
            book.move(rows, after)
        changes = [self._change(campaign, int(stays[target]), True) for campaign, target in went]
        return changes + [self._change(left, into, False) for left, into in parted if left not in gone]

    def _change(self, campaign: int, into: int, whole: bool) -> Change:
        return Change(self.book.codes[campaign].decode(), self.book.codes[into].decode(), whole)


def _first_of(groups: Ints, place: Ints) -> list[tuple[int, int]]:
    """(group, its smallest place), by that place."""
    order = np.lexsort((place, groups))
    starts = order[group_starts(groups[order])]
    starts = starts[np.argsort(place[starts])]
    return list(zip(groups[starts].tolist(), place[starts].tolist(), strict=True))
