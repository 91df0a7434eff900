"""Every report the engine has seen, the campaign each is in, and what is looked up in them.

Invariant: postings and members are derived from the columns. Rows are only ever added; a code, once given, stays in the
table of codes and is given to no other campaign.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.columns import Column, Postings, index
from keng.engines.link.evidence import LINKS, Floats, plain_weights
from keng.engines.link.features import Features, empty, joined
from keng.engines.link.graph import Ints, group_starts, ranges
from keng.engines.link.profiles import Hands
from keng.engines.link.strings import Strings
from keng.engines.link.words import U64

CODE_BYTES = 10  # of hash in a campaign's code: two of a million campaigns fall together once in 10^12 countries
_BASE_32 = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", np.uint8)
_SHORT = 64  # bytes of ids that are sorted as columns
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Reports that are read but not linked. `identifiers`: each id as JSON, `own` their hashes."""

    identifiers: Strings
    own: U64
    features: Features

    def take(self, places: Ints) -> Batch:
        """These reports, in this order."""
        return Batch(self.identifiers.take(places), self.own[places], self.features.take(places))

    @classmethod
    def joined(cls, parts: Sequence[Batch]) -> Batch:
        """All reports of all parts, in order."""
        return cls(
            Strings.joined([part.identifiers for part in parts]),
            np.concatenate([np.empty(0, np.uint64), *(part.own for part in parts)]),
            joined([part.features for part in parts]),
        )


class Book:
    """See the module. `arrays`: what `to_arrays` gave, or nothing for a new book."""

    def __init__(self, arrays: Arrays | None = None) -> None:
        found = arrays if arrays is not None else _nothing()
        self.columns = {name: Column(found[name]) for name in _COLUMNS}
        self.values = Column(found["values"])
        self.letters = Column(found["letters"])
        self.weights: Floats = found["weights"]
        self.hands = Hands(found["hands_cell"], found["hands_using"], int(found["hands_total"][0]))
        self.moments: Ints = found["moments"]
        self.dead: set[int] = set(found["dead"].tolist())
        self.codes: list[bytes] = found["codes"].tolist()
        self.founders: list[int] = found["founders"].tolist()
        self.unsettled = int(found["unsettled"][0])
        self.phrase_index = Postings(found["phrase_keys"], found["phrase_rows"])
        self.value_index = Postings(found["value_keys"], found["value_rows"])
        self.own_index = Postings(found["own_keys"], found["own_rows"])
        self._order, self._labels = found["member_rows"], found["member_labels"]
        self._members: dict[int, Ints] = {}
        self._times: Counter[int] = Counter()  # how often each row has founded a campaign, of the first `_counted`
        self._counted = 0
        self._indexed = len(self)

    def __len__(self) -> int:
        return len(self.columns["rank"])

    def append(self, batch: Batch) -> Ints:
        """Enter new reports, in no campaign yet (-1); their rows."""
        first, features = len(self), batch.features
        rows = np.arange(first, first + len(features))
        values_before, letters_before = len(self.values), len(self.letters)
        self.values.extend(features.values)
        self.letters.extend(batch.identifiers.letters)
        added: Arrays = {
            "text": features.text,
            "rank": features.rank,
            "phrases": features.phrases,
            "sketch": features.sketch,
            "ends": features.ends + values_before,
            "at": features.at,
            "own": batch.own,
            "letter_ends": batch.identifiers.ends + letters_before,
            "campaign": np.full(rows.size, -1, np.int64),
            "kin": np.full((rows.size, LINKS), -1, np.int32),
        }
        for name, column in added.items():
            self.columns[name].extend(column)
        return rows

    def look_up(self, rows: Ints) -> None:
        """Let rows that were just appended be found by their id, phrases and values."""
        self._indexed = len(self)
        features = self.features(rows)
        for row, phrases in zip(rows.tolist(), features.phrases.tolist(), strict=True):
            for phrase in set(phrases) - {0}:
                self.phrase_index.add(phrase, row)
        for row, value in zip(rows[features.owners()].tolist(), features.values.tolist(), strict=True):
            self.value_index.add(value, row)
        for row, own in zip(rows.tolist(), self.columns["own"].take(rows).tolist(), strict=True):
            self.own_index.add(own, row)

    def index(self) -> None:
        """Let all rows be found: those that were appended in bulk are so only from now on."""
        if self._indexed < len(self):
            arrays = self.to_arrays()
            self.phrase_index = Postings(arrays["phrase_keys"], arrays["phrase_rows"])
            self.value_index = Postings(arrays["value_keys"], arrays["value_rows"])
            self.own_index = Postings(arrays["own_keys"], arrays["own_rows"])
            self._indexed = len(self)

    def find(self, identifier: bytes) -> int | None:
        """The row of a report, if it is in the book."""
        for row in self.own_index.find(int(Strings.of([identifier]).hashes()[0])).tolist():
            if self.identifier(row) == identifier:
                return int(row)
        return None

    def identifier(self, row: int) -> bytes:
        """The report's id as JSON."""
        return self.identifiers(np.array([row]))[0]

    def identifiers(self, rows: Ints) -> Strings:
        """The ids of these rows, each as JSON."""
        ends = self.columns["letter_ends"].take(rows)
        starts = np.where(rows > 0, self.columns["letter_ends"].take(np.maximum(rows - 1, 0)), 0)
        return Strings(self.letters.take(ranges(starts, ends - starts)), np.cumsum(ends - starts))

    def features(self, rows: Ints | None = None) -> Features:
        """The features of these rows, or of all."""
        if rows is None:
            whole = {name: self.columns[name].whole() for name in _FEATURES}
            return Features(**whole, values=self.values.whole())
        taken = {name: self.columns[name].take(rows) for name in _FEATURES}
        starts = np.where(rows > 0, self.columns["ends"].take(np.maximum(rows - 1, 0)), 0)
        counts = taken.pop("ends") - starts
        return Features(**taken, ends=np.cumsum(counts), values=self.values.take(ranges(starts, counts)))

    def campaign(self, rows: Ints) -> Ints:
        """The numbers of the campaigns of these rows, -1 for none yet."""
        return self.columns["campaign"].take(rows)

    def members(self, campaign: int) -> Ints:
        """The rows in a campaign."""
        if campaign not in self._members:
            first, last = np.searchsorted(self._labels, [campaign, campaign + 1])
            self._members[campaign] = self._order[first:last].astype(np.int64)
        return self._members[campaign]

    def move(self, rows: Ints, campaigns: Ints) -> None:
        """Put rows into campaigns. Every row of a campaign that is touched must be among them, or stay where it is."""
        before = self.campaign(rows)
        moved = before != campaigns
        rows, before, campaigns = rows[moved], before[moved], campaigns[moved]
        for campaign in np.unique(before[before >= 0]).tolist():
            self._members[campaign] = np.setdiff1d(self.members(campaign), rows[before == campaign])
        for campaign in np.unique(campaigns).tolist():
            self._members[campaign] = np.concatenate([self.members(campaign), rows[campaigns == campaign]])
        _write(self.columns["campaign"], rows, campaigns)

    def move_all(self, campaigns: Ints) -> None:
        """Put every row into its campaign anew."""
        self.columns["campaign"] = Column(campaigns)
        self._order = np.argsort(campaigns, kind="stable").astype(np.int32)
        self._labels, self._members = campaigns[self._order], {}

    def set_kin(self, rows: Ints, kin: NDArray[np.int32]) -> None:
        _write(self.columns["kin"], rows, kin)

    def new_codes(self, rows: Ints) -> Ints:
        """The numbers of new campaigns whose earliest reports are these."""
        first = len(self.codes)
        if self._counted < first:
            self._times, self._counted = Counter(self.founders), first
        seeds = list(self.identifiers(rows))
        for place, row in enumerate(rows.tolist() if first else ()):
            seeds[place] += b" %d" % self._times[row] if row in self._times else b""
        self.codes += _codes([blake2b(seed, digest_size=CODE_BYTES).digest() for seed in seeds])
        self.founders += rows.tolist()
        self._times.update(rows.tolist() if first else ())
        self._counted = len(self.founders) if first else 0
        return np.arange(first, len(self.codes))

    def by_time(self, rows: Ints) -> Ints:
        """The rows from the earliest to the latest: by time, then id (numbers first, as numbers; text by code points)."""
        at = self.columns["at"].take(rows)
        order = np.argsort(at, kind="stable")
        at = at[order]
        starts = group_starts(at)
        counts = np.diff(starts, append=at.size)
        tied = np.repeat(counts > 1, counts)
        if not tied.any():
            return rows[order]
        if (plain := _plain(self.identifiers(rows[order[tied]]))) is not None:
            order[tied] = order[tied][np.lexsort((plain, at[tied]))]
            return rows[order]
        names = dict(zip(order[tied].tolist(), self.identifiers(rows[order[tied]]), strict=True))
        for start, count in zip(starts[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):
            part = order[start : start + count].tolist()
            order[start : start + count] = sorted(part, key=lambda place: _id_order(names[place]))
        return rows[order]

    def to_arrays(self) -> Arrays:
        """Everything, with the postings made anew."""
        features = self.features()
        row, column = np.nonzero(features.phrases)
        campaign = self.columns["campaign"].whole()
        order = np.argsort(campaign, kind="stable").astype(np.int32)
        phrase_keys, phrase_rows = index(features.phrases[row, column], row, features.rank)
        value_keys, value_rows = index(features.values, features.owners(), features.rank)
        own_keys, own_rows = index(self.columns["own"].whole(), np.arange(len(self)), features.rank)
        return {
            **{name: column.whole() for name, column in self.columns.items()},
            "values": features.values,
            "letters": self.letters.whole(),
            "weights": self.weights,
            "hands_cell": self.hands.cell,
            "hands_using": self.hands.using,
            "hands_total": np.array([self.hands.total]),
            "moments": self.moments,
            "dead": np.array(sorted(self.dead), np.uint64),
            "codes": np.array(self.codes, "S17"),
            "founders": np.array(self.founders, np.int64),
            "unsettled": np.array([self.unsettled]),
            "phrase_keys": phrase_keys,
            "phrase_rows": phrase_rows,
            "value_keys": value_keys,
            "value_rows": value_rows,
            "own_keys": own_keys,
            "own_rows": own_rows,
            "member_rows": order,
            "member_labels": campaign[order],
        }


_FEATURES = ("text", "rank", "phrases", "sketch", "ends", "at")
_COLUMNS = ("text", "rank", "phrases", "sketch", "ends", "at", "own", "letter_ends", "campaign", "kin")


def _nothing() -> Arrays:
    features = empty()
    numbers, rows = np.empty(0, np.int64), np.empty(0, np.int32)
    return {
        "text": features.text,
        "rank": features.rank,
        "phrases": features.phrases,
        "sketch": features.sketch,
        "ends": features.ends,
        "at": numbers,
        "own": features.text,
        "letter_ends": numbers,
        "campaign": numbers,
        "kin": np.empty((0, LINKS), np.int32),
        "values": features.values,
        "letters": np.empty(0, np.uint8),
        "weights": plain_weights(),
        "hands_cell": numbers,
        "hands_using": numbers,
        "hands_total": np.zeros(1, np.int64),
        "moments": numbers,
        "dead": features.text,
        "codes": np.empty(0, "S17"),
        "founders": numbers,
        "unsettled": np.zeros(1, np.int64),
        "phrase_keys": np.empty(0, np.uint32),
        "phrase_rows": rows,
        "value_keys": features.text,
        "value_rows": rows,
        "own_keys": features.text,
        "own_rows": rows,
        "member_rows": rows,
        "member_labels": numbers,
    }


def _write(column: Column, rows: Ints, values: NDArray[Any]) -> None:
    """Change rows. A base that lies in a file is copied page by page as it is written to, never the file."""
    old = len(column.base)
    column.base[rows[rows < old]] = values[rows < old]
    column.added()[rows[rows >= old] - old] = values[rows >= old]


def _codes(digests: list[bytes]) -> list[bytes]:
    """A K and the digest in base 32 (RFC 4648) for each."""
    fives = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 5).astype(np.int64)
    numbers = fives @ (1 << np.arange(32, -1, -8))
    letters = _BASE_32[numbers[:, None] >> np.arange(35, -1, -5) & 31].tobytes()
    length = CODE_BYTES * 8 // 5
    return [b"K" + letters[start : start + length] for start in range(0, len(letters), length)]


def _plain(identifiers: Strings) -> NDArray[np.bytes_] | None:
    """Ids as they sort, if all are short strings without escapes: by their bytes in UTF-8, as by code points."""
    starts, lengths = identifiers.starts(), np.diff(identifiers.ends, prepend=0)
    longest = int(lengths.max(initial=0))
    if longest > _SHORT or (identifiers.letters == ord("\\")).any() or (identifiers.letters[starts] != ord('"')).any():
        return None
    within = np.arange(1, longest)
    letters = identifiers.letters[np.minimum(starts[:, None] + within, identifiers.letters.size - 1)]
    return np.where(within < lengths[:, None] - 1, letters, 0).astype(np.uint8).view(f"S{longest - 1}")[:, 0]


def _id_order(identifier: bytes) -> tuple[bool, int, str]:
    value = json.loads(identifier)
    return (True, 0, value) if isinstance(value, str) else (False, value, "")
