"""What a centre delivers, read from its PDU: a message or a part of one, or a receipt. Knows the fields, not the library.

A long message comes whole (message_payload), in parts by a header within the bytes (UDH), or in parts by optional fields (SAR).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from keng.desk.ground.sms.actions import PartOf
from keng.desk.ground.sms.states import Delivery
from keng.doors.sms.gsm import UDH_INDICATOR

RECEIPT = 0x04  # in esm_class, bits 2 to 5
TYPE_BITS = 0x3C
DELIVERED_STATE = 2
ON_ITS_WAY = (0, 1, 6)  # scheduled, enroute, accepted: nothing final
MOST_BYTES = 64_000
_ID = re.compile(rb"\bid:(\S{1,64})", re.I)
_STAT = re.compile(rb"\bstat:([A-Z]{5,8})", re.I)


@dataclass(frozen=True, slots=True)
class Coming:
    """A message or a part of one: from whom, to which of our numbers, its bytes and their coding."""

    sender: str
    number: str
    data: bytes
    coding: int
    part: PartOf | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a segment that we sent; None while it is still on its way."""

    message_id: str
    delivery: Delivery | None


def read(pdu: Any) -> Coming | Receipt:
    """What a deliver_sm holds. Never raises on any field values."""
    esm_class = int(pdu.esm_class or 0)
    data = bytes(pdu.short_message or b"") or _optional(pdu, "message_payload")
    if esm_class & TYPE_BITS == RECEIPT:
        return _receipt(pdu, data)
    part = _part_by_fields(pdu)
    if esm_class & UDH_INDICATOR:
        by_header, data = _header(data)
        part = by_header or part
    return Coming(
        _text(pdu.source_addr), _text(pdu.destination_addr), data[:MOST_BYTES], int(pdu.data_coding or 0), part
    )


def _receipt(pdu: Any, data: bytes) -> Receipt:
    told = _optional(pdu, "receipted_message_id").rstrip(b"\0")
    in_text, stat = _ID.search(data), _STAT.search(data)
    message_id = told or (in_text[1] if in_text else b"")
    state = getattr(pdu, "message_state", None)
    return Receipt(message_id.decode("latin-1"), _delivery(_whole(state), stat[1].upper() if stat else b""))


def _delivery(state: int | None, stat: bytes) -> Delivery | None:
    if state == DELIVERED_STATE or (state is None and stat == b"DELIVRD"):
        return Delivery.DELIVERED
    if state in ON_ITS_WAY or (state is None and stat in (b"", b"ENROUTE", b"ACCEPTD")):
        return None
    return Delivery.FAILED


def _header(data: bytes) -> tuple[PartOf | None, bytes]:
    """The part that a user data header names, and the bytes behind the header. A broken header is no header."""
    length = data[0] if data else 0
    if not data or 1 + length > len(data):
        return None, data
    header, rest = data[1 : 1 + length], data[1 + length :]
    while len(header) >= 2:
        kind, size = header[0], header[1]
        value, header = header[2 : 2 + size], header[2 + size :]
        if kind == 0x00 and len(value) == 3:
            return PartOf(value[0], value[1], value[2]), rest
        if kind == 0x08 and len(value) == 4:
            return PartOf(int.from_bytes(value[:2], "big"), value[2], value[3]), rest
    return None, rest


def _part_by_fields(pdu: Any) -> PartOf | None:
    names = ("sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum")
    reference, count, number = (_whole(getattr(pdu, name, None)) for name in names)
    if reference is None or count is None or number is None:
        return None
    return PartOf(reference, count, number)


def _whole(value: Any) -> int | None:
    """A number as the library gives it: as one, as bytes, or not at all."""
    if isinstance(value, bytes):
        return int.from_bytes(value, "big") if value else None
    return value if isinstance(value, int) else None


def _optional(pdu: Any, name: str) -> bytes:
    value = getattr(pdu, name, None)
    return value.encode("latin-1", "replace") if isinstance(value, str) else bytes(value or b"")


def _text(value: Any) -> str:
    return (value.decode("latin-1") if isinstance(value, bytes) else str(value or "")).strip("\0 ")
