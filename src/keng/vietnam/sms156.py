"""The grammar of reports by SMS to 156 and 5656: `S|V|LD (number) (text)`.

`S` a spam message, `V` a spam call, `LD` a call or message that defrauds (lừa đảo). The number may stand in brackets or not; so
may the text. Source: the carriers' published instruction for 156/5656 (24h.com.vn, "Làm gì khi nhận cuộc gọi có dấu hiệu lừa
đảo", read 2026-11-21; unconfirmed against the authority's own page).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class SmsKind(StrEnum):
    """What the sender of the SMS complains of."""

    SPAM_MESSAGE = "S"
    SPAM_CALL = "V"
    SCAM = "LD"


@dataclass(frozen=True, slots=True)
class SmsReport:
    """`start`, `end` are code points of the number or sender name in the whole message."""

    kind: SmsKind
    number: str
    start: int
    end: int
    text: str


_OPENING = re.compile(r"\s*(?P<kind>S|V|LD|LĐ)(?=[\s(])\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"\(\s*(?P<number>[^()\n]{2,40}?)\s*\)\s*")
_DIGITS = re.compile(r"(?P<number>\+?\d(?:[ .\-]?\d){2,15})(?!\d)\s*")
_NAME = re.compile(r"(?P<number>[A-Za-z0-9][A-Za-z0-9_.\-]{1,10})(?=\s|$)\s*")


def read_sms(message: str) -> SmsReport | None:
    """The report in an SMS, or None if it does not follow the grammar (it is then kept as a plain message)."""
    opening = _OPENING.match(message)
    if opening is None:
        return None
    letter = opening["kind"].upper().replace("Đ", "D")
    for pattern in (_BRACKETED, _DIGITS, _NAME):
        found = pattern.match(message, opening.end())
        if found:
            text = message[found.end() :].strip()
            if text.startswith("(") and text.endswith(")"):
                text = text[1:-1].strip()
            return SmsReport(SmsKind(letter), found["number"], found.start("number"), found.end("number"), text)
    return None
