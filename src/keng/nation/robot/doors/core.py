"""The core door, for customers and networks of the simulated nation. No part of the partner API."""

from __future__ import annotations

from typing import Any

from keng.base.errors import ConflictError, InputError, KengError
from keng.nation.robot.books.copies import Copy, list_copies
from keng.nation.robot.books.deeds import Deed, list_deeds
from keng.nation.robot.books.orders import (
    FiledOrder,
    Told,
    level_of,
    list_line_changes,
    list_orders,
    list_told,
    note_correction,
)
from keng.nation.robot.books.store import Transaction
from keng.nation.robot.clock import write_utc
from keng.nation.robot.kinds.trade import Reply
from keng.nation.robot.partner import Partner
from keng.nation.robot.wire.messages import read_json, read_target
from keng.nation.robot.wire.orders import Ordered

NOT_FOUND: Reply = (404, {"error": "not_found"})


def look(partner: Partner, path: str) -> Reply:
    """GET /core/deeds and /core/orders: all there ever were. GET /core/copies: what is preserved. GET /core/texts/NAME: what a
    holder was told. GET /core/levels/NAME: what is in force by follow-ups, and its history. Else what the trade shows."""
    place, _, name = path.partition("/")
    with partner.store.read() as tx:
        if path == "deeds":
            return 200, {"items": [_deed_json(partner, deed) for deed in list_deeds(tx)]}
        if path == "copies":
            return 200, {"items": [_copy_json(copy) for copy in list_copies(tx, partner.now())]}
        if path == "orders":
            return 200, {"items": [_order_json(filed) for filed in list_orders(tx)]}
        if place == "texts" and name:
            return 200, {"items": [_told_json(told) for told in list_told(tx, name)]}
        if place == "levels" and name:
            return 200, _levels_json(tx, name)
        return partner.trade.look(tx, path, partner.now()) or NOT_FOUND


def order(partner: Partner, path: str, body: bytes) -> Reply:
    """What a customer or a network orders, all of it or nothing. POST /core/corrections: the holder had the record corrected."""
    try:
        data = read_json(body)
        with partner.store.write() as tx:
            if path == "corrections" and partner.trade.restrictions is not None:
                reply = _correct(tx, partner, data)
            else:
                reply = partner.trade.order(tx, path, data, partner.now())
    except KengError as fault:
        return _status_of(fault), {"error": fault.code, "field": fault.field}
    partner.work.set()
    return reply or NOT_FOUND


def _correct(tx: Transaction, partner: Partner, data: dict[str, Any]) -> Reply:
    """The holder of `object` came to the counter, and the record is right now."""
    target = read_target(data.get("object"))
    reason = partner.trade.lacks(tx, target, Ordered.CHECK, partner.now())
    if reason:
        return 422, {"error": reason, "field": "object"}
    return (201 if note_correction(tx, partner.trade.name_of(target), partner.now()) else 200), {}


def _order_json(filed: FiledOrder) -> dict[str, Any]:
    order = filed.order
    return {
        "place": filed.place,
        "order_id": order.order_id,
        "case": order.case,
        "number": order.number,
        "action": order.action,
        "object": order.target.value,
        "stage": filed.stage,
        "outcome": filed.outcome,
    }


def _told_json(told: Told) -> dict[str, Any]:
    return {"order_id": told.order_id, "at": write_utc(told.at), "vi": told.notice.vi, "en": told.notice.en}


def _levels_json(tx: Transaction, name: str) -> dict[str, Any]:
    changes = [
        {"order_id": one.order_id, "case": one.case, "level": one.level.name.lower(), "at": write_utc(one.at)}
        for one in list_line_changes(tx, name)
    ]
    return {"object": name, "level": level_of(tx, name).name.lower(), "changes": changes}


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
