"""Rows of a nation's file: CSV, Parquet, or a list of one name a line (.txt).

A register is loaded once: a robot that starts again finds it in its books.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from keng.base.errors import InputError, Said
from keng.nation.robot.books.store import Store, Transaction

BATCH_ROWS = 50_000
PARQUET_READER = Path(__file__).with_name("parquet_columns.py")
"""A process of its own: the library takes 25 MB that no robot needs again."""


def load_once(store: Store, path: Path, columns: tuple[str, ...], add: Callable[[Transaction, list[str]], bool]) -> int:
    """Give each row to `add`, in transactions of many; returns how many it took. 0 if this file was loaded before."""
    told = path.stat()
    name = f"{path.resolve()} {told.st_size} {told.st_mtime_ns}"
    with store.read() as tx:
        if tx.execute("SELECT 1 FROM loaded WHERE file = ?", (name,)).fetchone():
            return 0
    rows, taken = read_rows(path, columns), 0
    while batch := list(islice(rows, BATCH_ROWS)):
        with store.write() as tx:
            taken += sum(add(tx, row) for row in batch)
    with store.write() as tx:
        tx.execute("INSERT OR IGNORE INTO loaded VALUES (?)", (name,))
    return taken


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """The named columns of each row, as text."""
    if path.suffix == ".txt":
        with path.open(encoding="utf-8-sig") as lines:
            yield from ([line.strip()] for line in lines if line.strip())
        return
    if path.suffix != ".parquet":
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from _pick(lines, columns)
        return
    words = [sys.executable, "-P", str(PARQUET_READER), str(path), *columns]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8") as reader:
        yield from _pick(reader.stdout or (), columns)
    if reader.returncode:
        raise InputError("unreadable", Said(f"Không đọc được {path.name}", f"{path.name} cannot be read"))


def copy_as_csv(path: Path, columns: tuple[str, ...], target: Path) -> None:
    """The same columns in a CSV file, for many robots that would each read the Parquet file; it appears whole."""
    draft = target.with_suffix(".draft")
    with draft.open("wb") as out:
        subprocess.run([sys.executable, "-P", str(PARQUET_READER), str(path), *columns], stdout=out, check=True)
    draft.replace(target)


def _pick(lines: Iterable[str], columns: tuple[str, ...]) -> Iterator[list[str]]:
    for row in csv.DictReader(lines):
        yield [row[column] for column in columns]
