"""Accounts and the money in them. Invariants: no balance is below zero, and what is held or restricted cannot leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from keng.base.errors import ConflictError, InputError, Said
from keng.nation.robot.books.columns import load_once
from keng.nation.robot.books.deeds import amount_in_force, list_in_force
from keng.nation.robot.books.orders import Level, level_of
from keng.nation.robot.books.store import Store, Transaction
from keng.nation.robot.wire.messages import Action

CASH = "cash:"
COUNTER = "cash:counter"
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
"""


@dataclass(frozen=True, slots=True)
class Position:
    """One account at one moment, in đồng."""

    account: str
    balance: int
    held: int
    restricted: bool = False
    """Nothing may leave; `cash_only` if it is cash that still may."""
    cash_only: bool = False
    counter_only: bool = False
    """By a follow-up: no electronic transaction; what the counter pays out still leaves."""

    @property
    def available(self) -> int:
        return max(0, self.balance - self.held)


@dataclass(frozen=True, slots=True)
class Transfer:
    """An order to move money. Of the two accounts this bank moves those that are its own."""

    transfer_id: str
    from_account: str
    to_account: str
    amount: int
    at: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done for a transfer; `duplicate` if it had been done before."""

    debited: bool
    credited: bool
    duplicate: bool


def open_account(tx: Transaction, account: str, opening: int) -> bool:
    """Open an account with money in it; False if there is one already (nothing changes then)."""
    row = "INSERT OR IGNORE INTO account (account, opening, balance) VALUES (?, ?, ?)"
    return tx.execute(row, (account, opening, opening)).rowcount == 1


def find_position(tx: Transaction, account: str, now: datetime) -> Position | None:
    row = tx.execute("SELECT balance FROM account WHERE account = ?", (account,)).fetchone()
    if row is None:
        return None
    restrictions = list_in_force(tx, Action.RESTRICT_ACCOUNT, account, now)
    return Position(
        account,
        row["balance"],
        amount_in_force(tx, Action.HOLD_FUNDS, account, now),
        restricted=bool(restrictions),
        cash_only=not any(deed.whole for deed in restrictions),
        counter_only=level_of(tx, account) is not Level.NONE,
    )


def move(tx: Transaction, bank_bin: str, transfer: Transfer, now: datetime) -> Moved:
    """Debit and credit this bank's sides, once for each transfer_id.

    Refuses with InputError `not_our_account` or `no_such_account`, or ConflictError `restricted`, `held` (the balance is
    there but held), `insufficient` or `transfer_id_reused`. A refused transfer leaves nothing behind and may be tried again.
    """
    sides = [account.startswith(f"{bank_bin}:") for account in (transfer.from_account, transfer.to_account)]
    if not any(sides):
        raise InputError("not_our_account", Said("Không phải tài khoản của ngân hàng này", "No account of this bank"))
    if _done_before(tx, transfer):
        return Moved(*sides, duplicate=True)
    if sides[0]:
        _refuse_unless_available(_position(tx, transfer.from_account, now), transfer)
        _add(tx, transfer.from_account, -transfer.amount)
    if sides[1]:
        _position(tx, transfer.to_account, now)
        _add(tx, transfer.to_account, transfer.amount)
    values = (transfer.transfer_id, transfer.from_account, transfer.to_account, transfer.amount, transfer.at)
    tx.execute("INSERT INTO transfer VALUES (?, ?, ?, ?, ?)", values)
    return Moved(*sides, duplicate=False)


def load_accounts(store: Store, bank_bin: str, path: Path) -> int:
    """Open this bank's accounts of a Parquet or CSV file of `account, opening`; those of others are passed over."""

    def open_ours(tx: Transaction, row: list[str]) -> bool:
        account, opening = row
        return account.startswith(f"{bank_bin}:") and open_account(tx, account, int(opening))

    return load_once(store, path, ("account", "opening"), open_ours)


def list_transfers(tx: Transaction, account: str) -> list[dict[str, Any]]:
    """Every transfer from or to an account."""
    query = "SELECT * FROM transfer WHERE ? IN (from_account, to_account) ORDER BY at, transfer_id"
    return [dict(row) for row in tx.execute(query, (account,))]


def _done_before(tx: Transaction, transfer: Transfer) -> bool:
    row = tx.execute("SELECT * FROM transfer WHERE transfer_id = ?", (transfer.transfer_id,)).fetchone()
    if row is None:
        return False
    if (row["from_account"], row["to_account"], row["amount"]) != (
        transfer.from_account,
        transfer.to_account,
        transfer.amount,
    ):
        raise ConflictError(
            "transfer_id_reused", Said("Mã giao dịch đã dùng", "This transfer_id names another transfer")
        )
    return True


def _position(tx: Transaction, account: str, now: datetime) -> Position:
    position = find_position(tx, account, now)
    if position is None:
        raise InputError("no_such_account", Said("Không có tài khoản này", "There is no such account"))
    return position


def _refuse_unless_available(position: Position, transfer: Transfer) -> None:
    target = transfer.to_account
    stopped = position.restricted and not (position.cash_only and target.startswith(CASH))
    if stopped or (position.counter_only and target != COUNTER):
        raise ConflictError("restricted", Said("Tài khoản đang bị hạn chế", "The account is restricted"))
    if position.available >= transfer.amount:
        return
    if position.balance >= transfer.amount:
        raise ConflictError("held", Said("Tiền đang bị giữ", "The money is held"))
    raise ConflictError("insufficient", Said("Không đủ tiền", "There is not enough money"))


def _add(tx: Transaction, account: str, amount: int) -> None:
    tx.execute("UPDATE account SET balance = balance + ? WHERE account = ?", (amount, account))
