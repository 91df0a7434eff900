"""One run: the files opened and checked, each rule's statement run, a row written for each account and sign that holds."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from keng.base.errors import InputError, Said
from keng.base.parallel import usable_cores
from keng.engines.signs import reading
from keng.engines.signs.rules import Rule
from keng.engines.signs.telling import tell

ROWS_AT_ONCE = 20_000
DEFAULT_MEMORY = "1536MB"
NOT_FIGURES = ("subject", "behind", "behind_total")
SCHEMA = pa.schema(
    {
        "kind": pa.string(),
        "subject": pa.string(),
        "sign": pa.string(),
        "version": pa.string(),
        "vi": pa.string(),
        "en": pa.string(),
        "figures": pa.string(),
        "behind": pa.list_(pa.string()),
        "behind_total": pa.int64(),
        "assessment": pa.string(),
    }
)

FULL = Said(
    "Hết bộ nhớ hoặc hết đĩa cho phần tràn; hãy thử --memory-limit.",
    "Memory, or the disk for what does not fit into it, is full; try --memory-limit.",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a rule in a run. `state`: `run`, `off` (it needs an assessment), `no_input` (`missing` ones)."""

    rule: Rule
    state: str
    held: int = 0
    missing: tuple[str, ...] = ()
    assessment: str = ""

    def as_json(self) -> dict[str, object]:
        """The line of the summary."""
        return {
            "sign": self.rule.code,
            "version": self.rule.version,
            "state": self.state,
            "held": self.held,
            "missing": list(self.missing),
            "unconfirmed": [one.name for one in self.rule.unconfirmed],
            "assessment": self.assessment,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run: what it read and what became of each rule."""

    rows: dict[str, int]
    outcomes: tuple[Outcome, ...]


def run(
    rules: Sequence[Rule],
    given: dict[str, str],
    output: Path,
    *,
    assessment: str = "",
    threads: int | None = None,
    memory: str = DEFAULT_MEMORY,
    as_lines: bool = False,
) -> Run:
    """Hold the rules against the files and write OUT: Parquet, or JSON Lines. Raises InputError, and then OUT holds nothing of use.

    The same files give the same rows in the same order, whatever the threads.
    """
    with tempfile.TemporaryDirectory(prefix="keng-signs-", dir=os.environ.get("KENG_SCRATCH")) as scratch:
        connection = _connect(Path(scratch), threads or usable_cores(), memory)
        try:
            read = reading.read_all(connection, given, Path(scratch))
            with _Writer(output, as_lines) as writer:
                outcomes = tuple(_hold(connection, rule, given, assessment, writer) for rule in rules)
        except duckdb.OutOfMemoryException as problem:
            raise InputError("too_large", FULL) from problem
        except duckdb.Error as problem:
            raise _told(problem, given) from problem
        finally:
            connection.close()
    return Run(read.rows, outcomes)


def digest_of(path: str) -> str:
    """The SHA-256 of a file."""
    with Path(path).open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _told(problem: duckdb.Error, given: dict[str, str]) -> Exception:
    """What failed while statements ran: a damaged file, if it was in reading one; else a fault of ours."""
    if isinstance(problem, (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException)):
        name = "transfers" if "transfers" in given else next(iter(given))
        return InputError("damaged", reading.NOT_WHOLE.filled(name=name, path=given[name]), field=name)
    return problem


def _connect(scratch: Path, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET threads = {threads}")
    connection.execute(f"SET temp_directory = '{scratch / 'spill'}'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET memory_limit = '{memory}'")
    return connection


def _hold(
    connection: duckdb.DuckDBPyConnection, rule: Rule, given: dict[str, str], assessment: str, writer: _Writer
) -> Outcome:
    """Run one rule, unless it may not or cannot."""
    missing = tuple(name for name in rule.needs if name not in given)
    if missing:
        return Outcome(rule, "no_input", missing=missing)
    if rule.needs_assessment and not assessment:
        return Outcome(rule, "off")
    used = assessment if rule.needs_assessment else ""
    held = 0
    for batch in _found(connection, rule):
        writer.write([_row(rule, found, used) for found in batch.to_pylist()])
        held += batch.num_rows
    return Outcome(rule, "run", held=held, assessment=used)


def _found(connection: duckdb.DuckDBPyConnection, rule: Rule) -> Iterator[pa.RecordBatch]:
    values = {one.name: one.value for one in rule.parameters}
    statement = rule.statement
    if "{within_us}" in statement:  # the bound of a window takes no parameter
        statement = statement.replace("{within_us}", str(int(str(values["within_hours"])) * 3_600_000_000))
    named = {name: value for name, value in values.items() if f"${name}" in statement}
    ordered = f"SELECT * FROM ({statement}) ORDER BY subject"
    yield from connection.execute(ordered, named).to_arrow_reader(ROWS_AT_ONCE)


def _row(rule: Rule, found: dict[str, Any], assessment: str) -> dict[str, Any]:
    """A row of OUT from a row of a statement: every column beside the three is a figure."""
    figures = {name: value for name, value in found.items() if name not in NOT_FIGURES}
    said = tell(rule, figures)
    return {
        "kind": rule.kind,
        "subject": found["subject"],
        "sign": rule.code,
        "version": rule.version,
        "vi": said.vi,
        "en": said.en,
        "figures": json.dumps(figures, ensure_ascii=False),
        "behind": list(found["behind"] or ()),
        "behind_total": found["behind_total"],
        "assessment": assessment,
    }


class _Writer:
    """OUT, written as it comes."""

    def __init__(self, path: Path, as_lines: bool) -> None:
        self._path = path
        self._as_lines = as_lines

    def __enter__(self) -> _Writer:
        if self._as_lines:
            self._lines = self._path.open("w", encoding="utf-8", newline="\n")
        else:
            self._parquet = pq.ParquetWriter(self._path, SCHEMA)
        return self

    def __exit__(self, *_: object) -> None:
        (self._lines if self._as_lines else self._parquet).close()

    def write(self, rows: list[dict[str, Any]]) -> None:
        if self._as_lines:
            for row in rows:
                told = {**row, "figures": json.loads(row["figures"])}
                self._lines.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
        elif rows:
            self._parquet.write_table(pa.Table.from_pylist(rows, SCHEMA))
