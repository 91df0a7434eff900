"""The seven kinds of measure: on which objects each may act, what it is called, what of data can be preserved.

The list is closed. What a kind may rest on and how long it lasts stands in `vietnam/rules`, never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from keng.base.errors import Said


class Kind(StrEnum):
    """What is done. The values are part of the contract with partners and are never renamed."""

    HOLD_FUNDS = "hold_funds"
    RESTRICT_ACCOUNT = "restrict_account"
    BLOCK_NUMBER = "block_number"
    BLOCK_SENDER = "block_sender"
    SUSPEND_DOMAIN = "suspend_domain"
    TAKE_DOWN_PAGE = "take_down_page"
    PRESERVE_DATA = "preserve_data"


@dataclass(frozen=True, slots=True)
class Target:
    """The exact object: an indicator's kind and its canonical value."""

    kind: str
    value: str


SAID = {
    Kind.HOLD_FUNDS: Said("Giữ tiền", "Hold of funds"),
    Kind.RESTRICT_ACCOUNT: Said("Hạn chế tài khoản", "Restriction of an account"),
    Kind.BLOCK_NUMBER: Said("Chặn số điện thoại", "Block of a number"),
    Kind.BLOCK_SENDER: Said("Chặn tên người gửi", "Block of a sender name"),
    Kind.SUSPEND_DOMAIN: Said("Tạm ngừng tên miền", "Suspension of a domain name"),
    Kind.TAKE_DOWN_PAGE: Said("Gỡ trang", "Take-down of a page"),
    Kind.PRESERVE_DATA: Said("Giữ nguyên dữ liệu", "Preservation of data"),
}
OBJECTS: dict[Kind, tuple[str, ...]] = {
    Kind.HOLD_FUNDS: ("account",),
    Kind.RESTRICT_ACCOUNT: ("account",),
    Kind.BLOCK_NUMBER: ("phone",),
    Kind.BLOCK_SENDER: ("sender",),
    Kind.SUSPEND_DOMAIN: ("domain",),
    Kind.TAKE_DOWN_PAGE: ("url", "social"),
    Kind.PRESERVE_DATA: ("account", "phone", "sender", "domain", "url", "social"),
}
PARTNER_OF = {
    "account": "bank",
    "phone": "carrier",
    "sender": "carrier",
    "domain": "registry",
    "url": "platform",
    "social": "platform",
}
ONE_ORDER_IS_ENOUGH = (Kind.BLOCK_NUMBER, Kind.BLOCK_SENDER, Kind.SUSPEND_DOMAIN, Kind.TAKE_DOWN_PAGE)
"""Kinds whose effect does not grow with a second order on the same object: a lift must not leave another one standing."""

SCOPES = {
    "registration": Said("thông tin đăng ký", "registration data"),
    "transactions": Said("lịch sử giao dịch", "transactions"),
    "logins": Said("nhật ký đăng nhập", "log-in records"),
    "traffic": Said("nhật ký kết nối, không có nội dung", "connection records without content"),
    "content": Said("nội dung đang hiển thị", "the content on display"),
}
SCOPES_OF = {
    "account": ("registration", "transactions", "logins"),
    "phone": ("registration", "traffic"),
    "sender": ("registration", "traffic"),
    "domain": ("registration", "logins"),
    "url": ("registration", "content", "logins"),
    "social": ("registration", "content", "logins"),
}


def scope_said(codes: str) -> Said | None:
    """What is to be kept, in both languages, from the stored codes; None for no scope."""
    said = [SCOPES[code] for code in codes.split()]
    return Said(", ".join(one.vi for one in said), ", ".join(one.en for one in said)) if said else None


def kinds_for(object_kind: str) -> list[Kind]:
    """The kinds of measure that can act on an object of this kind."""
    return [kind for kind in Kind if object_kind in OBJECTS[kind]]
