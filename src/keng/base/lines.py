"""JSON Lines in and out, the same for every command: contract section 1.

One bad row never stops the others: it is told on standard error as `line N: reason`, skipped and counted. What `-o`
names appears whole or not at all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar

from keng.base.parallel import WorkerDiedError, map_in_order, usable_cores
from keng.base.times import in_utc

STATUS_DONE = 0
STATUS_FAULT = 1
STATUS_UNUSABLE = 2
STATUS_ROWS_SKIPPED = 3
LONGEST_TEXT_BYTES = 1 << 20  # of UTF-8
BLOCK_BYTES = 1 << 17  # of input that is converted at a time, some 500 messages
PIECE_BYTES = 1 << 19  # the same for what needs the whole input before its output
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOM = b"\xef\xbb\xbf"

Row = Mapping[str, object]
Numbered = list[tuple[int, Row]]  # rows with the numbers of their lines
Result = TypeVar("Result")
Prepared = tuple[Result, list[tuple[int, str]]]  # and the rows that cannot be used, with their reasons


class BadRowError(Exception):
    """A row cannot be used. The reason is shown to whoever made the file and never quotes what the row says."""


class UnusableError(Exception):
    """Nothing can be done with this input or output: no such file, or a bad row under `--strict`."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines as they came and the number of the first."""

    first_number: int
    lines: list[bytes]


@dataclass(frozen=True, slots=True)
class _Converted:
    """What became of a block: the output, how many rows were read and written, and the bad ones with their reasons."""

    output: bytes
    read: int
    written: int
    bad: list[tuple[int, str]]


@dataclass(slots=True)
class Tally:
    """Counts rows and tells bad ones. `stream` is where people read, standard error in a command."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    strict: bool = False
    read: int = 0
    written: int = 0
    skipped: int = 0

    def skip(self, number: int, reason: str) -> None:
        """Tell and count a bad row; raises UnusableError under `--strict`."""
        self.skipped += 1
        self.stream.write(f"line {number}: {reason}\n")
        if self.strict:
            raise UnusableError

    def add(self, block: _Converted) -> None:
        """Count what was done with a block and tell its bad rows."""
        self.read += block.read
        self.written += block.written
        for number, reason in block.bad:
            self.skip(number, reason)

    def summarise(self) -> None:
        self.stream.write(f"{self.read} read, {self.written} written, {self.skipped} skipped\n")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options every command over lines takes."""
    parser.add_argument("-i", "--input", metavar="FILE", help="read this file (default: standard input)")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write this file, whole or not at all (default: standard output)"
    )
    parser.add_argument("--strict", action="store_true", help="stop with status 2 at the first bad row")
    parser.add_argument(
        "--threads",
        type=_at_least_one,
        metavar="N",
        help="how many processes to use for much input (default: one for each core); the result is the same",
    )


def convert_lines(options: argparse.Namespace, convert: Callable[[Row], Row]) -> int:
    """Print one object for each good input line, in input order, and return the exit status.

    `convert` gets the object of a line and raises BadRowError if it cannot be used. It is a function of a module that
    remembers nothing between rows: with much input it runs in several processes at once, `--threads` many.
    """
    tally = Tally(strict=options.strict)
    convert_all = partial(_convert_block, convert, options.strict)
    workers = options.threads or usable_cores()
    try:
        with (
            open_input(options.input) as source,
            open_output(options.output) as sink,
            closing(map_in_order(convert_all, _read_blocks(source), workers)) as results,
        ):
            for result in results:
                sink.write(result.output)
                tally.add(result)
    except UnusableError as problem:
        if str(problem):
            tally.stream.write(f"{problem}\n")
        if options.output:
            tally.written = 0
        tally.summarise()
        return STATUS_UNUSABLE
    except WorkerDiedError:
        tally.stream.write("a worker process was killed (out of memory?); try --threads 1\n")
        return STATUS_FAULT
    tally.summarise()
    return STATUS_ROWS_SKIPPED if tally.skipped else STATUS_DONE


def write_lines(path: str | None, rows: Iterable[Row]) -> int:
    """Print objects that come from no input (a list that the program carries) and return the exit status."""
    try:
        with open_output(path) as sink:
            sink.writelines(map(dump, rows))
    except UnusableError as problem:
        sys.stderr.write(f"{problem}\n")
        return STATUS_UNUSABLE
    return STATUS_DONE


def _read_blocks(source: BinaryIO) -> Iterator[_Block]:
    number = 1
    while lines := source.readlines(BLOCK_BYTES):
        yield _Block(number, lines)
        number += len(lines)


def _convert_block(convert: Callable[[Row], Row], strict: bool, block: _Block) -> _Converted:
    """The good rows of a block converted and its bad ones told; up to the first bad one if `strict`."""
    made: list[bytes] = []
    bad: list[tuple[int, str]] = []
    read = 0
    for number, content in contents(block.lines, block.first_number):
        read += 1
        try:
            made.append(dump(convert(parse_row(content))))
        except BadRowError as problem:
            bad.append((number, str(problem)))
            if strict:
                break
    return _Converted(b"".join(made), read, len(made), bad)


def map_rows(
    source: BinaryIO,
    prepare: Callable[[Numbered], Prepared[Result]],
    tally: Tally,
    workers: int,
    whole: Callable[[int, bytes], tuple[Result, int] | None] | None = None,
) -> Iterator[Result]:
    """What `prepare` makes of the good rows of each block, in input order; bad ones are told and counted as read.

    For commands whose output needs the whole input. `prepare` is a function of a module that remembers nothing: it runs in
    several processes at once. `whole` gets the number of the first line and the bytes of a block; it gives what `prepare`
    would of these lines and how many there are, all good, or None to have them read one by one. Raises UnusableError at the
    first bad row under `--strict`, WorkerDiedError.
    """
    prepare_block = partial(_prepare_block, prepare, whole)
    with closing(map_in_order(prepare_block, _read_pieces(source), workers)) as prepared:
        for result, read, bad in prepared:
            tally.read += read
            for number, reason in bad:
                tally.skip(number, reason)
            yield result


def _read_pieces(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines, each with the number of its first."""
    number = 1
    while piece := source.read(PIECE_BYTES):
        piece += source.readline() if not piece.endswith(b"\n") else b""
        yield number, piece
        number += piece.count(b"\n")


def _prepare_block(
    prepare: Callable[[Numbered], Prepared[Result]],
    whole: Callable[[int, bytes], tuple[Result, int] | None] | None,
    block: tuple[int, bytes],
) -> tuple[Result, int, list[tuple[int, str]]]:
    found = whole(*block) if whole else None
    if found is not None:
        return *found, []
    first_number, content = block
    good: list[tuple[int, Row]] = []
    bad: list[tuple[int, str]] = []
    for number, line in contents(BytesIO(content), first_number):
        try:
            good.append((number, parse_row(line)))
        except BadRowError as problem:
            bad.append((number, str(problem)))
    read = len(good) + len(bad)
    result, unusable = prepare(good)
    return result, read, sorted(bad + unusable)


def contents(lines: Iterable[bytes], first_number: int = 1) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers, without a BOM and line ends."""
    for number, line in enumerate(lines, first_number):
        content = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
        if content:
            yield number, content


def parse_row(content: bytes) -> dict[str, object]:
    """One line as an object; raises BadRowError."""
    try:
        row = _DECODER.decode(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadRowError("not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadRowError("not JSON") from None
    if not isinstance(row, dict):
        raise BadRowError("not an object")
    return row


def dump(row: Row) -> bytes:
    """One object as one line. Lone surrogates, which UTF-8 cannot carry, leave as the escapes they came as."""
    try:
        return _ENCODER.encode(row).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def require_id(row: Row) -> str | int:
    """The row's `id`, a string or an integer, as it came."""
    value = _require(row, "id")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise BadRowError('"id" is neither a string nor an integer')
    return value


def require_text(row: Row, key: str = "text") -> str:
    """A required string of at most 1 MiB."""
    return _check_text(_require(row, key), key)


def require_time(row: Row, key: str = "at") -> int:
    """A required time (ISO 8601; without an offset Vietnam's) in microseconds since 1970 in UTC."""
    value = _require(row, key)
    if not isinstance(value, str):
        raise BadRowError(f'"{key}" is not a string')
    try:
        moment = in_utc(datetime.fromisoformat(value.strip()))
    except (ValueError, OverflowError):
        raise BadRowError(f'"{key}" is not a time') from None
    return (moment - _EPOCH) // timedelta(microseconds=1)


def optional_text(row: Row, key: str) -> str | None:
    """An optional string; null counts as absent."""
    value = row.get(key)
    return None if value is None else _check_text(value, key)


@contextmanager
def open_input(path: str | None) -> Iterator[BinaryIO]:
    """Standard input, or the file; raises UnusableError if it cannot be opened."""
    if path is None:
        yield sys.stdin.buffer
        return
    try:
        source = Path(path).open("rb")  # noqa: SIM115 - closed below; only opening may fail as unusable
    except OSError as problem:
        raise UnusableError(f"cannot read {path}: {problem.strerror}") from problem
    with source:
        yield source


@contextmanager
def open_output(path: str | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name only when all is written; raises UnusableError."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(os.path.realpath(path))
    if target.exists() and not (target.is_file() or target.is_dir()):
        with target.open("wb") as device:  # a pipe or a terminal has no name to take
            yield device
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        sink = part.open("xb")
    except OSError as problem:
        raise UnusableError(f"cannot write {path}: {problem.strerror}") from problem
    try:
        with sink:
            yield sink
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _require(row: Row, key: str) -> object:
    if key not in row:
        raise BadRowError(f'"{key}" is missing')
    value = row[key]
    if value is None:
        raise BadRowError(f'"{key}" is null')
    return value


def _check_text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise BadRowError(f'"{key}" is not a string')
    if len(value) * 4 > LONGEST_TEXT_BYTES and len(value.encode("utf-8", "surrogatepass")) > LONGEST_TEXT_BYTES:
        raise BadRowError(f'"{key}" is over 1 MiB')
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
