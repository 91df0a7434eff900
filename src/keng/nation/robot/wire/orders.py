"""Orders of a follow-up as docs/partner-api.md tells them, and their answers. One of another shape refuses its whole letter."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from keng.nation.robot.wire.messages import (
    ANYTHING,
    LARGEST_AMOUNT,
    PHONE,
    REQUEST_ID,
    WORD,
    Message,
    Target,
    bad_field,
    matching,
    message_of,
    moment,
    read_json,
    read_target,
    whole_number,
)

FOLLOWUP = "followup.orders"
MOST_KEPT = 100
LONGEST_NOTE = 500


class Ordered(StrEnum):
    """What can be ordered about a line or an account. An order may name another thing: it is refused in words."""

    NOTICE = "notice"
    RESTRICT_OUT = "restrict_out"
    RESTRICT_BOTH = "restrict_both"
    END = "end"
    RESTORE = "restore"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the holder is told, word for word."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Order:
    """One order. Of two about one `case` that with the higher `number` counts; `keeps` are numbers that stay within reach."""

    order_id: str
    case: str
    number: int
    record: str
    action: str
    target: Target
    keeps: tuple[str, ...]
    notice: Notice | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """One call of Kẻng with orders, or the one item of its list that was fetched."""

    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What goes back about one order: `received`, `executed` or `refused`."""

    status: str
    reason: str = ""
    note: str = ""
    reference: str = ""

    def to_json(self) -> str:
        """The body of the answer."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_call(body: bytes) -> Message | Letter:
    """A call of Kẻng of either sort, or InputError `bad_json` or `bad_message`."""
    value = read_json(body)
    if value.get("type") != FOLLOWUP:
        return message_of(value)
    data = value.get("data")
    if not isinstance(data, dict):
        raise bad_field("data")
    orders = data.get("orders")
    if not isinstance(orders, list) or not all(isinstance(one, dict) for one in orders):
        raise bad_field("orders")
    return Letter(tuple(map(read_order, orders)))


def read_order(data: dict[str, Any]) -> Order:
    """An item of `orders` of the contract, or InputError `bad_message`; keys that no partner needs are ignored."""
    action, notice = matching(data, "action", WORD), _read_notice(data.get("notice"))
    if notice is None and action == Ordered.NOTICE:
        raise bad_field("notice")
    return Order(
        order_id=matching(data, "order_id", REQUEST_ID),
        case=matching(data, "case", REQUEST_ID),
        number=whole_number(data, "number", LARGEST_AMOUNT),
        record=matching(data, "record", ANYTHING),
        action=action,
        target=read_target(data.get("object")),
        keeps=_read_kept(data.get("keeps")),
        notice=notice,
        made_at=moment(data, "made_at"),
    )


def _read_notice(value: Any) -> Notice | None:
    if value is None:
        return None
    said = (value.get("vi"), value.get("en")) if isinstance(value, Mapping) else (None, None)
    if not all(isinstance(text, str) and text for text in said):
        raise bad_field("notice")
    return Notice(*said)


def _read_kept(value: Any) -> tuple[str, ...]:
    """Numbers that are no numbers are passed over: what stays within reach can only grow by this field."""
    numbers = value.get("calls_to") if isinstance(value, Mapping) else None
    told = numbers[:MOST_KEPT] if isinstance(numbers, list) else []
    return tuple(one for one in told if isinstance(one, str) and re.fullmatch(PHONE, one))
