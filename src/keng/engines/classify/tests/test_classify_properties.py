"""What holds for every text."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keng.engines.classify import Verdict, classify, reasons, tricks

PIECES = [
    "chuyển khoản ", "nhận thưởng ", "ngan hang ", "k h o n g ", "n4p ", "v.a.y ", "vcb-xacthuc.top ", "https://", "bit.ly/a ",
    "t.me/x ", "0912345678 ", "500k ", "5 triệu ", "1.000.000 ", "03/04 ", "14:30 ", "50% ", "@", ".", " ", "\n", "\u200b",
    "\u202e",     "e\u0301", "ѵ", "𝐚", "９", "😀", "\ud800", "\0", "İ", "ﬃ", "a", "otp ", "mẹ ơi ",
    "[QC] ", "$", "#", "~phone", "~", "½",
    "a@b.vn ", "x1x ",
]  # fmt: skip
texts = st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
senders = (
    st.none() | st.text(max_size=12) | st.sampled_from(["Vietcombank", "0912345678", "+855123456", "198", "a@b.c"])
)
REASONS = {reason.code for reason in reasons()}
TRICKS = {trick.code for trick in tricks()}


def check(text: str, verdict: Verdict) -> None:
    assert 0 <= verdict.scam <= 1 and 0 <= verdict.spam <= 1 and verdict.scam + verdict.spam <= 1.000001
    assert (verdict.trick is None) == (verdict.scam < 0.5)
    assert verdict.trick is None or verdict.trick in TRICKS
    assert len(verdict.why) <= 5 and all(why.reason in REASONS for why in verdict.why)
    assert bool(verdict.why) == (verdict.scam >= 0.5 or verdict.spam >= 0.5)
    spans = [(why.start, why.end) for why in verdict.why if why.start is not None]
    assert all(end is not None and 0 <= start < end <= len(text) for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(sorted(spans)))  # type: ignore[operator]


@settings(max_examples=500, deadline=None)
@given(texts, senders)
def test_every_text_has_a_verdict_that_keeps_the_contract(text: str, sender: str | None) -> None:
    verdict = classify(text, sender=sender)
    check(text, verdict)
    assert verdict == classify(text, sender=sender)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b\u200d", "!!! ...", "😀😀", "\u0301" * 10])
def test_a_text_without_a_word_is_nothing(text: str) -> None:
    assert classify(text, sender="0912345678") == Verdict(0.0, 0.0, None, ())


@pytest.mark.parametrize(
    "piece",
    [
        "a", "a ", "0", "0 ", "1.", "a.", "@", "x@", "http://", "[.]", "v.a.", "ab1",
        "chuyển khoản ", "bit.ly/a ", "\u0301", "\u202e",
        "😀", "ѵ", "((", "~", "k h ", "0912345678 ", "4", "j",
    ],
)  # fmt: skip
def test_a_mebibyte_of_anything_is_read_in_one_pass(piece: str) -> None:
    """Each would take minutes if any step were quadratic; no clock is needed to notice."""
    text = piece * ((1 << 20) // len(piece.encode()))
    check(text, classify(text))


def test_marks_and_pictures_anywhere_leave_a_verdict_whole() -> None:
    scam = "Chúc mừng bạn trúng thưởng, chuyển khoản phí 2 triệu tại nhanqua.top"
    check(scam, classify(scam))
    for at in range(len(scam) + 1):
        for sign in ("😀", "\u202e", "\u200b", "\u0301" * 200):
            text = scam[:at] + sign + scam[at:]
            check(text, classify(text))
    marks = scam + "\u0301" * 10_000
    check(marks, classify(marks))


def test_no_regular_expression_repeats_a_repetition_without_bound() -> None:
    nested = re.compile(r"[*+]\)[*+](?!\+)")
    for module in Path(__file__).parents[1].glob("*.py"):
        assert not nested.search(module.read_text("utf-8")), module.name
