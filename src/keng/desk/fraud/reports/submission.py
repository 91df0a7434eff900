"""Reading what a reporter sent into a checked shape. The bytes themselves are kept as they came."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keng.base.errors import InputError, Said
from keng.base.text import is_whole
from keng.base.times import VIETNAM, check_past, read_time
from keng.desk.fraud.reports.models import Channel
from keng.vietnam import places

MAX_TEXT = 20_000
MAX_AMOUNT = 10**13  # 10,000 tỷ đồng: beyond it somebody mistyped
ACCOUNT = re.compile(r"(?:\d{6}|\?):[A-Z0-9]{3,30}")

NO_TEXT = Said("Chưa có nội dung tin nhắn.", "There is no message text.")
LONG_TEXT = Said("Nội dung quá dài: nhiều nhất 20.000 ký tự.", "The text is too long: 20,000 characters at most.")
BROKEN_TEXT = Said("Nội dung có ký tự hỏng.", "The text holds broken characters.")
BAD_AMOUNT = Said(
    "Số tiền phải là số đồng nguyên, lớn hơn 0 và không quá 10.000 tỷ.",
    "The amount must be whole đồng, above 0 and at most 10,000 billion.",
)
BAD_ACCOUNT = Said(
    "Số tài khoản không đọc được. Hãy viết như 970436:0071000123456 (mã ngân hàng:số tài khoản).",
    "The account cannot be read. Write it like 970436:0071000123456 (bank code:number).",
)
BAD_CHANNEL = Said("Kênh phải là web, api hoặc sms.", "The channel must be web, api or sms.")
BAD_PLACE = Said(
    "Không có tỉnh, thành phố hay xã, phường nào mang mã này hôm nay.",
    "No province or commune has this code today.",
)
WRONG_TYPE = Said("Trường {field} không đúng kiểu.", "Field {field} is of the wrong type.")
SENT_AFTER_WRITTEN = Said(
    "Tiền chuyển sau khi viết báo cáo: hãy xem lại thời gian.",
    "The money was sent after the report was written: check the times.",
)


@dataclass(frozen=True, slots=True)
class LossTold:
    """Money sent, as told: whole đồng, accounts as `BIN:number`, a moment in UTC."""

    amount: int
    to_account: str
    from_account: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Submission:
    """A report that can be taken: checked, but read no further. `sender` is who wrote to the reporter."""

    channel: Channel
    text: str
    sender: str
    reporter_phone: str
    written_at: datetime | None
    loss: LossTold | None
    place_code: str = ""


def read_submission(original: bytes, *, now: datetime) -> Submission:
    """The submission in the JSON that came (or that the web form became). Raises InputError naming the field."""
    data = _object(json.loads(original), "")
    written_at = _time(_string(data, "at"), "at", now)
    told = data.get("loss")
    loss = None if told is None else _loss(_object(told, "loss"), written_at, now)
    return Submission(
        channel=_channel(_string(data, "channel") or "api"),
        text=check_text(_string(data, "text"), may_be_empty=loss is not None),
        sender=_string(data, "sender")[:200],
        reporter_phone=_string(data, "from")[:40],
        written_at=written_at,
        loss=loss,
        place_code=_place(_string(data, "place"), now),
    )


def check_text(text: str, field: str = "text", *, may_be_empty: bool = False) -> str:
    """The text, if it is one. Raises InputError `no_text`, `long_text`, `broken_text`."""
    if not text.strip() and not may_be_empty:
        raise InputError("no_text", NO_TEXT, field=field)
    if len(text) > MAX_TEXT:
        raise InputError("long_text", LONG_TEXT, field=field)
    if not is_whole(text):
        raise InputError("broken_text", BROKEN_TEXT, field=field)
    return text


def check_amount(amount: object, field: str = "amount") -> int:
    """Whole đồng within reason. Raises InputError `bad_amount`."""
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount <= MAX_AMOUNT:
        raise InputError("bad_amount", BAD_AMOUNT, field=field)
    return amount


def check_account(account: str, field: str) -> str:
    """`BIN:number` or `?:number`, letters in upper case, without spaces, dots and hyphens; empty stays empty."""
    tidy = re.sub(r"[\s.\-]", "", account).upper()
    if tidy and not ACCOUNT.fullmatch(tidy):
        raise InputError("bad_account", BAD_ACCOUNT, field=field)
    return tidy


def _loss(told: dict[str, Any], written_at: datetime | None, now: datetime) -> LossTold | None:
    if told.get("sent") is False:
        return None
    sent_at = _time(_string(told, "at", "loss."), "loss.at", now) or written_at or now
    if written_at and sent_at > written_at:
        raise InputError("impossible_time", SENT_AFTER_WRITTEN, field="loss.at")
    return LossTold(
        amount=check_amount(told.get("amount"), "loss.amount"),
        to_account=check_account(_string(told, "to_account", "loss."), "loss.to_account"),
        from_account=check_account(_string(told, "from_account", "loss."), "loss.from_account"),
        sent_at=sent_at,
    )


def _object(value: object, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError("bad_field", WRONG_TYPE.filled(field=field or "?"), field=field or None)
    return value


def _string(data: dict[str, Any], name: str, prefix: str = "") -> str:
    """The text under that name; empty if it is absent or null."""
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError("bad_field", WRONG_TYPE.filled(field=prefix + name), field=prefix + name)
    if not is_whole(value or ""):
        raise InputError("broken_text", BROKEN_TEXT, field=prefix + name)
    return value or ""


def _place(code: str, now: datetime) -> str:
    """A province or commune as it stands today; empty stays empty."""
    if code and places.find_unit(code, now.astimezone(VIETNAM).date()) is None:
        raise InputError("bad_place", BAD_PLACE, field="place")
    return code


def _channel(word: str) -> Channel:
    if word not in Channel.values:
        raise InputError("bad_channel", BAD_CHANNEL, field="channel")
    return Channel(word)


def _time(written: str, field: str, now: datetime) -> datetime | None:
    return check_past(read_time(written, field=field), now=now, field=field) if written else None
