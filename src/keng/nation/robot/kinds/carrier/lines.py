"""A carrier's subscribers, the sender names registered with it, and what passed over its network.

A number's first digits do not tell who serves it, since numbers are carried over from one network to another. So each
number of the nation's register is served by one carrier, drawn by the number itself: every carrier draws alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from keng.nation.robot.books.columns import load_once
from keng.nation.robot.books.store import Store, Transaction
from keng.nation.robot.clock import from_millis, to_millis, write_utc

SHARES = (("carrier:viettel", 55), ("carrier:vinaphone", 23), ("carrier:mobifone", 22))
"""Of 100 subscribers. Assumed: close to what the carriers tell of themselves, and no more exact than that."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscriber (
    number TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sender (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passed (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS passed_by_source ON passed (source);
"""


def carrier_of(number: str) -> str:
    """The code of the carrier that serves a number of the nation, in E.164."""
    digest = hashlib.sha256(number.encode()).digest()
    ticket = int.from_bytes(digest[:8], "big") % sum(share for _, share in SHARES)
    for code, share in SHARES:
        if ticket < share:
            return code
        ticket -= share
    raise AssertionError("a ticket lies within the sum of the shares")


def load_subscribers(store: Store, code: str, path: Path) -> int:
    """Take over this carrier's numbers of a Parquet or CSV file with a column `subscriber`."""

    def add_ours(tx: Transaction, row: list[str]) -> bool:
        number = f"+84{row[0][1:]}" if row[0].startswith("0") else row[0]
        return carrier_of(number) == code and add_subscriber(tx, number)

    return load_once(store, path, ("subscriber",), add_ours)


def add_subscriber(tx: Transaction, number: str) -> bool:
    return tx.execute("INSERT OR IGNORE INTO subscriber VALUES (?)", (number,)).rowcount == 1


def add_sender(tx: Transaction, name: str) -> bool:
    return tx.execute("INSERT OR IGNORE INTO sender VALUES (?)", (name,)).rowcount == 1


def is_subscriber(tx: Transaction, number: str) -> bool:
    return tx.execute("SELECT 1 FROM subscriber WHERE number = ?", (number,)).fetchone() is not None


def is_sender(tx: Transaction, name: str) -> bool:
    return tx.execute("SELECT 1 FROM sender WHERE name = ?", (name,)).fetchone() is not None


def note_passed(tx: Transaction, what: str, source: str, target: str, now: datetime) -> None:
    """A call or an SMS passed: that it did, and never what was said."""
    row = "INSERT INTO passed (what, source, target, at_ms) VALUES (?, ?, ?, ?)"
    tx.execute(row, (what, source, target, to_millis(now)))


def list_passed(tx: Transaction, source: str) -> Sequence[dict[str, Any]]:
    rows = tx.execute("SELECT what, target, at_ms FROM passed WHERE source = ? ORDER BY number", (source,))
    return [{"what": row["what"], "to": row["target"], "at": write_utc(from_millis(row["at_ms"]))} for row in rows]
