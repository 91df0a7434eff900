"""Accounts and the money in them. Invariants: no balance is below zero, and what is held cannot leave."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keng.base.errors import ConflictError, InputError, Said
from keng.nation.robot.books.holds import held_on
from keng.nation.robot.books.store import Store, Transaction

BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Position:
    """One account at one moment, in đồng."""

    account: str
    balance: int
    held: int

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
    return None if row is None else Position(account, row["balance"], held_on(tx, account, now))


def move(tx: Transaction, bank_bin: str, transfer: Transfer, now: datetime) -> Moved:
    """Debit and credit this bank's sides, once for each transfer_id.

    Refuses with InputError `not_our_account` or `no_such_account`, or ConflictError `held` (the balance is there but
    held), `insufficient` or `transfer_id_reused`. A refused transfer leaves nothing behind and may be tried again.
    """
    sides = [account.startswith(f"{bank_bin}:") for account in (transfer.from_account, transfer.to_account)]
    if not any(sides):
        raise InputError("not_our_account", Said("Không phải tài khoản của ngân hàng này", "No account of this bank"))
    if _done_before(tx, transfer):
        return Moved(*sides, duplicate=True)
    if sides[0]:
        _refuse_unless_available(_position(tx, transfer.from_account, now), transfer.amount)
        _add(tx, transfer.from_account, -transfer.amount)
    if sides[1]:
        _position(tx, transfer.to_account, now)
        _add(tx, transfer.to_account, transfer.amount)
    values = (transfer.transfer_id, transfer.from_account, transfer.to_account, transfer.amount, transfer.at)
    tx.execute("INSERT INTO transfer VALUES (?, ?, ?, ?, ?)", values)
    return Moved(*sides, duplicate=False)


def load_accounts(store: Store, bank_bin: str, path: Path) -> int:
    """Open this bank's accounts of a Parquet or CSV file of `account, opening`; those of others are passed over."""
    rows = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    ours = ((account, opening) for account, opening in rows if account.startswith(f"{bank_bin}:"))
    opened, batch = 0, []
    for row in ours:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            opened, batch = opened + _open_batch(store, batch), []
    return opened + _open_batch(store, batch)


def _open_batch(store: Store, rows: Iterable[tuple[str, int]]) -> int:
    with store.write() as tx:
        return sum(open_account(tx, account, opening) for account, opening in rows)


def _read_parquet(path: Path) -> Iterator[tuple[str, int]]:
    from pyarrow import parquet  # slow to import, and most robots start without a file

    for batch in parquet.ParquetFile(path).iter_batches(BATCH_ROWS, columns=["account", "opening"]):
        columns = batch.to_pydict()
        yield from zip(map(str, columns["account"]), map(int, columns["opening"]), strict=True)


def _read_csv(path: Path) -> Iterator[tuple[str, int]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["account"], int(row["opening"])


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


def _refuse_unless_available(position: Position, amount: int) -> None:
    if position.available >= amount:
        return
    if position.balance >= amount:
        raise ConflictError("held", Said("Tiền đang bị giữ", "The money is held"))
    raise ConflictError("insufficient", Said("Không đủ tiền", "There is not enough money"))


def _add(tx: Transaction, account: str, amount: int) -> None:
    tx.execute("UPDATE account SET balance = balance + ? WHERE account = ?", (amount, account))
