"""Kẻng's calls. A 2xx is given only when the message and all that follows from it are on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keng.base.errors import InputError, KengError, RefusedError
from keng.nation.robot.desk import Taken
from keng.nation.robot.partner import Partner
from keng.nation.robot.wire.messages import Message
from keng.nation.robot.wire.orders import Letter, read_call
from keng.nation.robot.wire.signatures import verify

Reply = tuple[int, dict[str, Any]]

DOWN: Reply = (503, {"error": {"code": "down", "vi": "Đơn vị đang ngừng", "en": "The partner is down", "field": None}})


def receive(partner: Partner, headers: Mapping[str, str], body: bytes) -> Reply:
    """Check the signature, then read, then act; nothing is stored of what does not pass."""
    try:
        message_id = verify(partner.secrets, headers, body, partner.now())
        call = read_call(body)
        return _take_letter(partner, call, message_id) if isinstance(call, Letter) else _take(partner, call, message_id)
    except KengError as fault:
        return _status_of(fault), error_body(fault)


def _take(partner: Partner, message: Message, message_id: str) -> Reply:
    request_id = message.request.request_id
    if partner.outage.stops(request_id, count=True):
        return DOWN
    taken = partner.take(message, message_id)
    return 200, {"request_id": request_id, "taken": taken, "duplicate": taken is Taken.DUPLICATE}


def _take_letter(partner: Partner, letter: Letter, message_id: str) -> Reply:
    if letter.orders and partner.outage.stops_order(letter.orders[0].order_id):
        return DOWN
    taken = partner.take_letter(letter, message_id)
    return 200, {"orders": len(letter.orders), "taken": taken, "duplicate": taken is Taken.DUPLICATE}


def error_body(fault: KengError) -> dict[str, Any]:
    """The one shape of an error on the partner API."""
    return {"error": {"code": fault.code, "vi": fault.said.vi, "en": fault.said.en, "field": fault.field}}


def _status_of(fault: KengError) -> int:
    if isinstance(fault, RefusedError):
        return 401
    return 400 if isinstance(fault, InputError) and fault.code == "bad_json" else 422
