"""Join reports into campaigns: JSON Lines {"id","at","text","indicators"} in, {"id","campaign","why"} out, one each.

Indicators that are null or absent are found first, as `keng extract` does. How it decides stands in docs/linking.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import numpy as np

from keng.base import lines
from keng.base.parallel import WorkerDiedError, usable_cores
from keng.commands.link_input import OTHER_TEXT, read_input, read_report
from keng.commands.link_output import Names, report_lines
from keng.engines.link import Batch, BrokenStateError, Change, Linker, SameIdentifierError, opened

STREAM_SETTLES = (
    64  # reports after which a stream without a state is decided anew the first time, then at each doubling
)


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
    rows, names, new = read_input(linker.book, source, tally, workers)
    settled = bool(len(new.features)) and linker.is_due(len(new.features))
    if settled:
        linker.extend(new)
        changes = linker.settle()
    else:
        changes = _enter_each(linker, new)
    sink.writelines(_changes(changes, options.splits))
    for some in report_lines(linker.book, rows, names):
        sink.write(some)
    tally.written += rows.size
    return settled


def _stream(linker: Linker, source: BinaryIO, sink: BinaryIO, tally: lines.Tally, options: argparse.Namespace) -> bool:
    """Read, link and print one line after the other. What is decided anew at the end changes no line."""
    settles_at = max(STREAM_SETTLES, 2 * len(linker.book))
    for number, content in lines.contents(iter(source.readline, b"")):
        tally.read += 1
        try:
            report = read_report(lines.parse_row(content))
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
        sink.writelines(report_lines(linker.book, np.array([row]), Names.of_reports([report])))
        sink.flush()
        tally.written += 1
    return False


def _enter_each(linker: Linker, new: Batch) -> list[Change]:
    """Link one after the other; of what changed, what concerns campaigns that there were before."""
    before = {code.decode() for code in linker.book.codes}
    changes: list[Change] = []
    for place in range(len(new.features)):
        changes += linker.enter(new.take(np.array([place])))[1]
    return [change for change in changes if change.code in before]


def _changes(changes: Iterable[Change], splits: bool) -> Iterator[bytes]:
    for change in changes:
        if change.whole:
            yield lines.dump({"merged": change.code, "into": change.into})
    for change in changes if splits else ():
        if not change.whole:
            yield lines.dump({"split": change.code, "into": change.into})
