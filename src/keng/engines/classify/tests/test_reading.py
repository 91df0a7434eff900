"""What is read of a message: words behind their hiding, marks for links and numbers, who sent it."""

from __future__ import annotations

import pytest

from keng.engines.classify import shipped
from keng.engines.classify.links import link_tokens
from keng.engines.classify.reading import read
from keng.engines.classify.senders import sender_mark


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("KH0NG THẾ CHẤP", ["khong", "the", "chap"]),
        ("n4pdau x2", ["nap", "dau"]),
        ("v.a.y t.i.ề.n", ["vay", "tien"]),
        ("T u y ể n C T V", ["tuyen", "ctv"]),
        ("Vіetсombаnk", ["vietcombank"]),
        ("𝐭𝐢́𝐧 𝐜𝐡𝐚̂́𝐩", ["tin", "chap"]),
        ("khongcanthechap", ["khong", "can", "the", "chap"]),
        ("ngân\u200b hàng", ["ngan", "hang"]),
        ("ko bit đâu", ["khong", "biet", "dau"]),
    ],
)
def test_hidden_words_are_read(text: str, words: list[str]) -> None:
    tokens = [token for token in read(text, shipped().writing).tokens if token[0] != "~"]
    assert [token for token in tokens if token in words] == words


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("0912.345.678", ["~phone"]),
        ("0 9 1 2 3 4 5 6 7 8", ["~phone"]),
        ("5 triệu", ["~money_l"]),
        ("500k", ["~money_m"]),
        ("2.500.000đ", ["~money_m"]),
        ("OTP 482913", ["~n6"]),
        ("50% 03/04/2025 14:30", ["~percent", "~date", "~time"]),
        ("xxx123", ["~mask"]),
        ("Rs.4,999", ["~money_m"]),
        ("5 lakh", ["~money_l"]),
        ("£1.45", ["~money_s"]),
        ("at 5pm, 10a.m. or 8.30pm", ["~time", "~time", "~time"]),
        ("12-Nov-25", ["~date"]),
        ("+44 7700 900123", ["~phone"]),
        ("888-555-0192", ["~phone"]),
        ("1-800-555-0199", ["~hotline"]),
        ("07700 900123", ["~phone"]),
        ("1322912550 +1 +44 000 +84", ["~account", "~n", "~money_s", "~n"]),
    ],
)
def test_numbers_are_read_by_what_they_are(text: str, marks: list[str]) -> None:
    assert [token for token in read(text, shipped().writing).tokens if token[0] == "~"] == marks


@pytest.mark.parametrize(
    "text", ["don't", "it's me", "I'd say", "your A/c", "at 5 p.m.", "T&Cs apply", "e-mail", "U.S.", "co-worker"]
)
def test_english_signs_between_letters_hide_nothing(text: str) -> None:
    assert "~hidden" not in read(text, shipped().writing).tokens


@pytest.mark.parametrize("text", ["ver1fy", "acc0unt", "p.a.r.c.e.l", "yo-ur", "v e r i f y", "clic-k"])
def test_hidden_english_is_still_seen(text: str) -> None:
    assert "~hidden" in read(text, shipped().writing).tokens


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("vietcombank.com.vn", "~link_official"),
        ("https://dichvucong.gov.vn/x", "~link_official"),
        ("vietcombank.hhsvip.com", "~link_brand"),
        ("vcb-xacthuc[.]com", "~link_brand"),
        ("trian24h.xyz", "~link_cheap"),
        ("bit.ly/3xStk88", "~link_short"),
        ("mail-quota.weebly.com", "~link_builder"),
        ("https://minhphat.vn", "~link_plain"),
        ("t.me/keo68", "~telegram"),
        ("youtu.be/dQw4", "~link_known"),
    ],
)
def test_a_link_is_known_by_its_host(link: str, kind: str) -> None:
    assert link_tokens(link)[0] == kind


@pytest.mark.parametrize("text", ["nhé.me", "tp.hcm", "1.500.000", "e.g", "...", "a", "xong.anh"])
def test_what_only_has_dots_is_no_link(text: str) -> None:
    assert link_tokens(text) == ()


@pytest.mark.parametrize(
    ("sender", "mark"),
    [
        ("VCB", "~from_registered"),
        ("BHXH VN", "~from_registered"),
        ("VlETCOMBANK", "~from_lookalike"),
        ("Sh0pee", "~from_lookalike"),
        ("QK-VIP", "~from_name"),
        ("+84 912 345 678", "~from_mobile"),
        ("+8801712345678", "~from_abroad"),
        ("198", "~from_short"),
        ("", None),
        (None, None),
    ],
)
def test_a_sender_is_known_by_its_register(sender: str | None, mark: str | None) -> None:
    assert sender_mark(sender) == mark
