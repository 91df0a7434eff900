"""Reading what was handed in: CSV or Parquet, row by row; what is wrong is told with row, column and a code, never a value.

A CSV becomes register.parquet, a text column each; a Parquet file is checked and stays as it is. result.json:
`{"records", "fault_count", "faults": [[row, column, code], …]}`; rows count from 1 as a spreadsheet shows them (a CSV's heading
is 1).
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keng.desk.fraud.registers.beside.main import DONE, tell

NEEDED = ("record_id", "holder_id", "full_name", "date_of_birth", "subscriber")
OPTIONAL = ("sex", "province_code", "opened_at", "subject")
MOST_FAULTS = 200
LONGEST_ID = 64
LONGEST_CELL = 2000
ROWS_AT_A_TIME = 50_000
DELIMITERS = ",;\t"
csv.field_size_limit(1 << 20)


class Faults:
    """What is wrong, counted whole and listed up to a number."""

    def __init__(self) -> None:
        self.listed: list[tuple[int, str, str]] = []
        self.count = 0

    def add(self, row: int, column: str, code: str) -> None:
        self.count += 1
        if len(self.listed) < MOST_FAULTS:
            self.listed.append((row, column, code))


class Ids:
    """The record ids seen, in a file of their own beside the register: they may be a hundred million."""

    def __init__(self, folder: Path) -> None:
        self._seen = sqlite3.connect(folder / "ids.sqlite", isolation_level=None)
        self._seen.execute("PRAGMA journal_mode=OFF")
        self._seen.execute("PRAGMA synchronous=OFF")
        self._seen.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID")

    def take(self, rows: list[tuple[str, int]], faults: Faults) -> None:
        """Note these ids; those that were there before are faults."""
        self._seen.execute("BEGIN")
        before = self._count()
        self._seen.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", rows)
        if self._count() - before != len(rows):
            for ident, row in rows:
                if self._seen.execute("SELECT row FROM seen WHERE id = ?", [ident]).fetchone()[0] != row:
                    faults.add(row, "record_id", "id_repeated")
        self._seen.execute("COMMIT")

    def _count(self) -> int:
        return self._seen.total_changes


def check(folder: Path, order: dict[str, Any]) -> int:
    """Check FOLDER/handed_in; see the module."""
    faults, ids = Faults(), Ids(folder)
    source = folder / "handed_in"
    try:
        read = _check_csv if order["form"] == "csv" else _check_parquet
        records = read(source, folder, faults, ids)
    except _UnreadableError as error:
        faults.add(error.row, error.column, error.code)
        records = 0
    (folder / "ids.sqlite").unlink(missing_ok=True)
    result = {"records": records, "fault_count": faults.count, "faults": faults.listed}
    (folder / "result.json").write_text(json.dumps(result), "utf-8")
    return DONE


class _UnreadableError(Exception):
    """The file as a whole cannot be read from here on."""

    def __init__(self, row: int, column: str, code: str) -> None:
        super().__init__(code)
        self.row, self.column, self.code = row, column, code


def _check_csv(source: Path, folder: Path, faults: Faults, ids: Ids) -> int:
    size = source.stat().st_size
    with source.open("rb") as stream:
        lines = _Lines(stream, faults)
        first = next(lines, "")
        rows = csv.reader(_chained(first, lines), delimiter=max(DELIMITERS, key=first.count), strict=True)
        heading = _heading(next(rows, []))
        schema = pa.schema([(name, pa.string()) for name in heading.values()])
        with pq.ParquetWriter(folder / "register.parquet", schema) as writer:
            count = 0
            for some in _batches(_cells(rows, heading, faults), ROWS_AT_A_TIME):
                ids.take([(row["record_id"] or "", number) for number, row in some if row["record_id"]], faults)
                writer.write_table(pa.Table.from_pylist([row for _, row in some], schema=schema))
                count += len(some)
                tell("checking", min(stream.tell(), size), size)
    return count


class _Lines(Iterator[str]):
    """The lines of a file as text: UTF-8, or UTF-16 with its mark. A line in neither is a fault, and empty."""

    def __init__(self, stream: io.BufferedReader, faults: Faults) -> None:
        head = stream.peek(2)[:2]
        self._wide = head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        self._text = io.TextIOWrapper(stream, "utf-16", "replace", newline="") if self._wide else None
        self._stream, self._faults, self._number = stream, faults, 0

    def __next__(self) -> str:
        self._number += 1
        if self._text is not None:
            line = self._text.readline()
        else:
            raw = self._stream.readline()
            if self._number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            try:
                line = raw.decode("utf-8")
            except UnicodeDecodeError:
                self._faults.add(self._number, "", "bad_utf8")
                line = raw.decode("utf-8", "replace")
        if not line:
            raise StopIteration
        if "\0" in line:
            self._faults.add(self._number, "", "bad_sign")
            line = line.replace("\0", "")
        return line


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _heading(cells: list[str]) -> dict[int, str]:
    """The columns by their place. Raises _UnreadableError."""
    names = [cell.strip().lower() for cell in cells]
    known = {place: name for place, name in enumerate(names) if name in (*NEEDED, *OPTIONAL)}
    for name in NEEDED:
        if name not in known.values():
            raise _UnreadableError(1, name, "column_missing")
    if len(set(known.values())) < len(known):
        twice = next(name for name in known.values() if list(known.values()).count(name) > 1)
        raise _UnreadableError(1, twice, "column_twice")
    return known


def _cells(rows: Any, heading: dict[int, str], faults: Faults) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Each row's number and cells; what is empty is null."""
    width = max(heading) + 1
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            faults.add(rows.line_num, "", "bad_csv")
            continue
        number = rows.line_num
        if not any(cells):
            continue
        if len(cells) < width:
            faults.add(number, "", "cells_missing")
            cells = [*cells, *[""] * (width - len(cells))]
        row = {name: cells[place].strip() or None for place, name in heading.items()}
        for name, cell in row.items():
            if cell is not None and len(cell) > (LONGEST_ID if name in ("record_id", "subject") else LONGEST_CELL):
                faults.add(number, name, "cell_too_long")
        if row["record_id"] is None:
            faults.add(number, "record_id", "id_missing")
        yield number, row


def _check_parquet(source: Path, _folder: Path, faults: Faults, ids: Ids) -> int:
    try:
        file = pq.ParquetFile(source)
        names = file.schema_arrow.names
        for name in NEEDED:
            if name not in names:
                raise _UnreadableError(0, name, "column_missing")
        kind = file.schema_arrow.field("record_id").type
        if not (pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise _UnreadableError(0, "record_id", "id_kind")
        wanted = ["record_id", *(["subject"] if "subject" in names else [])]
        row, total = 0, file.metadata.num_rows
        for batch in file.iter_batches(ROWS_AT_A_TIME, columns=wanted):
            taken = list(_ids_of(batch, row, faults))
            ids.take(taken, faults)
            row += batch.num_rows
            tell("checking", row, total)
        for group in range(file.num_row_groups):  # every page must be readable before a run begins
            file.read_row_group(group, columns=[name for name in names if name in (*NEEDED, *OPTIONAL)])
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _UnreadableError(0, "", "bad_parquet") from error
    return row


def _ids_of(batch: pa.RecordBatch, before: int, faults: Faults) -> Iterator[tuple[str, int]]:
    columns: dict[str, list[Any]] = {
        name: batch.column(place).to_pylist() for place, name in enumerate(batch.schema.names)
    }
    for place, ident in enumerate(columns["record_id"]):
        number = before + place + 1
        if ident is None or ident == "":
            faults.add(number, "record_id", "id_missing")
            continue
        if len(str(ident)) > LONGEST_ID:
            faults.add(number, "record_id", "cell_too_long")
        yield str(ident), number
    for place, subject in enumerate(columns.get("subject", ())):
        if subject is not None and len(str(subject)) > LONGEST_ID:
            faults.add(before + place + 1, "subject", "cell_too_long")


def _batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    some: list[Any] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
