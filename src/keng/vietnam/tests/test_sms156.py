"""The grammar of 156/5656."""

from __future__ import annotations

import pytest

from keng.vietnam.sms156 import SmsKind, read_sms


@pytest.mark.parametrize(
    ("message", "kind", "number", "text"),
    [
        ("S (0912345678) (moi vay von)", SmsKind.SPAM_MESSAGE, "0912345678", "moi vay von"),
        ("V 02473001234 goi quang cao", SmsKind.SPAM_CALL, "02473001234", "goi quang cao"),
        ("LD 0912345678 tu xung cong an", SmsKind.SCAM, "0912345678", "tu xung cong an"),
        ("ld +84 912 345 678 lừa đảo", SmsKind.SCAM, "+84 912 345 678", "lừa đảo"),
        ("LĐ (0912.345.678)", SmsKind.SCAM, "0912.345.678", ""),
        ("S VIETCOMBANK khoa tai khoan", SmsKind.SPAM_MESSAGE, "VIETCOMBANK", "khoa tai khoan"),
        ("  s(156)abc", SmsKind.SPAM_MESSAGE, "156", "abc"),
    ],
)
def test_it_reads_what_the_carriers_ask_for(message, kind, number, text):
    report = read_sms(message)

    assert report is not None
    assert (report.kind, report.number, report.text) == (kind, number, text)
    assert message[report.start : report.end] == number


@pytest.mark.parametrize("message", ["", "LD", "SOS 0912345678", "Xin chào", "V", "L D 0912345678", "x" * 10_000])
def test_anything_else_is_a_plain_message(message):
    assert read_sms(message) is None
