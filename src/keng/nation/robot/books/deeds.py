"""What a partner did for a request, once a request. No timer ends a deed: each look computes whether it is in force.

`deed` is the state of now, `deed_change` the history that is only ever added to: it proves what was in force when.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from keng.nation.robot.books.store import Transaction
from keng.nation.robot.clock import from_millis, to_millis

IN_FORCE = "released = 0 AND until_ms > ?"


class Change(StrEnum):
    """What happened to a deed. That its time was over is no change: `until_ms` says so."""

    BEGUN = "begun"
    CHANGED = "changed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done. `name` is the partner's own name of the object, `whole` is false if only a part of it was done."""

    number: int
    request_id: str
    action: str
    name: str
    amount: int | None
    whole: bool
    until: datetime
    released: bool
    end_told: bool

    def in_force(self, now: datetime) -> bool:
        return not self.released and self.until > now


def amount_in_force(tx: Transaction, action: str, name: str, now: datetime) -> int:
    """đồng under all such deeds on one object."""
    query = f"SELECT coalesce(sum(amount), 0) FROM deed WHERE name = ? AND action = ? AND {IN_FORCE}"  # noqa: S608 - a constant
    return int(tx.execute(query, (name, action, to_millis(now))).fetchone()[0])


def list_in_force(tx: Transaction, action: str, name: str, now: datetime) -> Sequence[Deed]:
    """Such deeds on one object, the oldest first."""
    query = f"SELECT * FROM deed WHERE name = ? AND action = ? AND {IN_FORCE} ORDER BY number"  # noqa: S608 - a constant
    return [_read(row) for row in tx.execute(query, (name, action, to_millis(now)))]


def list_names_in_force(tx: Transaction, action: str, now: datetime) -> Sequence[str]:
    """Every object wholly under such a deed."""
    query = f"SELECT DISTINCT name FROM deed WHERE action = ? AND whole = 1 AND {IN_FORCE} ORDER BY name"  # noqa: S608 - a constant
    return [row[0] for row in tx.execute(query, (action, to_millis(now)))]


def find_deed(tx: Transaction, request_id: str) -> Deed | None:
    row = tx.execute("SELECT * FROM deed WHERE request_id = ?", (request_id,)).fetchone()
    return None if row is None else _read(row)


def list_deeds(tx: Transaction) -> Sequence[Deed]:
    """Every deed there ever was, oldest first."""
    return [_read(row) for row in tx.execute("SELECT * FROM deed ORDER BY number")]


def begin_deed(
    tx: Transaction, request_id: str, action: str, name: str, amount: int | None, whole: bool, until: datetime, now: datetime
) -> Deed:  # fmt: skip
    """The first deed for a request; a second one fails on the table's constraint."""
    row = "INSERT INTO deed (request_id, action, name, amount, whole, until_ms) VALUES (?, ?, ?, ?, ?, ?)"
    number = tx.execute(row, (request_id, action, name, amount, whole, to_millis(until))).lastrowid or 0
    _note(tx, request_id, Change.BEGUN, now)
    return Deed(number, request_id, action, name, amount, whole, until, released=False, end_told=False)


def change_deed(tx: Transaction, request_id: str, amount: int | None, until: datetime, now: datetime) -> None:
    """Give the one deed of a request another amount and end. It is in force again if it had fallen by itself."""
    change = "UPDATE deed SET amount = ?, until_ms = ?, end_told = 0 WHERE request_id = ? AND released = 0"
    if tx.execute(change, (amount, to_millis(until), request_id)).rowcount:
        _note(tx, request_id, Change.CHANGED, now)


def release_deed(tx: Transaction, request_id: str, now: datetime) -> None:
    change = "UPDATE deed SET released = 1, end_told = 1 WHERE request_id = ? AND released = 0"
    if tx.execute(change, (request_id,)).rowcount:
        _note(tx, request_id, Change.RELEASED, now)


def take_fallen(tx: Transaction, now: datetime) -> Sequence[Deed]:
    """Deeds whose time is over and of whose end nobody was told; they count as told from here on."""
    fallen = "released = 0 AND end_told = 0 AND until_ms <= ?"
    query = f"UPDATE deed SET end_told = 1 WHERE {fallen} RETURNING *"  # noqa: S608 - a constant
    return [_read(row) for row in tx.execute(query, (to_millis(now),)).fetchall()]


def note_end_told(tx: Transaction, request_id: str) -> None:
    """Kẻng knows that the deed is not in force: nothing more is to be told of its end."""
    tx.execute("UPDATE deed SET end_told = 1 WHERE request_id = ?", (request_id,))


def was_in_force(tx: Transaction, request_id: str, moment: datetime) -> bool:
    """What the history says of one moment: the last change up to then did not release it, and its end was still to come."""
    query = """
        SELECT what, until_ms FROM deed_change WHERE deed = (SELECT number FROM deed WHERE request_id = ?)
        AND at_ms <= ? ORDER BY number DESC LIMIT 1
    """
    row = tx.execute(query, (request_id, to_millis(moment))).fetchone()
    return row is not None and row["what"] != Change.RELEASED and row["until_ms"] > to_millis(moment)


def _note(tx: Transaction, request_id: str, what: Change, now: datetime) -> None:
    note = """
        INSERT INTO deed_change (deed, at_ms, what, amount, until_ms)
        SELECT number, ?, ?, amount, until_ms FROM deed WHERE request_id = ?
    """
    tx.execute(note, (to_millis(now), what, request_id))


def _read(row: sqlite3.Row) -> Deed:
    return Deed(
        number=row["number"],
        request_id=row["request_id"],
        action=row["action"],
        name=row["name"],
        amount=row["amount"],
        whole=bool(row["whole"]),
        until=from_millis(row["until_ms"]),
        released=bool(row["released"]),
        end_told=bool(row["end_told"]),
    )
