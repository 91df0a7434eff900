"""The bank's one file. Each write is one IMMEDIATE transaction that is on the disk before anybody is told of it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_MILLIS = 10_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    account TEXT PRIMARY KEY,
    opening INTEGER NOT NULL CHECK (opening >= 0),
    balance INTEGER NOT NULL CHECK (balance >= 0)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transfer (
    transfer_id TEXT PRIMARY KEY,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen_message (
    message_id TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request (
    request_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    action TEXT NOT NULL,
    account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    hold_until_ms INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    behaviour TEXT NOT NULL,
    stage TEXT NOT NULL,
    decide_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS request_to_decide ON request (decide_at_ms) WHERE decide_at_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS hold (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL UNIQUE REFERENCES request,
    account TEXT NOT NULL REFERENCES account,
    amount INTEGER NOT NULL CHECK (amount > 0),
    hold_until_ms INTEGER NOT NULL,
    released INTEGER NOT NULL DEFAULT 0,
    end_told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS hold_by_account ON hold (account);
CREATE INDEX IF NOT EXISTS hold_to_tell ON hold (hold_until_ms) WHERE released = 0 AND end_told = 0;
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
"""One hold a request, ever: the UNIQUE request_id is what makes a second one impossible."""

Transaction = sqlite3.Connection


class Store:
    """The open file. One connection behind one lock: a demo bank needs no more, and nobody waits on SQLITE_BUSY."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        for pragma in (f"busy_timeout={BUSY_MILLIS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA)

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
