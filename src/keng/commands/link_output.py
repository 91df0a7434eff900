"""The lines that `keng link` prints: whole pieces of memory put together, not a million objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keng.base import lines
from keng.engines.link import Book, Report, Strings
from keng.engines.link.explaining import Reasons, explain
from keng.engines.link.graph import distinct
from keng.engines.link.values import Shared, compared, is_named_alike

LINES_AT_ONCE = 1 << 16
_PARTS = (b'{"id":', b',"campaign":"', b'","why":[', b"]}\n", b'{"with":', b',{"with":')
_HEAD, _CAMPAIGN, _WHY, _END, _FIRST, _NEXT = range(len(_PARTS))
_HUNDREDTHS = [b',"kind":"text","value":"%.2f"}' % (hundredth / 100) for hundredth in range(101)]
_COMMON, _PER_LINE, _PER_REASON = len(_PARTS) + len(_HUNDREDTHS), 6, 3

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Names:
    """How to name what is shared: `keys` (sorted, without repeats), and for each the rest of a reason, a comma before."""

    keys: NDArray[np.uint64]
    rests: Strings

    @classmethod
    def of(cls, shared: Iterable[Shared]) -> Names:
        """Of several names for one key the first in the order of the alphabet."""
        chosen: dict[int, Shared] = {}
        for one in shared:
            if chosen.setdefault(one.key, one) > one:
                chosen[one.key] = one
        ordered = sorted(chosen)
        rests = [_rest(chosen[key].kind, chosen[key].value) for key in ordered]
        return cls(np.array(ordered, np.uint64), Strings.of(rests))

    @classmethod
    def of_reports(cls, reports: Iterable[Report]) -> Names:
        return cls.of(one for report in reports for pair in report.indicators for one in compared(*pair))

    def know(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which of these keys can be named."""
        place = np.searchsorted(self.keys, keys)
        return np.asarray(np.append(self.keys, np.uint64(0))[place] == keys)  # what is behind the last is no key

    @classmethod
    def joined(cls, parts: Sequence[Names]) -> Names:
        keys = np.concatenate([np.empty(0, np.uint64), *(part.keys for part in parts)])
        rests = Strings.joined([part.rests for part in parts])
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: keys.size])
        last = np.append(first[1:], keys.size)
        chosen = order[first]
        several = (last - first > 1) & ~is_named_alike(ordered[first])
        for place in np.flatnonzero(several).tolist():
            chosen[place] = min(order[first[place] : last[place]].tolist(), key=rests.__getitem__)
        return cls(ordered[first], rests.take(chosen))


def report_lines(book: Book, rows: Ints, names: Names) -> Iterator[bytes]:
    """The output lines of these rows, many in one piece."""
    known, place = np.unique(rows, return_inverse=True)
    reasons = explain(book, known)
    named = (reasons.key == 0) | names.know(reasons.key)
    reasons = Reasons(*(column[named] for column in (reasons.row, reasons.other, reasons.key, reasons.alike)))
    spoken = distinct(np.concatenate([known, reasons.other]))
    campaigns, campaign = np.unique(book.campaign(known), return_inverse=True)
    codes = Strings.of([book.codes[one] for one in campaigns.tolist()])
    pieces = Strings.joined([_shared_pieces(), book.identifiers(spoken), codes, names.rests])
    shown = _Shown(
        _COMMON + np.searchsorted(spoken, known)[place],
        _COMMON + spoken.size + campaign[place],
        np.searchsorted(reasons.row, rows),
        np.searchsorted(reasons.row, rows, side="right"),
        _COMMON + np.searchsorted(spoken, reasons.other),
        np.where(reasons.key == 0, _text_piece(reasons.alike), 0)
        + np.where(
            reasons.key == 0, 0, _COMMON + spoken.size + campaigns.size + np.searchsorted(names.keys, reasons.key)
        ),
    )
    for first in range(0, rows.size, LINES_AT_ONCE):
        yield pieces.take(shown.numbers(slice(first, first + LINES_AT_ONCE))).letters.tobytes()


@dataclass(frozen=True, slots=True)
class _Shown:
    """The numbers of pieces: of each line its id, its code, and that its reasons are those from `first` to `last`; of each
    reason the other's id and the rest."""

    identifier: Ints
    code: Ints
    first: Ints
    last: Ints
    other: Ints
    rest: Ints

    def numbers(self, part: slice) -> Ints:
        """The pieces of these lines, in order."""
        counts = self.last[part] - self.first[part]
        sizes = _PER_LINE + _PER_REASON * counts
        starts = np.cumsum(sizes) - sizes
        found = np.empty(int(sizes.sum()), np.int64)
        found[starts], found[starts + 1] = _HEAD, self.identifier[part]
        found[starts + 2], found[starts + 3] = _CAMPAIGN, self.code[part]
        found[starts + 4] = _WHY
        found[starts + sizes - 1] = _END
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        reason = np.repeat(self.first[part], counts) + within
        place = np.repeat(starts + _PER_LINE - 1, counts) + _PER_REASON * within
        found[place] = np.where(within == 0, _FIRST, _NEXT)
        found[place + 1] = self.other[reason]
        found[place + 2] = self.rest[reason]
        return found


def _shared_pieces() -> Strings:
    return Strings.of([*_PARTS, *_HUNDREDTHS])


def _text_piece(alike: NDArray[np.float64]) -> Ints:
    """Which of the hundredths a likeness is rounded to: as in printing, halves to the even one (the product is exact)."""
    return len(_PARTS) + np.rint(np.asarray(alike, np.float64) * 100).astype(np.int64)


def _rest(kind: str, value: str) -> bytes:
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f',"kind":"{kind}","value":"{value}"}}'.encode("utf-8", "surrogatepass")
    return b"," + lines.dump({"kind": kind, "value": value}).rstrip()[1:]
