"""A bank: it holds funds, restricts an account, and serves its customers and the payment network at its core door."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from keng.nation.robot.books.store import Store, Transaction
from keng.nation.robot.kinds.bank.accounts import (
    SCHEMA,
    Position,
    Transfer,
    find_position,
    list_transfers,
    load_accounts,
    move,
    open_account,
)
from keng.nation.robot.kinds.trade import Craft, Reply, Trade
from keng.nation.robot.wire.messages import (
    ACCOUNT,
    LARGEST_AMOUNT,
    Action,
    Target,
    bad_field,
    matching,
    moment,
    whole_number,
)
from keng.nation.robot.wire.orders import Ordered

TRANSFER_ID = re.compile(r"[0-9A-Za-z:._-]{1,100}")
ACCOUNTS = frozenset({"account"})
TRANSFERS_ONLY = (
    "Đã chặn chuyển khoản đi; rút tiền mặt chưa chặn được / transfers out are stopped, taking out cash is not yet"
)


class BankTrade(Trade):
    """`code` is the bank's BIN."""

    kind = "bank"
    schema = SCHEMA
    restrictions = frozenset({Ordered.RESTRICT_OUT})
    part_of_data: ClassVar[str] = (
        "Đã giữ thông tin tài khoản; lịch sử giao dịch chưa trích được / the account is kept, its transfers are not yet"
    )

    def own_crafts(self) -> dict[str, Craft]:
        return {
            Action.HOLD_FUNDS: Craft(ACCOUNTS, "GT", None, self._no_account, most=_available),
            Action.RESTRICT_ACCOUNT: Craft(ACCOUNTS, "HC", TRANSFERS_ONLY, self._no_account),
        }

    def describe(self, tx: Transaction, target: Target, now: datetime, *, whole: bool) -> dict[str, Any] | None:
        position = find_position(tx, target.value, now)
        if position is None:
            return None
        known = _position_json(position)
        return known | {"transfers": list_transfers(tx, target.value)} if whole else known

    def load(self, store: Store, register: Path) -> int:
        return load_accounts(store, self.code, register)

    def look(self, tx: Transaction, path: str, now: datetime) -> Reply | None:
        """GET /core/accounts/{account}: one position."""
        place, _, account = path.partition("/")
        if place != "accounts" or not account:
            return None
        position = find_position(tx, account, now)
        return (404, {"error": "no_such_account"}) if position is None else (200, _position_json(position))

    def order(self, tx: Transaction, path: str, data: dict[str, Any], now: datetime) -> Reply | None:
        """POST /core/accounts opens one; POST /core/transfers moves money."""
        doors = {"accounts": self._open_account, "transfers": self._transfer}
        return doors[path](tx, data, now) if path in doors else None

    def lacks(self, tx: Transaction, target: Target, ordered: str, now: datetime) -> str | None:
        ours = target.kind == "account" and target.value.startswith(f"{self.code}:")
        if ours and find_position(tx, target.value, now):
            return None
        return "not_delivered" if ours and ordered == Ordered.NOTICE else "no_such_record"

    def _no_account(self, tx: Transaction, target: Target, now: datetime) -> str | None:
        if not target.value.startswith(f"{self.code}:"):
            return "not_our_account"
        return None if find_position(tx, target.value, now) else "no_such_account"

    def _open_account(self, tx: Transaction, data: dict[str, Any], now: datetime) -> Reply:
        account = matching(data, "account", ACCOUNT)
        if not account.startswith(f"{self.code}:"):
            return 422, {"error": "not_our_account", "field": "account"}
        is_new = open_account(tx, account, whole_number(data, "opening", LARGEST_AMOUNT, least=0))
        position = find_position(tx, account, now)
        return 201 if is_new else 200, _position_json(position) if position else {}

    def _transfer(self, tx: Transaction, data: dict[str, Any], now: datetime) -> Reply:
        moment(data, "at")
        transfer = Transfer(
            transfer_id=matching(data, "transfer_id", TRANSFER_ID),
            from_account=matching(data, "from_account", ACCOUNT),
            to_account=matching(data, "to_account", ACCOUNT),
            amount=whole_number(data, "amount", LARGEST_AMOUNT),
            at=data["at"],
        )
        if transfer.from_account == transfer.to_account:
            raise bad_field("to_account")
        moved = move(tx, self.code, transfer, now)
        done = {"debited": moved.debited, "credited": moved.credited, "duplicate": moved.duplicate}
        return 200, {"transfer_id": transfer.transfer_id, **done}


def _available(tx: Transaction, account: str, now: datetime) -> int:
    position = find_position(tx, account, now)
    return position.available if position else 0


def _position_json(position: Position) -> dict[str, Any]:
    return {
        "account": position.account,
        "balance": position.balance,
        "held": position.held,
        "available": position.available,
        "restricted": position.restricted or position.counter_only,
    }
