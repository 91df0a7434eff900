"""What Kẻng read in a message, and what to do about each thing. It concludes nothing: whether a message lies, a person says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.base.text import fold
from keng.base.weburl import parse_url
from keng.desk.fraud.reports.queries import bank_name
from keng.engines.extract import Extraction

_CODE_CUE = (
    r"otp|ma (?:xac thuc|xac nhan|xac minh|kich hoat|dang nhap|bao mat)|verification code|one[- ]time (?:code|password)"
)
_ONE_TIME_CODE = re.compile(rf"(?:{_CODE_CUE})\D{{0,40}}\b\d{{4,8}}\b|\b\d{{4,8}}\b\D{{0,20}}(?:{_CODE_CUE})")
CAUTION: dict[str, str | Promise] = {
    "account": _("Đừng chuyển tiền vào đây. Hãy gọi hỏi chính người thân, bằng số bạn đã có từ trước."),
    "phone": _("Đừng gọi lại số này. Họ gọi tới thì cúp máy."),
    "url": _("Đừng bấm vào. Lỡ bấm rồi thì đừng gõ gì vào trang đó."),
    "domain": _("Đừng mở trang này."),
    "email": _("Đừng trả lời, đừng mở tệp gửi kèm."),
    "sender": _("Tên người gửi làm giả được. Tin nằm chung với tin thật của ngân hàng vẫn có thể là giả."),
    "social": _("Đừng kết bạn, đừng nhắn tin riêng."),
    "wallet": _("Đừng gửi tiền ảo vào ví này: gửi rồi thì không ai lấy lại được."),
    "app": _("Đừng cài. Lỡ cài rồi thì tắt mạng, rồi gỡ ra."),
    "citizen_id": _("Đừng gửi số này cho ai qua tin nhắn."),
}


@dataclass(frozen=True, slots=True)
class Item:
    """Something found in the message, once: its kind, its value, its bank's name if it is an account, and what to do."""

    kind: str
    value: str
    bank: str
    caution: str | Promise


def items_of(found: Extraction) -> list[Item]:
    """Each thing found, once, in the order of the text; the host of a link that is listed is not told again."""
    once = dict.fromkeys((str(one.kind), one.value) for one in found.indicators)
    links = [parse_url(value) for kind, value in once if kind == "url"]
    hosts = {link.host for link in links if link}
    return [_item(kind, value) for kind, value in once if kind != "domain" or value not in hosts]


def holds_one_time_code(text: str) -> bool:
    """True if the text seems to hold a one-time code: four to eight digits beside the words for one."""
    return _ONE_TIME_CODE.search(fold(text).text) is not None


def _item(kind: str, value: str) -> Item:
    return Item(kind, value, bank_name(value) if kind == "account" else "", CAUTION.get(kind, ""))
