"""Looking behind the pages: rows of the demo's own database, told alike whichever it is."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel
from psycopg.rows import dict_row

Row = dict[str, Any]


def read(home: Path, database: str, query: str) -> list[Row]:
    """Rows as dictionaries. Identifiers come as 32 hexadecimal digits, times as the driver gives them."""
    with one_moment(home, database) as look:
        return look(query)


@contextmanager
def one_moment(home: Path, database: str) -> Iterator[Callable[[str], list[Row]]]:
    """What asks several tables as they stood at one moment, whatever is written meanwhile."""
    if not database:
        with closing(_open(home / "keng.sqlite")) as file:
            file.row_factory = sqlite3.Row
            file.execute("BEGIN")
            yield lambda query: [dict(row) for row in file.execute(query)]
        return
    with psycopg.connect(database, row_factory=dict_row) as server:
        server.isolation_level = IsolationLevel.REPEATABLE_READ
        yield lambda query: [{name: _plain(value) for name, value in row.items()} for row in server.execute(query)]


def read_sqlite(path: Path, query: str) -> list[Row]:
    with closing(_open(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


def read_tuples(home: Path, database: str, query: str) -> list[tuple[Any, ...]]:
    """The same rows as tuples; columns of one name are told apart."""
    if not database:
        with closing(_open(home / "keng.sqlite")) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(database) as connection:
        return [tuple(map(_plain, row)) for row in connection.execute(query)]


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)


def _plain(value: Any) -> Any:
    return value.hex if isinstance(value, uuid.UUID) else value
