"""A partner's one file. Each write is one IMMEDIATE transaction that is on the disk before anybody is told of it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keng.nation.robot.books.order_tables import ORDER_SCHEMA

BUSY_MILLIS = 10_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS loaded (
    file TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen_message (
    message_id TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request (
    request_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_value TEXT NOT NULL,
    amount INTEGER,
    currency TEXT,
    until_ms INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    grounds TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    stage TEXT NOT NULL,
    decide_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS request_to_decide ON request (decide_at_ms) WHERE decide_at_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS deed (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL UNIQUE REFERENCES request,
    action TEXT NOT NULL,
    name TEXT NOT NULL,
    amount INTEGER CHECK (amount > 0),
    whole INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    released INTEGER NOT NULL DEFAULT 0,
    end_told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS deed_by_name ON deed (name, action);
CREATE INDEX IF NOT EXISTS deed_to_tell ON deed (until_ms) WHERE released = 0 AND end_told = 0;
CREATE TABLE IF NOT EXISTS deed_change (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    deed INTEGER NOT NULL REFERENCES deed,
    at_ms INTEGER NOT NULL,
    what TEXT NOT NULL,
    amount INTEGER,
    until_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS deed_change_by_deed ON deed_change (deed, number);
CREATE TABLE IF NOT EXISTS copy (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL REFERENCES request,
    made_at_ms INTEGER NOT NULL,
    content TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS copy_by_request ON copy (request_id);
CREATE TABLE IF NOT EXISTS answer (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL REFERENCES request,
    message_id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    final INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    outcome TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS answer_unsent ON answer (request_id, number) WHERE outcome IS NULL;
CREATE INDEX IF NOT EXISTS answer_by_request ON answer (request_id);
"""
"""What every partner keeps. One deed a request, ever: the UNIQUE request_id is what makes a second one impossible."""

Transaction = sqlite3.Connection


class Store:
    """The open file; `schema` adds the tables of one kind of partner.

    One connection behind one lock: a demo partner needs no more, and nobody waits on SQLITE_BUSY.
    """

    def __init__(self, path: Path | str, schema: str = "") -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        for pragma in (f"busy_timeout={BUSY_MILLIS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA + ORDER_SCHEMA + schema)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """All or nothing; durable when the block is left."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view. Nothing may be written in it."""
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        with self._lock:
            self._connection.close()
