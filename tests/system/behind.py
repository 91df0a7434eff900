"""Looking behind the pages: rows of the demo's own database, told alike whichever it is."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]


def read(home: Path, database: str, query: str) -> list[Row]:
    """Rows as dictionaries. Identifiers come as 32 hexadecimal digits, times as the driver gives them."""
    if not database:
        return read_sqlite(home / "keng.sqlite", query)
    with psycopg.connect(database, row_factory=dict_row) as connection:
        return [{name: _plain(value) for name, value in row.items()} for row in connection.execute(query)]


def read_sqlite(path: Path, query: str) -> list[Row]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


def read_tuples(home: Path, database: str, query: str) -> list[tuple[Any, ...]]:
    """The same rows as tuples; columns of one name are told apart."""
    if not database:
        with closing(sqlite3.connect(f"file:{home / 'keng.sqlite'}?mode=ro", uri=True, timeout=20)) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(database) as connection:
        return [tuple(map(_plain, row)) for row in connection.execute(query)]


def _plain(value: Any) -> Any:
    return value.hex if isinstance(value, uuid.UUID) else value
