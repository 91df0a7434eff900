"""What Kẻng sends and what a partner answers, as values. Anything of another shape is refused with the field's name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from keng.base.errors import InputError, Said

LARGEST_AMOUNT = 10**15
"""đồng; more than all the money in the country, and far from the end of 64 bits."""
LONGEST_TEXT = 4000
REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{1,100}")
WORD = re.compile(r"[a-z][a-z0-9_]{0,40}")
ACCOUNT = re.compile(r"[0-9A-Za-z?]{1,12}:[0-9A-Za-z._-]{1,50}")
PHONE = re.compile(r"\+?[0-9]{3,15}")
SENDER = re.compile(r"[^\x00-\x1f\x7f]{1,50}")
DOMAIN = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
URL = re.compile(r"https?://[^\s/?#]+[^\s]*")
SOCIAL = re.compile(r"[a-z0-9]{1,20}:\S{1,200}")
ANYTHING = re.compile(r"[^\x00-\x1f\x7f]+")
VALUES = {"account": ACCOUNT, "phone": PHONE, "sender": SENDER, "domain": DOMAIN, "url": URL, "social": SOCIAL}
"""The canonical form of each kind of object. One of another kind is taken as it is, to be refused in words."""


class Kind(StrEnum):
    """The types of message of docs/partner-api.md."""

    REQUESTED = "measure.requested"
    CONFIRMED = "measure.confirmed"
    RENEWED = "measure.renewed"
    RELEASED = "measure.released"
    REMINDER = "request.reminder"


class Action(StrEnum):
    """What can be asked of a partner. A request may name another one: it is refused in words."""

    HOLD_FUNDS = "hold_funds"
    RESTRICT_ACCOUNT = "restrict_account"
    BLOCK_NUMBER = "block_number"
    BLOCK_SENDER = "block_sender"
    SUSPEND_DOMAIN = "suspend_domain"
    TAKE_DOWN_PAGE = "take_down_page"
    PRESERVE_DATA = "preserve_data"


class Status(StrEnum):
    """What a partner can answer."""

    RECEIVED = "received"
    EXECUTED = "executed"
    PART = "part"
    REFUSED = "refused"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Target:
    """What a measure is about, in canonical form."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a partner may tell of a measure to those whom it meets."""

    measure: str = ""
    basis_vi: str = ""
    basis_en: str = ""
    source: str = ""
    appeal_url: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """The whole state of a request at one version: what a partner needs of it, nothing of a reporter."""

    request_id: str
    version: int
    action: str
    target: Target
    amount: int | None
    currency: str | None
    until: datetime
    confirmed: bool
    grounds: Grounds = Grounds()


@dataclass(frozen=True, slots=True)
class Message:
    """One call of Kẻng, or one item of its list of open requests."""

    kind: Kind
    request: Request


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
    """The object in a body, or InputError `bad_json`: half a surrogate pair is no text that could be kept."""
    try:
        value = json.loads(body)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as fault:
        raise InputError("bad_json", Said("Không đọc được JSON", "The body is not JSON")) from fault
    if not isinstance(value, dict):
        raise InputError("bad_json", Said("Cần một đối tượng JSON", "A JSON object is needed"))
    return value


def read_message(body: bytes) -> Message:
    """A call of Kẻng, or InputError `bad_json` or `bad_message`."""
    return message_of(read_json(body))


def message_of(value: dict[str, Any]) -> Message:
    """The same of what was read already, or InputError `bad_message`."""
    if value.get("type") not in [*Kind]:
        raise bad_field("type")
    if not isinstance(value.get("data"), dict):
        raise bad_field("data")
    return Message(Kind(value["type"]), read_request(value["data"]))


def read_listed(data: dict[str, Any]) -> Message:
    """An item of the list of open requests; it names no type, so the state speaks for itself."""
    request = read_request(data)
    return Message(Kind.CONFIRMED if request.confirmed else Kind.REQUESTED, request)


def read_request(data: dict[str, Any]) -> Request:
    """`data` of the contract; keys that no partner needs are ignored."""
    action = matching(data, "action", WORD)
    return Request(
        request_id=matching(data, "request_id", REQUEST_ID),
        version=whole_number(data, "version", LARGEST_AMOUNT),
        action=action,
        target=read_target(data.get("object")),
        amount=_read_amount(data, action),
        currency=_text(data, "currency") if data.get("currency") is not None else None,
        until=moment(data, "until"),
        confirmed=data.get("confirmed") is True,
        grounds=_read_grounds(data),
    )


def whole_number(data: dict[str, Any], field: str, largest: int, least: int = 1) -> int:
    value = data.get(field)
    if type(value) is not int or not least <= value <= largest:
        raise bad_field(field)
    return value


def matching(data: dict[str, Any], field: str, pattern: re.Pattern[str]) -> str:
    value = data.get(field)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not pattern.fullmatch(value):
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


def read_target(value: Any) -> Target:
    """InputError `bad_message` names `object`, whichever part of it is wrong."""
    if not isinstance(value, dict):
        raise bad_field("object")
    try:
        kind = matching(value, "kind", WORD)
        return Target(kind, matching(value, "value", VALUES.get(kind, ANYTHING)))
    except InputError as fault:
        raise bad_field("object") from fault


def _read_amount(data: dict[str, Any], action: str) -> int | None:
    """Money belongs to `hold_funds` alone; what is asked of an action that nobody knows does not matter."""
    if action == Action.HOLD_FUNDS:
        return whole_number(data, "amount", LARGEST_AMOUNT)
    if action in [*Action] and data.get("amount") is not None:
        raise bad_field("amount")
    return None


def _read_grounds(data: dict[str, Any]) -> Grounds:
    """Words to show: what is missing or no text stays empty, and keeps nobody from acting."""
    basis = data.get("basis")
    basis = basis if isinstance(basis, Mapping) else {}
    text = basis.get("text")
    text = text if isinstance(text, Mapping) else {}
    said = (data.get("measure"), text.get("vi"), text.get("en"), basis.get("source"), data.get("appeal_url"))
    return Grounds(*(value[:LONGEST_TEXT] if isinstance(value, str) else "" for value in said))


def _text(data: dict[str, Any], field: str) -> str:
    return matching(data, field, ANYTHING)
