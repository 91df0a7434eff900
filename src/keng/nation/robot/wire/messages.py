"""What Kẻng sends and what the bank answers, as values. Anything of another shape is refused with the field's name."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from keng.base.errors import InputError, Said

LARGEST_AMOUNT = 10**15
"""đồng; more than all the money in the country, and far from the end of 64 bits."""
HOLD_FUNDS = "hold_funds"
REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{1,100}")
ACCOUNT = re.compile(r"[0-9A-Za-z?]{1,12}:[0-9A-Za-z._-]{1,50}")


class Kind(StrEnum):
    """The types of message of docs/partner-api.md."""

    REQUESTED = "hold.requested"
    CONFIRMED = "hold.confirmed"
    RELEASED = "hold.released"
    REMINDER = "request.reminder"


class Status(StrEnum):
    """What a bank can answer."""

    RECEIVED = "received"
    EXECUTED = "executed"
    PART = "part"
    REFUSED = "refused"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """The whole state of a request at one version: what the bank needs of it, nothing of a person."""

    request_id: str
    version: int
    action: str
    account: str
    amount: int
    currency: str
    hold_until: datetime
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One call of Kẻng, or one item of its list of open requests."""

    kind: Kind
    request: HoldRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. Which fields each status needs is the contract's table."""

    status: Status
    version: int
    held_amount: int | None = None
    reference: str | None = None
    reason: str | None = None
    note: str | None = None

    def to_json(self, request_id: str) -> str:
        """The body of the answer to one request. The id stands in it too, so that the signature covers it."""
        return json.dumps({"request_id": request_id, **asdict(self)}, ensure_ascii=False)


def read_json(body: bytes) -> dict[str, Any]:
    """The object in a body, or InputError `bad_json`."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise InputError("bad_json", Said("Không đọc được JSON", "The body is not JSON")) from fault
    if not isinstance(value, dict):
        raise InputError("bad_json", Said("Cần một đối tượng JSON", "A JSON object is needed"))
    return value


def read_message(body: bytes) -> Message:
    """A call of Kẻng, or InputError `bad_json` or `bad_message`."""
    value = read_json(body)
    if value.get("type") not in [*Kind]:
        raise bad_field("type")
    if not isinstance(value.get("data"), dict):
        raise bad_field("data")
    return Message(Kind(value["type"]), read_request(value["data"]))


def read_listed(data: dict[str, Any]) -> Message:
    """An item of the list of open requests; it names no type, so the state speaks for itself."""
    request = read_request(data)
    return Message(Kind.CONFIRMED if request.confirmed else Kind.REQUESTED, request)


def read_request(data: dict[str, Any]) -> HoldRequest:
    """`data` of the contract; keys that this bank does not need are ignored."""
    return HoldRequest(
        request_id=matching(data, "request_id", REQUEST_ID),
        version=whole_number(data, "version", LARGEST_AMOUNT),
        action=_text(data, "action"),
        account=matching(data, "account", ACCOUNT),
        amount=whole_number(data, "amount", LARGEST_AMOUNT),
        currency=_text(data, "currency"),
        hold_until=moment(data, "hold_until"),
        confirmed=data.get("confirmed") is True,
    )


def whole_number(data: dict[str, Any], field: str, largest: int, least: int = 1) -> int:
    value = data.get(field)
    if type(value) is not int or not least <= value <= largest:
        raise bad_field(field)
    return value


def matching(data: dict[str, Any], field: str, pattern: re.Pattern[str]) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise bad_field(field)
    return value


def moment(data: dict[str, Any], field: str) -> datetime:
    try:
        value = datetime.fromisoformat(data[field])
        value.timestamp()
    except (KeyError, TypeError, ValueError, OverflowError) as fault:
        raise bad_field(field) from fault
    if value.tzinfo is None:
        raise bad_field(field)
    return value


def bad_field(field: str) -> InputError:
    return InputError(
        "bad_message", Said(f"Trường {field} không dùng được", f"Field {field} cannot be used"), field=field
    )


def _text(data: dict[str, Any], field: str) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not value:
        raise bad_field(field)
    return value
