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
    "new": State(_("Mới"), "calm", "dot"),
    "later": State(_("Đọc sau"), "calm", "clock"),
    "unread": State(_("Chờ đọc"), "calm", "dot"),
    "open": State(_("Đang xử lý"), "wait", "dot"),
    "sending": State(_("Đang gửi"), "wait", "send"),
    "asked": State(_("Đã hỏi ngân hàng"), "wait", "clock"),
    "waiting": State(_("Chờ trả lời"), "wait", "clock"),
    "received": State(_("Đối tác đã nhận"), "wait", "clock"),
    "in_hand": State(_("Đang làm"), "wait", "dot"),
    "late": State(_("Quá hạn trả lời"), "urgent", "alert"),
    "unconfirmed": State(_("Chờ người thứ hai"), "wait", "two"),
    "renewing": State(_("Chờ duyệt gia hạn"), "wait", "two"),
    "reviewing": State(_("Cần xem lại"), "wait", "back"),
    "appealed": State(_("Chờ quyết định"), "wait", "alert"),
    "confirmed": State(_("Đã xác nhận"), "good", "check"),
    "withdrawn": State(_("Đề nghị đã rút"), "calm", "back"),
    "declined": State(_("Không được xác nhận"), "calm", "cross"),
    "executed": State(_("Giữ đủ"), "good", "lock"),
    "held": State(_("Đang giữ"), "good", "lock"),
    "part": State(_("Giữ được một phần"), "good", "half"),
    "refused": State(_("Đối tác từ chối"), "calm", "cross"),
    "gone": State(_("Tiền đã đi tiếp"), "calm", "away"),
    "released": State(_("Đã thôi giữ"), "calm", "unlock"),
    "expired": State(_("Hết hạn giữ"), "calm", "unlock"),
    "done": State(_("Đã làm"), "good", "check"),
    "done_part": State(_("Làm được một phần"), "good", "half"),
    "lifted": State(_("Đã gỡ"), "calm", "unlock"),
    "over": State(_("Đã hết hiệu lực"), "calm", "unlock"),
    "returned": State(_("Đã trả lại"), "good", "back"),
    "closed": State(_("Đã đóng"), "calm", "check"),
    "erased": State(_("Đã xoá nội dung"), "calm", "cross"),
    "register_receiving": State(_("Đang nhận"), "wait", "clock"),
    "register_working": State(_("Đang đối chiếu"), "wait", "dot"),
    "register_bad": State(_("Không dùng được"), "urgent", "alert"),
    "register_cleansed": State(_("Đã đối chiếu"), "good", "check"),
    "register_abandoned": State(_("Đã bỏ"), "calm", "cross"),
    "register_in_effect": State(_("Có hiệu lực"), "good", "lock"),
    "register_rolled_back": State(_("Đã gỡ hiệu lực"), "calm", "back"),
    "handover_offered": State(_("Chờ nhận"), "wait", "clock"),
    "handover_accepted": State(_("Đã nhận"), "good", "check"),
    "handover_refused": State(_("Không nhận"), "calm", "cross"),
    "handover_overdue": State(_("Quá hạn nhận"), "urgent", "alert"),
    "handover_withdrawn": State(_("Đã rút lại"), "calm", "back"),
    "handover_raised": State(_("Lên cấp trên"), "wait", "away"),
    "handover_assigned": State(_("Cấp trên giao"), "good", "two"),
    "dead": State(_("Không gửi được"), "urgent", "alert"),
    "unproven": State(_("Nguồn luật chưa được xác nhận"), "wait", "alert"),
}

# One path each in a 16 by 16 box, drawn as a line.
ICONS: dict[str, str] = {
    "alert": "M8 2.5 14.5 13.5h-13ZM8 6.5V10M8 11.7v.3",
    "away": "M3.5 12.5 12 4M5.5 4H12v6.5",
    "back": "M5.5 3.5l-3 3 3 3M2.5 6.5h7a3.5 3.5 0 0 1 0 7H7",
    "check": "M3 8.5l3.5 3.5L13 4.5",
    "clock": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 4.8V8l2.3 1.5",
    "cross": "M4 4l8 8M12 4l-8 8",
    "dot": "M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
    "eye": "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
    "half": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2v12M8 5h5M8 8h6M8 11h5",
    "info": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 7.3v4M8 4.7v.3",
    "key": "M5.5 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8.5 8h6M12 8v2.5M14.5 8V10",
    "lock": "M3.5 7.5h9v6h-9ZM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
    "phone": "M3 2.5h2.6L7 5.9 5.4 7.1a7.5 7.5 0 0 0 3.5 3.5"
    "L10.1 9l3.4 1.4V13c0 .5-.5 1-1 1A10.5 10.5 0 0 1 2 3.5c0-.5.5-1 1-1Z",
    "ring": "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11",
    "send": "M2 8h11M9 4l4 4-4 4",
    "two": "M5.5 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6M1.5 13.5c0-2.5 1.7-4 4-4s4 1.5 4 4"
    "M10.8 3.3a2.2 2.2 0 0 1 0 4M11.5 9.7c1.8.4 3 1.8 3 3.8",
    "unlock": "M3.5 7.5h9v6h-9ZM5.5 7.5V5a2.5 2.5 0 0 1 4.9-.7",
}

STEP_ICONS = {"done": "check", "now": "dot", "next": "ring", "failed": "cross"}

# Kinds of indicators as the extract engine names them, in words.
KINDS: dict[str, _StrPromise | str] = {
    "phone": _("Số điện thoại"),
    "account": _("Tài khoản"),
    "url": _("Đường link"),
    "domain": _("Tên miền"),
    "sender": _("Tên người gửi"),
    "wallet": _("Ví"),
    "social": _("Trang mạng xã hội"),
    "app": _("Ứng dụng"),
    "email": _("Địa chỉ thư"),
    "ip": _("Địa chỉ máy"),
    "citizen_id": _("Số căn cước"),
    "hash": _("Dấu vân tay của tệp"),
    "money": _("Số tiền"),
    "time": _("Thời gian"),
}


def state_of(code: object) -> State:
    """The state shown for a code or an enum member; a code nobody described is shown as it is, never hidden."""
    value = str(getattr(code, "value", code))
    return STATES.get(value, State(value, "calm", "dot"))
