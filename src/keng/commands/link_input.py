"""The reports that `keng link` reads: blocks of them as whole columns where that is possible, else line by line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from keng.base import lines
from keng.base.whole_lines import is_large, letters_of, read_columns, read_times
from keng.commands.link_output import Names
from keng.engines import link
from keng.engines.extract import extract
from keng.engines.link import Batch, Book, Columns, Report, Strings, fast, read_batch

if TYPE_CHECKING:
    import pyarrow as pa

OTHER_TEXT = 'this "id" has come with another text'
LARGE_BYTES = 8 << 20  # of input: some fast.WORTH reports
_ESCAPED = np.array([letter < 0x20 or letter in b'"\\' for letter in range(256)])  # bytes that JSON escapes in a string

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The reports of a block with the numbers of their lines, and how to name what they share."""

    numbers: list[int]
    batch: Batch
    names: Names


def read_input(book: Book, source: BinaryIO, tally: lines.Tally, workers: int) -> tuple[Ints, Names, Batch]:
    """For each good line the row of its report; how to name what they share; and the reports that are new, which get the
    next rows of the book. Raises UnusableError, WorkerDiedError."""
    if is_large(source, LARGE_BYTES) and fast.is_there():
        fast.load_words()  # before the workers start, which are copies of this process
    seen = _Seen(book)
    for block in lines.map_rows(source, prepare, tally, workers, prepare_whole):
        seen.add(block, tally)
    return seen.rows(), Names.joined(seen.names), Batch.joined(seen.parts)


def prepare(rows: lines.Numbered) -> lines.Prepared[_Prepared]:
    """The good rows of a block as reports, their texts read."""
    reports, numbers = [], []
    bad = []
    for number, row in rows:
        try:
            reports.append(read_report(row))
        except lines.BadRowError as problem:
            bad.append((number, str(problem)))
            continue
        numbers.append(number)
    return _Prepared(numbers, read_batch(reports), Names.of_reports(reports)), bad


def prepare_whole(first_number: int, block: bytes) -> tuple[_Prepared, int] | None:
    """The same of a block in which nothing is out of the ordinary, and how many lines it has; None for any other."""
    found = read_columns(block, _schema())
    columns = _as_columns(found) if found is not None else None
    if columns is None:
        return None
    large = first_number * len(block) > LARGE_BYTES * len(columns.at)
    batch, shared = link.read_columns(columns, large=large or fast.is_loaded())
    count = len(columns.at)
    return _Prepared(list(range(first_number, first_number + count)), batch, Names.of(shared)), count


def read_report(row: lines.Row) -> Report:
    """A line as a report, its indicators found if none are given; raises BadRowError."""
    identifier, at, text = lines.require_id(row), lines.require_time(row), lines.require_text(row)
    pairs = _indicators(row.get("indicators"))
    if pairs is None:
        sender = lines.optional_text(row, "sender")
        pairs = tuple((found.kind.value, found.value) for found in extract(text, sender=sender).indicators)
    return Report(identifier, at, text, pairs)


def _indicators(given: object) -> tuple[tuple[str, str], ...] | None:
    if given is None:
        return None
    if not isinstance(given, list):
        raise lines.BadRowError('"indicators" is not a list')
    return tuple(map(_indicator, given))


def _indicator(given: object) -> tuple[str, str]:
    if isinstance(given, dict):
        kind, value = given.get("kind"), given.get("value")
        if isinstance(kind, str) and isinstance(value, str):
            return kind, value
    raise lines.BadRowError('"indicators" has one without "kind" and "value"')


@cache
def _schema() -> pa.Schema:
    import pyarrow as pa

    pair = pa.struct([("kind", pa.string()), ("value", pa.string())])
    return pa.schema([("id", pa.string()), ("at", pa.string()), ("text", pa.string()), ("indicators", pa.list_(pair))])


def _as_columns(found: pa.RecordBatch) -> Columns | None:
    """The columns of reports; None if one has no indicators, or anything that must be told or written otherwise."""
    identifier, at, text, told = (found.column(name) for name in ("id", "at", "text", "indicators"))
    pairs = told.flatten()
    kind, value = pairs.field("kind"), pairs.field("value")
    if any(column.null_count for column in (identifier, at, text, told, pairs, kind, value)):
        return None
    identifiers, texts, times = Strings(*letters_of(identifier)), Strings(*letters_of(text)), read_times(at)
    longest = np.diff(texts.ends, prepend=0).max(initial=0)
    if times is None or longest > lines.LONGEST_TEXT_BYTES or _ESCAPED[identifiers.letters].any():
        return None
    different, place = _different(kind, value)
    told_by = np.repeat(np.arange(len(times)), told.value_lengths().to_numpy())
    return Columns(identifiers.within(b'"', b'"'), times, texts, different, told_by, place)


def _different(kind: pa.StringArray, value: pa.StringArray) -> tuple[list[tuple[str, str]], Ints]:
    """The different pairs, and which of them stands at each place."""
    kinds, values = kind.dictionary_encode(), value.dictionary_encode()
    count = max(len(values.dictionary), 1)
    both = kinds.indices.to_numpy().astype(np.int64) * count + values.indices.to_numpy()
    different, place = np.unique(both, return_inverse=True)
    names, written = kinds.dictionary.to_pylist(), values.dictionary.to_pylist()
    return [(names[one // count], written[one % count]) for one in different.tolist()], place


class _Seen:
    """What has been read: blocks of new reports, and for each good line where its report is to be found."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._own: dict[int, int] = {}  # the hash of an id -> its place among the new reports
        self._rows: list[Ints] = []
        self._count = 0
        self.parts: list[Batch] = []
        self.names: list[Names] = []

    def rows(self) -> Ints:
        return np.concatenate([np.empty(0, np.int64), *self._rows])

    def add(self, block: _Prepared, tally: lines.Tally) -> None:
        """Enter the reports of a block; one whose id came with another text is told and skipped."""
        self.names.append(block.names)
        own = block.batch.own.tolist()
        if not self._own.keys().isdisjoint(own) or len(set(own)) < len(own) or len(self._book):
            self._add_each(block, own, tally)
            return
        self._own.update(zip(own, range(self._count, self._count + len(own)), strict=True))
        self._enter(block.batch)
        self._rows.append(np.arange(self._count - len(own), self._count))

    def _enter(self, batch: Batch) -> None:
        self.parts.append(batch)
        self._count += len(batch.features)

    def _add_each(self, block: _Prepared, own: list[int], tally: lines.Tally) -> None:
        batch = block.batch
        texts, first = batch.features.text.tolist(), len(self._book)
        rows: list[int] = []
        new: list[int] = []
        for place, (number, key, identifier) in enumerate(zip(block.numbers, own, batch.identifiers, strict=True)):
            known = self._find(key, identifier, new, batch)
            if known is None:
                self._own.setdefault(key, self._count + len(new))
                rows.append(first + self._count + len(new))
                new.append(place)
            elif known[1] == texts[place]:
                rows.append(known[0])
            else:
                tally.skip(number, OTHER_TEXT)
        self._enter(batch.take(np.array(new, np.int64)))
        self._rows.append(np.array(rows, np.int64))

    def _find(self, key: int, identifier: bytes, new: list[int], batch: Batch) -> tuple[int, int] | None:
        """The row and the text (its hash) of a report that is known, in the book or since."""
        book = self._book
        row = book.find(identifier) if len(book) else None
        if row is not None:
            return row, int(book.columns["text"].take(np.array([row]))[0])
        place = self._own.get(key)
        if place is None:
            return None
        part, within = self._place(place, new, batch)
        if part.identifiers[within] != identifier:
            return None  # two ids with one hash
        return len(book) + place, int(part.features.text[within])

    def _place(self, place: int, new: list[int], batch: Batch) -> tuple[Batch, int]:
        if place >= self._count:
            return batch, new[place - self._count]
        for part in self.parts:
            if place < len(part.features):
                return part, place
            place -= len(part.features)
        raise AssertionError("a place that was never given")
