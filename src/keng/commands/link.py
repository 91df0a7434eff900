"""Join reports into campaigns: JSON Lines {"id","at","text","indicators"} in, {"id","campaign","why"} out, one each.

Indicators that are null or absent are found first, as `keng extract` does. How it decides stands in docs/linking.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from keng.base import lines
from keng.base.parallel import WorkerDiedError, usable_cores
from keng.engines.extract import extract
from keng.engines.link import (
    Batch,
    BrokenStateError,
    Change,
    Linker,
    Report,
    SameIdentifierError,
    joined,
    opened,
    read_batch,
)
from keng.engines.link.explaining import Reasons, explain, split_by_row
from keng.engines.link.values import compared

OTHER_TEXT = 'this "id" has come with another text'
STREAM_SETTLES = (
    64  # reports after which a stream without a state is decided anew the first time, then at each doubling
)

Names = dict[int, tuple[str, str]]  # the kind and value behind a key


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The reports of a block with the numbers of their lines, and how to name what they share."""

    numbers: list[int]
    batch: Batch
    names: Names


@dataclass(slots=True)
class _Input:
    """All good lines: for each the row of its report."""

    rows: list[int] = field(default_factory=list)
    names: Names = field(default_factory=dict)

    def name(self, names: Names) -> None:
        for key, pair in names.items():
            self.names[key] = min(pair, self.names.get(key, pair))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    lines.add_arguments(parser)
    parser.add_argument(
        "--state",
        metavar="DIR",
        help="keep and extend the reports and campaigns of this folder (made if there is none)",
    )
    parser.add_argument("--stream", action="store_true", help="print each line as it is read, merges in between")
    parser.add_argument(
        "--splits",
        action="store_true",
        help='after the merges also print {"split":CODE,"into":CODE} for each campaign that a part has left, and where to',
    )


def run(options: argparse.Namespace) -> int:
    tally = lines.Tally(strict=options.strict)
    try:
        with ExitStack() as stack:
            store = stack.enter_context(opened(Path(options.state))) if options.state else None
            linker = Linker(store.load() if store else None)
            source = stack.enter_context(lines.open_input(options.input))
            sink = stack.enter_context(lines.open_output(options.output))
            before, codes = linker.book.campaign(np.arange(len(linker.book))), len(linker.book.codes)
            work = _stream if options.stream else _link
            settled = work(linker, source, sink, tally, options)
            if store and settled:
                store.write(linker.book)
            elif store:
                store.append(linker.book, before, codes)
    except (lines.UnusableError, BrokenStateError) as problem:
        if str(problem):
            tally.stream.write(f"{problem}\n")
        if options.output:
            tally.written = 0
        tally.summarise()
        return lines.STATUS_UNUSABLE
    except WorkerDiedError:
        tally.stream.write("a worker process was killed (out of memory?); try --threads 1\n")
        return lines.STATUS_FAULT
    tally.summarise()
    return lines.STATUS_ROWS_SKIPPED if tally.skipped else lines.STATUS_DONE


def _link(linker: Linker, source: BinaryIO, sink: BinaryIO, tally: lines.Tally, options: argparse.Namespace) -> bool:
    """Read everything, link it, print; whether the whole book was decided anew."""
    workers = options.threads or usable_cores()
    found, new = _read(linker, lines.map_rows(source, prepare, tally, workers), tally)
    rows = np.array(found.rows, np.int64)
    settled = bool(len(new.features)) and linker.is_due(len(new.features))
    if settled:
        linker.extend(new)
        changes = linker.settle()
    else:
        changes = _enter_each(linker, new)
    sink.writelines(_changes(changes, options.splits))
    for line in _report_lines(linker, rows, found.names):
        sink.write(line)
        tally.written += 1
    return settled


def _stream(linker: Linker, source: BinaryIO, sink: BinaryIO, tally: lines.Tally, options: argparse.Namespace) -> bool:
    """Read, link and print one line after the other. What is decided anew at the end changes no line."""
    settles_at = max(STREAM_SETTLES, 2 * len(linker.book))
    for number, content in lines.contents(iter(source.readline, b"")):
        tally.read += 1
        try:
            report = _read_report(lines.parse_row(content))
            row, changes = linker.add(report)
        except lines.BadRowError as problem:
            tally.skip(number, str(problem))
            continue
        except SameIdentifierError:
            tally.skip(number, OTHER_TEXT)
            continue
        if len(linker.book) >= settles_at:
            settles_at *= 2
            changes = [*changes, *linker.settle()]
        sink.writelines(_changes(changes, options.splits))
        sink.writelines(_report_lines(linker, np.array([row]), _names([report])))
        sink.flush()
        tally.written += 1
    return False


def prepare(rows: lines.Numbered) -> lines.Prepared[_Prepared]:
    """The good rows of a block as reports, their texts read."""
    reports, numbers = [], []
    bad = []
    for number, row in rows:
        try:
            reports.append(_read_report(row))
        except lines.BadRowError as problem:
            bad.append((number, str(problem)))
            continue
        numbers.append(number)
    return _Prepared(numbers, read_batch(reports), _names(reports)), bad


def _read_report(row: lines.Row) -> Report:
    """A line as a report, its indicators found if none are given; raises BadRowError."""
    identifier, at, text = lines.require_id(row), lines.require_time(row), lines.require_text(row)
    pairs = _indicators(row.get("indicators"))
    if pairs is None:
        sender = lines.optional_text(row, "sender")
        pairs = tuple((found.kind.value, found.value) for found in extract(text, sender=sender).indicators)
    return Report(identifier, at, text, pairs)


def _names(reports: Iterable[Report]) -> Names:
    """How to name what these share."""
    pairs = sorted({pair for report in reports for pair in report.indicators})
    return {one.key: (one.kind, one.value) for pair in reversed(pairs) for one in compared(*pair)}


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


def _read(linker: Linker, blocks: Iterable[_Prepared], tally: lines.Tally) -> tuple[_Input, Batch]:
    """The row of each good line, and the reports that are new, which get the next rows."""
    found, first = _Input(), len(linker.book)
    seen: dict[bytes, tuple[int, int]] = {}
    parts: list[Batch] = []
    for block in blocks:
        found.name(block.names)
        new = []
        texts = block.batch.features.text.tolist()
        old = len(linker.book) > 0
        for place, (number, identifier) in enumerate(zip(block.numbers, block.batch.identifiers, strict=True)):
            row, text = seen.get(identifier) or (old and _known(linker, identifier)) or (-1, texts[place])
            if text != texts[place]:
                tally.skip(number, OTHER_TEXT)
                continue
            if row < 0:
                row = first + len(seen)
                seen[identifier] = row, text
                new.append(place)
            found.rows.append(row)
        parts.append(_part(block.batch, new))
    features = joined([part.features for part in parts])
    identifiers = [identifier for part in parts for identifier in part.identifiers]
    at = np.concatenate([np.empty(0, np.int64), *(part.at for part in parts)])
    return found, Batch(identifiers, at, features)


def _known(linker: Linker, identifier: bytes) -> tuple[int, int] | None:
    row = linker.book.find(identifier)
    return None if row is None else (row, int(linker.book.columns["text"].take(np.array([row]))[0]))


def _part(batch: Batch, places: list[int]) -> Batch:
    if len(places) == len(batch.identifiers):
        return batch
    kept = np.array(places, np.int64)
    return Batch([batch.identifiers[place] for place in places], batch.at[kept], batch.features.take(kept))


def _enter_each(linker: Linker, new: Batch) -> list[Change]:
    """Link one after the other; of what changed, what concerns campaigns that there were before."""
    before = {code.decode() for code in linker.book.codes}
    changes: list[Change] = []
    for place in range(len(new.features)):
        changes += linker.enter(_part(new, [place]))[1] if len(new.features) > 1 else linker.enter(new)[1]
    return [change for change in changes if change.code in before]


def _changes(changes: Iterable[Change], splits: bool) -> Iterator[bytes]:
    for change in changes:
        if change.whole:
            yield lines.dump({"merged": change.code, "into": change.into})
    for change in changes if splits else ():
        if not change.whole:
            yield lines.dump({"split": change.code, "into": change.into})


def _report_lines(linker: Linker, rows: np.ndarray, names: Names) -> Iterator[bytes]:
    """The output line of each row."""
    book = linker.book
    unique = np.unique(rows)
    reasons = explain(book, unique)
    spans = dict(split_by_row(reasons))
    others = dict(zip(reasons.other.tolist(), book.identifiers(reasons.other), strict=True))
    shown = {key: _shown(*names[key]) for key in np.unique(reasons.key).tolist() if key in names}
    whys = {row: _why(reasons, span, others, shown) for row, span in spans.items()}
    identifiers = dict(zip(unique.tolist(), book.identifiers(unique), strict=True))
    codes = dict(zip(unique.tolist(), book.campaign(unique).tolist(), strict=True))
    for row in rows.tolist():
        why = whys.get(row, b"")
        yield b'{"id":%b,"campaign":"%b","why":[%b]}\n' % (identifiers[row], book.codes[codes[row]], why)


def _why(reasons: Reasons, span: slice, others: dict[int, bytes], shown: dict[int, bytes]) -> bytes:
    found = []
    for other, key, alike in zip(
        reasons.other[span].tolist(), reasons.key[span].tolist(), reasons.alike[span].tolist(), strict=True
    ):
        if not key:
            found.append(b'{"with":%b,"kind":"text","value":"%.2f"}' % (others[other], alike))
        elif key in shown:
            found.append(b'{"with":%b,%b' % (others[other], shown[key]))
    return b",".join(found)


def _shown(kind: str, value: str) -> bytes:
    return lines.dump({"kind": kind, "value": value}).rstrip()[1:]
