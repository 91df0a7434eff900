"""The core banking door, for customers and the payment network of the simulated nation. No part of the partner API."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from keng.base.errors import ConflictError, InputError, KengError
from keng.nation.robot.bank import Bank
from keng.nation.robot.books.accounts import Position, Transfer, find_position, move, open_account
from keng.nation.robot.books.holds import Hold, list_holds
from keng.nation.robot.clock import write_utc
from keng.nation.robot.wire.messages import (
    ACCOUNT,
    LARGEST_AMOUNT,
    bad_field,
    matching,
    moment,
    read_json,
    whole_number,
)

Reply = tuple[int, dict[str, Any]]

TRANSFER_ID = re.compile(r"[0-9A-Za-z:._-]{1,100}")
ACCOUNTS = "/core/accounts"
NOT_FOUND: Reply = (404, {"error": "not_found"})


def look(bank: Bank, path: str) -> Reply:
    """GET /core/accounts/{account}: one position. GET /core/holds: every hold there ever was."""
    if path == "/core/holds":
        with bank.store.read() as tx:
            holds = list_holds(tx)
        return 200, {"items": [_hold_json(bank, hold) for hold in holds]}
    if path.startswith(f"{ACCOUNTS}/"):
        return _look_at_account(bank, unquote(path.removeprefix(f"{ACCOUNTS}/")))
    return NOT_FOUND


def order(bank: Bank, path: str, body: bytes) -> Reply:
    """POST /core/accounts opens one; POST /core/transfers moves money. Both are safe to repeat."""
    doors = {ACCOUNTS: _open_account, "/core/transfers": _transfer}
    if path not in doors:
        return NOT_FOUND
    try:
        return doors[path](bank, read_json(body))
    except KengError as fault:
        return _status_of(fault), {"error": fault.code, "field": fault.field}


def _look_at_account(bank: Bank, account: str) -> Reply:
    with bank.store.read() as tx:
        position = find_position(tx, account, bank.now())
    return (404, {"error": "no_such_account"}) if position is None else (200, _position_json(position))


def _open_account(bank: Bank, data: dict[str, Any]) -> Reply:
    account = matching(data, "account", ACCOUNT)
    if not account.startswith(f"{bank.policy.bank_bin}:"):
        return 422, {"error": "not_our_account", "field": "account"}
    opening = whole_number(data, "opening", LARGEST_AMOUNT, least=0)
    with bank.store.write() as tx:
        is_new = open_account(tx, account, opening)
        position = find_position(tx, account, bank.now())
    return 201 if is_new else 200, _position_json(position) if position else {}


def _transfer(bank: Bank, data: dict[str, Any]) -> Reply:
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
    with bank.store.write() as tx:
        moved = move(tx, bank.policy.bank_bin, transfer, bank.now())
    done = {"debited": moved.debited, "credited": moved.credited, "duplicate": moved.duplicate}
    return 200, {"transfer_id": transfer.transfer_id, **done}


def _position_json(position: Position) -> dict[str, Any]:
    return {
        "account": position.account,
        "balance": position.balance,
        "held": position.held,
        "available": position.available,
    }


def _hold_json(bank: Bank, hold: Hold) -> dict[str, Any]:
    return {
        "request_id": hold.request_id,
        "account": hold.account,
        "amount": hold.amount,
        "hold_until": write_utc(hold.hold_until),
        "in_force": hold.in_force(bank.now()),
        "released": hold.released,
    }


def _status_of(fault: KengError) -> int:
    if isinstance(fault, ConflictError):
        return 409
    if isinstance(fault, InputError) and fault.code == "bad_json":
        return 400
    return 404 if fault.code == "no_such_account" else 422
