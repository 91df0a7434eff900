"""The words of replies: they fit, they name the trick and what to do, and they never calm anybody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keng.doors.sms import gsm, replies
from keng.engines.classify import Verdict, Why, reasons, tricks

SCAM = "VCB: TK cua quy khach bi khoa, xac thuc ngay tai vcb-xacthuc.top, nhap ma OTP de mo lai"
OTP = "Ma OTP cua quy khach la 482913. Khong cung cap ma nay cho bat ky ai"
TRUE = "Toi nay 7h hop phu huynh o lop con, bo me nho den dung gio nhe"
CALMING = re.compile(
    r"\b(an toan|la that|khong sao|yen tam|khong lua dao|is safe|is genuine|is real|not a scam|no danger)\b", re.I
)


def answered(text, number="156"):
    return replies.answer(replies.read_question(text), number)


def says_it_calms(words):
    return [found for found in CALMING.findall(words) if found != "la that" or "chua phai la" not in words]


def test_a_scam_is_named_with_its_advice_its_reason_and_that_a_machine_read_it():
    words = answered(SCAM)

    trick = next(one for one in tricks() if gsm.bare(one.name_vi) in words)
    assert gsm.bare(trick.advice_vi) in words
    assert "Vi: " in words and "co the sai" in words


def test_who_begins_with_en_is_answered_in_english():
    words = answered("EN Your parcel is held at customs. Pay the fee at bit.ly/x3 within 24 hours")
    assert words.startswith(("This looks", "Parts of this"))


def test_a_one_time_code_is_the_first_thing_that_is_told():
    assert answered(OTP).startswith("Trong tin co ma dung mot lan")


def test_what_the_machine_does_not_know_is_not_called_true():
    words = answered(TRUE)
    assert "chua phai la tin that" in words and "LD" in words


@pytest.mark.parametrize("text", ["", "hello", "0912345678", "156", "?", "bit.ly/x"])
def test_too_little_to_judge_is_answered_with_how_it_works(text):
    assert answered(text, "5656").startswith("Chuyen tiep tin ban ngo toi 5656")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("trick", tricks(), ids=lambda trick: trick.code)
def test_every_trick_fits_with_its_name_and_its_advice(monkeypatch, trick, language):
    """Whatever reasons there are: name and advice stand whole, in two segments, and nothing calms."""
    longest = sorted(reasons(), key=lambda one: -len(one.vi))[:2]
    why = tuple(Why(0, 1, one.code) for one in longest)
    monkeypatch.setattr(replies, "classify", lambda text: Verdict(0.9, 0.05, trick.code, why))

    words = replies.answer(replies.Asked(f"{OTP} {SCAM}", language), "5656")

    assert len(words) <= gsm.MOST_LETTERS and len(gsm.segments(words, 0)) <= 2
    name = trick.name_en if language == "en" else trick.name_vi
    assert gsm.bare(name) in words
    assert not says_it_calms(words)
    without_code = replies.answer(replies.Asked(SCAM, language), "5656")
    assert gsm.bare(trick.advice_en if language == "en" else trick.advice_vi) in without_code


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_asked_the_answer_fits_and_calms_nobody(text):
    words = answered(text)

    assert 0 < len(words) <= gsm.MOST_LETTERS
    assert gsm.bare(words) == words
    assert not says_it_calms(words)


def test_a_report_is_confirmed_with_code_receipt_and_way_to_follow_it():
    words = replies.confirmation("TB-7K3M2QX", "7K3M-2QXW-90AB-CDEF", "https://keng.example/theo-doi/", SCAM)

    for part in ("TB-7K3M2QX", "7K3M-2QXW-90AB-CDEF", "https://keng.example/theo-doi/", "goi ngay ngan hang"):
        assert part in words
    assert len(words) <= gsm.MOST_LETTERS
