"""Money that may not leave. No timer ends a hold: each look computes whether it is in force."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from keng.nation.robot.books.store import Transaction
from keng.nation.robot.clock import from_millis, to_millis

IN_FORCE = "released = 0 AND hold_until_ms > ?"


@dataclass(frozen=True, slots=True)
class Hold:
    """An amount on an account for one request. `number` is the bank's own."""

    number: int
    request_id: str
    account: str
    amount: int
    hold_until: datetime
    released: bool
    end_told: bool

    def in_force(self, now: datetime) -> bool:
        return not self.released and self.hold_until > now


def held_on(tx: Transaction, account: str, now: datetime) -> int:
    """đồng held on an account by all holds in force."""
    query = f"SELECT coalesce(sum(amount), 0) FROM hold WHERE account = ? AND {IN_FORCE}"  # noqa: S608 - a constant
    return int(tx.execute(query, (account, to_millis(now))).fetchone()[0])


def find_hold(tx: Transaction, request_id: str) -> Hold | None:
    row = tx.execute("SELECT * FROM hold WHERE request_id = ?", (request_id,)).fetchone()
    return None if row is None else _read(row)


def list_holds(tx: Transaction) -> Sequence[Hold]:
    """Every hold there ever was, oldest first."""
    return [_read(row) for row in tx.execute("SELECT * FROM hold ORDER BY number")]


def place_hold(tx: Transaction, request_id: str, account: str, amount: int, until: datetime) -> Hold:
    """A first hold for a request; a second one fails on the table's constraint. The caller looked what is available."""
    row = "INSERT INTO hold (request_id, account, amount, hold_until_ms) VALUES (?, ?, ?, ?)"
    number = tx.execute(row, (request_id, account, amount, to_millis(until))).lastrowid
    return Hold(int(number or 0), request_id, account, amount, until, released=False, end_told=False)


def change_hold(tx: Transaction, request_id: str, amount: int, until: datetime) -> None:
    """Give the one hold of a request another amount and end. It is in force again if it had fallen by itself."""
    change = "UPDATE hold SET amount = ?, hold_until_ms = ?, end_told = 0 WHERE request_id = ? AND released = 0"
    tx.execute(change, (amount, to_millis(until), request_id))


def release_hold(tx: Transaction, request_id: str) -> None:
    tx.execute("UPDATE hold SET released = 1, end_told = 1 WHERE request_id = ?", (request_id,))


def take_fallen(tx: Transaction, now: datetime) -> Sequence[Hold]:
    """Holds whose time is over and of whose end nobody was told; they count as told from here on."""
    fallen = "released = 0 AND end_told = 0 AND hold_until_ms <= ?"
    query = f"UPDATE hold SET end_told = 1 WHERE {fallen} RETURNING *"  # noqa: S608 - a constant
    return [_read(row) for row in tx.execute(query, (to_millis(now),)).fetchall()]


def _read(row: sqlite3.Row) -> Hold:
    return Hold(
        number=row["number"],
        request_id=row["request_id"],
        account=row["account"],
        amount=row["amount"],
        hold_until=from_millis(row["hold_until_ms"]),
        released=bool(row["released"]),
        end_told=bool(row["end_told"]),
    )
