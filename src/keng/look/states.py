"""Every state that a page can show as a chip: its words, its tone and the glyph that says the same without colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class State:
    """`tone` is one of calm, good, wait, urgent (a class in keng.css); `icon` a name in ICONS."""

    label: _StrPromise | str
    tone: str
    icon: str


STATES: dict[str, State] = {
    "new": State(_("Mới"), "wait", "dot"),
    "open": State(_("Đang xử lý"), "wait", "dot"),
    "sending": State(_("Đang gửi"), "wait", "send"),
    "asked": State(_("Đã hỏi ngân hàng"), "wait", "clock"),
    "waiting": State(_("Chờ trả lời"), "wait", "clock"),
    "received": State(_("Ngân hàng đã nhận"), "wait", "clock"),
    "late": State(_("Quá hạn trả lời"), "urgent", "alert"),
    "unconfirmed": State(_("Chờ người thứ hai"), "wait", "two"),
    "confirmed": State(_("Đã xác nhận"), "good", "check"),
    "declined": State(_("Không được xác nhận"), "calm", "cross"),
    "executed": State(_("Giữ đủ"), "good", "lock"),
    "held": State(_("Đang giữ"), "good", "lock"),
    "part": State(_("Giữ được một phần"), "good", "half"),
    "refused": State(_("Ngân hàng từ chối"), "calm", "cross"),
    "gone": State(_("Tiền đã đi tiếp"), "calm", "away"),
    "released": State(_("Đã thôi giữ"), "calm", "unlock"),
    "expired": State(_("Hết hạn giữ"), "calm", "unlock"),
    "returned": State(_("Đã trả lại"), "good", "back"),
    "closed": State(_("Đã đóng"), "calm", "check"),
    "dead": State(_("Không gửi được"), "urgent", "alert"),
    "unproven": State(_("Nguồn luật chưa được xác nhận"), "wait", "alert"),
}

# One path each in a 16 by 16 box, drawn as a line.
ICONS: dict[str, str] = {
    "alert": "M8 2.5 14.5 13.5h-13ZM8 6.5V10M8 11.7v.3",
    "away": "M3.5 12.500 12 4M5.500 4H12v6.500",
    "back": "M5.500 3.500l-3 3 3 3M2.500 6.500h7a3.500 3.500 0 0 1 0 7H7",
    "check": "M3 8.500l3.500 3.500L13 4.500",
    "clock": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 4.800V8l2.300 1.500",
    "cross": "M4 4l8 8M12 4l-8 8",
    "dot": "M8 5.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5",
    "eye": "M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8ZM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
    "half": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2v12M8 5h5M8 8h6M8 11h5",
    "info": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 7.300v4M8 4.700v.3",
    "lock": "M3.500 7.500h9v6h-9ZM5.500 7.500V5a2.500 2.500 0 0 1 5 0v2.500",
    "phone": "M3 2.500h2.600L7 5.900 5.400 7.100a7.500 7.500 0 0 0 3.500 3.500L10.100 9l3.400 1.400V13c0 .5-.5 1-1 1A10.500 10.500 0 0 1 2 3.500c0-.5.5-1 1-1Z",
    "ring": "M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11",
    "send": "M2 8h11M9 4l4 4-4 4",
    "two": "M5.500 7.500a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600M1.500 13.500c0-2.500 1.700-4 4-4s4 1.500 4 4"
    "M10.800 3.300a2.200 2.200 0 0 1 0 4M11.500 9.700c1.800.4 3 1.800 3 3.800",
    "unlock": "M3.500 7.500h9v6h-9ZM5.500 7.500V5a2.500 2.500 0 0 1 4.900-.7",
}

STEP_ICONS = {"done": "check", "now": "dot", "next": "ring", "failed": "cross"}

# Kinds of indicators as the extract engine names them, in words.
KINDS: dict[str, _StrPromise | str] = {
    "phone": _("Số điện thoại"),
    "account": _("Tài khoản"),
    "url": _("Đường link"),
    "domain": _("Tên miền"),
    "sender": _("Tên người gửi"),
    "wallet": _("Ví điện tử"),
    "social": _("Trang mạng xã hội"),
    "app": _("Ứng dụng"),
    "email": _("Địa chỉ thư"),
    "money": _("Số tiền"),
    "time": _("Thời gian"),
}


def state_of(code: object) -> State:
    """The state shown for a code or an enum member; a code nobody described is shown as it is, never hidden."""
    value = str(getattr(code, "value", code))
    return STATES.get(value, State(value, "calm", "dot"))
