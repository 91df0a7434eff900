"""Transfers between banks: debit here, credit there. What was begun stands in a file, and a later process ends it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from keng.base.errors import InputError, Said
from keng.nation.day.banks import CoreDoor, Refused, Transfer, bank_of
from keng.nation.day.lanes import Lanes

SCHEMA = """
CREATE TABLE IF NOT EXISTS transfer (
    transfer_id TEXT PRIMARY KEY,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    at TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('begun', 'settled', 'refused'))
) STRICT, WITHOUT ROWID;
"""

OUTSIDE = "outside"
"""The lane of banks without a robot, of cash and of what lies abroad: whatever goes there has arrived."""

Told = Callable[[], None]


def _nobody() -> None:
    """Nobody waits for the outcome."""


class Settlement:
    """The nation's payment network. A side whose bank is not simulated counts as done."""

    def __init__(self, path: Path, doors: Mapping[str, CoreDoor], lanes: Lanes) -> None:
        self._doors = doors
        self._lanes = lanes
        self._lock = threading.Lock()
        self._book = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._book.execute("PRAGMA journal_mode=WAL")
        self._book.execute("PRAGMA synchronous=FULL")
        self._book.executescript(SCHEMA)

    def begin(self, transfer: Transfer, on_settled: Told = _nobody, on_refused: Told = _nobody) -> None:
        """Write the transfer down and start it. One of the two is called when it has ended, in a lane's thread."""
        row = "INSERT OR IGNORE INTO transfer VALUES (?, ?, ?, ?, ?, 'begun')"
        with self._lock:
            self._book.execute(row, tuple(transfer.to_json().values()))
        self._put_debit(transfer, on_settled, on_refused)

    def resume(self) -> int:
        """Go on with what an earlier process left half done, from its debit: banks know a repeat. Returns how many."""
        with self._lock:
            query = "SELECT * FROM transfer WHERE stage = 'begun' ORDER BY at, transfer_id"
            rows = self._book.execute(query).fetchall()
        for *fields, _ in rows:
            self._put_debit(Transfer(*fields), _nobody, _nobody)
        return len(rows)

    def place_of(self, account: str) -> str:
        """The lane that serves an account: its bank's, or one for all that is not simulated."""
        bank = bank_of(account)
        return bank if bank in self._doors else OUTSIDE

    def close(self) -> None:
        with self._lock:
            self._book.close()

    def _put_debit(self, transfer: Transfer, on_settled: Told, on_refused: Told) -> None:
        place = self.place_of(transfer.from_account)
        self._lanes.put(place, lambda: self._debit(transfer, on_settled, on_refused))

    def _put_credit(self, transfer: Transfer, on_settled: Told) -> None:
        place = self.place_of(transfer.to_account)
        self._lanes.put(place, lambda: self._credit(transfer, on_settled))

    def _debit(self, transfer: Transfer, on_settled: Told, on_refused: Told) -> None:
        door = self._doors.get(self.place_of(transfer.from_account))
        if door is not None:
            self._open_payee_in_the_same_bank(door, transfer)
            outcome = door.transfer(transfer)
            if isinstance(outcome, Refused):
                self._note(transfer, "refused")
                on_refused()
                return
        self._put_credit(transfer, on_settled)

    def _credit(self, transfer: Transfer, on_settled: Told) -> None:
        """The debit stands, so only the money's arrival ends this; a payee without an account gets one."""
        door = self._doors.get(self.place_of(transfer.to_account))
        if door is not None:
            door.open_account(transfer.to_account, 0)
            outcome = door.transfer(transfer)
            if isinstance(outcome, Refused):
                raise InputError("credit_refused", Said("Chưa ghi có được", f"A credit is refused: {outcome.code}"))
        self._note(transfer, "settled")
        on_settled()

    def _open_payee_in_the_same_bank(self, door: CoreDoor, transfer: Transfer) -> None:
        """There debit and credit are one step."""
        if bank_of(transfer.from_account) == bank_of(transfer.to_account):
            door.open_account(transfer.to_account, 0)

    def _note(self, transfer: Transfer, stage: str) -> None:
        with self._lock:
            self._book.execute("UPDATE transfer SET stage = ? WHERE transfer_id = ?", (stage, transfer.transfer_id))
