"""What the box says of a message: the trick with advice and reasons, never that a message is true."""

from __future__ import annotations

import html

import pytest
from django.utils.translation import override

from keng.doors.public.judging import FEWEST_WORDS, SURE, judgement_of
from keng.doors.reasons import LONGEST_QUOTE
from keng.engines.classify import LINE, classify, tricks

SCAM = "VCB: Tai khoan cua quy khach bi khoa, dang nhap vcb-xacthuc.top de mo lai trong 24h neu khong se mat tien"
ADVERT = "[QC] Viettel tang 20% gia tri the nap trong ngay 21/11, soan KM gui 191. Tu choi QC soan TC gui 199"
TRUE = "Mẹ ơi chiều nay con họp tới sáu giờ, mẹ cơm nước trước nhé, con ghé đón em rồi về"
NEVER = ("an toàn", "là lừa đảo", "là thật", "is safe", "is a scam", "is genuine", "is true.")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_trick_is_named_with_its_advice_and_the_words_that_say_so(client, db, language):
    trick = next(one for one in tricks() if one.code == classify(SCAM).trick)

    page = html.unescape(client.post(f"/bao/?lang={language}", {"text": SCAM, "sent": "no"}).content.decode())

    assert (trick.name_vi if language == "vi" else trick.name_en) in page
    assert (trick.advice_vi if language == "vi" else trick.advice_en) in page
    assert "vcb-xacthuc.top" in page
    assert ("Máy có khi nhầm" if language == "vi" else "machine can be wrong") in page


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("text", [SCAM, ADVERT, TRUE])
def test_no_answer_says_that_a_message_is_false_true_or_without_danger(client, db, text, language):
    page = client.post(f"/bao/?lang={language}", {"text": text, "sent": "no"}).content.decode()

    assert [words for words in NEVER if words in page] == []


def test_each_kind_has_its_own_words():
    with override("vi"):
        trick, advert, nothing = (judgement_of(text) for text in (SCAM, ADVERT, TRUE))

    assert (trick.kind, advert.kind, nothing.kind) == ("trick", "advert", "nothing")
    assert len({str(one.headline) for one in (trick, advert, nothing)}) == 3
    assert trick.reasons and advert.reasons and not nothing.reasons
    assert "chưa phải là tin thật" in str(nothing.advice)


def test_words_hold_back_below_the_line_of_sureness(monkeypatch):
    verdict = classify(SCAM)
    unsure = type(verdict)((SURE + LINE) / 2, 0.0, verdict.trick, verdict.why)
    plain = judgement_of(SCAM)

    monkeypatch.setattr("keng.doors.public.judging.classify", lambda _text: unsure)

    assert judgement_of(SCAM).headline != plain.headline
    assert judgement_of(SCAM).name == plain.name


@pytest.mark.parametrize("text", ["0912345678", "19034567890123 Vietcombank", "https://vietcombank.com.vn/", "💥", ""])
def test_too_little_is_not_judged(text):
    assert len(text.split()) < FEWEST_WORDS
    assert judgement_of(text) is None


def test_each_reason_is_told_once_and_quotes_what_was_written():
    judgement = judgement_of(SCAM + "\n" + SCAM)

    assert len({reason.words for reason in judgement.reasons}) == len(judgement.reasons)
    quotes = [reason.quote for reason in judgement.reasons if reason.quote]
    assert quotes and all(len(quote) <= LONGEST_QUOTE and "\n" not in quote for quote in quotes)
    assert all(quote.rstrip("…") in " ".join((SCAM + "\n" + SCAM).split()) for quote in quotes)


def test_what_was_pasted_is_shown_as_text(client, db):
    text = SCAM.replace("mat tien", "mat <script>alert(1)</script> tien")

    page = client.post("/bao/", {"text": text, "sent": "no"}).content.decode()

    assert "<script>alert" not in page


def test_who_has_lost_money_is_not_lectured(client, db):
    page = client.post("/bao/", {"text": SCAM, "sent": "yes"}).content.decode()

    assert str(judgement_of(SCAM).headline) not in page
