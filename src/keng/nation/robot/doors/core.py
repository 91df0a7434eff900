"""The core door, for customers and networks of the simulated nation. No part of the partner API."""

from __future__ import annotations

from typing import Any

from keng.base.errors import ConflictError, InputError, KengError
from keng.nation.robot.books.copies import Copy, list_copies
from keng.nation.robot.books.deeds import Deed, list_deeds
from keng.nation.robot.clock import write_utc
from keng.nation.robot.kinds.trade import Reply
from keng.nation.robot.partner import Partner
from keng.nation.robot.wire.messages import read_json

NOT_FOUND: Reply = (404, {"error": "not_found"})


def look(partner: Partner, path: str) -> Reply:
    """GET /core/deeds: every deed there ever was. GET /core/copies: what is preserved. Else what the trade shows."""
    with partner.store.read() as tx:
        if path == "deeds":
            return 200, {"items": [_deed_json(partner, deed) for deed in list_deeds(tx)]}
        if path == "copies":
            return 200, {"items": [_copy_json(copy) for copy in list_copies(tx, partner.now())]}
        return partner.trade.look(tx, path, partner.now()) or NOT_FOUND


def order(partner: Partner, path: str, body: bytes) -> Reply:
    """What a customer or a network orders, all of it or nothing."""
    try:
        data = read_json(body)
        with partner.store.write() as tx:
            reply = partner.trade.order(tx, path, data, partner.now())
    except KengError as fault:
        return _status_of(fault), {"error": fault.code, "field": fault.field}
    partner.work.set()
    return reply or NOT_FOUND


def _deed_json(partner: Partner, deed: Deed) -> dict[str, Any]:
    return {
        "number": deed.number,
        "request_id": deed.request_id,
        "action": deed.action,
        "object": deed.name,
        "amount": deed.amount,
        "whole": deed.whole,
        "until": write_utc(deed.until),
        "in_force": deed.in_force(partner.now()),
        "released": deed.released,
    }


def _copy_json(copy: Copy) -> dict[str, Any]:
    made_at = write_utc(copy.made_at)
    return {"number": copy.number, "request_id": copy.request_id, "made_at": made_at, "content": copy.content}


def _status_of(fault: KengError) -> int:
    if isinstance(fault, ConflictError):
        return 409
    if isinstance(fault, InputError) and fault.code == "bad_json":
        return 400
    return 404 if fault.code == "no_such_account" else 422
