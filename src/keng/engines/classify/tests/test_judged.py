"""The messages that were typed before there was a model: unchanged, and judged at least as well as a reader may rely on."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from keng.engines.classify import classify
from keng.engines.classify.tricks import trick_codes

FILE = Path(__file__).parent / "judged" / "messages.tsv"
SHA256 = "79108011d3263974290e7c0d60302884b60f21e27b1e6a7a81b21c926f0a4f27"
STYLES, EACH = 10, 30


def test_the_judged_messages_are_as_they_were_frozen() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == SHA256
    rows = [line.split("\t") for line in FILE.read_text("utf-8").splitlines()]
    assert set(Counter(row[0] for row in rows).values()) == {EACH} and len(rows) == STYLES * EACH
    assert {row[2] for row in rows if row[1] == "scam"} <= set(trick_codes())


def test_the_same_words_count_more_from_a_number_that_is_not_the_banks() -> None:
    text = "Quy khach vui long cap nhat thong tin tai khoan ngan hang truoc 18h hom nay"
    assert classify(text, sender="+85512345678").scam > classify(text, sender="Vietcombank").scam
