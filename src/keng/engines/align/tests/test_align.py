"""Texts of one trick beside each other: what is said of each, whatever the texts, and what is found in those of a real trick."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keng.engines.align import NAME, NUMBER, WORDS, Alignment, Value, align
from keng.engines.align.tokens import MOST_TOKENS

TRICK = (
    "Kính gửi khách hàng, tài khoản của quý khách tạm khoá do đăng nhập lạ. Vui lòng chuyển phí {fee} vào STK {account} "
    "gặp {name} theo số {phone} trước {hour} giờ hôm nay để được mở lại ngay."
)
OTHER = (
    "Con ơi mẹ đang cấp cứu ở bệnh viện, chuyển gấp cho cô y tá {fee} vào số tài khoản {account} để đóng viện phí nhé."
)
NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Minh Châu", "Phạm Quốc Dũng")
TEXTS = st.lists(st.text(st.sampled_from("a b ă1\u0301\u200b\n\U0001f600Z.x "), max_size=60), max_size=8)


def told(trick: str, count: int, seed: int = 1) -> list[str]:
    by_lot = random.Random(seed)
    return [
        trick.format(
            fee=f"{by_lot.randrange(100, 900)}.000đ",
            account="".join(by_lot.choices("123456789", k=12)),
            name=by_lot.choice(NAMES),
            phone="0912" + "".join(by_lot.choices("123456789", k=6)),
            hour=by_lot.randrange(7, 20),
        )
        for _ in range(count)
    ]


KINDS = {"money": r"\d+\.000đ", "phone": r"\b0912\d{6}\b", "account": r"\b[1-9]\d{11}\b"}


def values(text: str) -> list[Value]:
    """What stands in the texts of this file, as the desk has it from extraction."""
    return [
        Value(kind, found.start(), found.end()) for kind, sign in KINDS.items() for found in re.finditer(sign, text)
    ]


def of(texts: list[str]) -> Alignment:
    return align(texts, [values(text) for text in texts])


def template_of(found: Alignment, number: int = 0) -> list[str]:
    template = found.templates[number]
    return [piece.words if piece.slot is None else f"<{template.slots[piece.slot].kind}>" for piece in template.pieces]


@given(TEXTS)
@example(["", " ", "\n"])
@settings(max_examples=60, deadline=None)
def test_the_spans_of_a_text_are_the_whole_text(texts: list[str]) -> None:
    found = align(texts)
    assert len(found.texts) == len(texts)
    for text, one in zip(texts, found.texts, strict=True):
        assert "".join(text[span.start : span.end] for span in one.spans) == text
        assert all(span.start < span.end for span in one.spans)
        assert 0 <= one.share <= 1
    for number, template in enumerate(found.templates):
        assert len(template.members) >= 2
        assert all(found.texts[member].template == number for member in template.members)
        shown = [piece.slot for piece in template.pieces if piece.slot is not None]
        assert shown == list(range(len(template.slots)))


@given(TEXTS, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_arrival_means_nothing(texts: list[str], by_lot: random.Random) -> None:
    texts = [*texts, *told(OTHER, 3)]
    order = list(range(len(texts)))
    by_lot.shuffle(order)
    there, here = align(texts), align([texts[number] for number in order])
    assert [here.texts[order.index(number)].spans for number in order] == [
        there.texts[number].spans for number in order
    ]
    groups = {frozenset(texts[member] for member in one.members) for one in there.templates}
    assert groups == {frozenset(texts[order[member]] for member in one.members) for one in here.templates}


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_values_at_any_place_break_nothing(text: str, places: list[tuple[int, int]]) -> None:
    found = align([text, text], [[Value("phone", start, end) for start, end in places]] * 2)
    assert all("".join(text[span.start : span.end] for span in one.spans) == text for one in found.texts)


def test_a_trick_is_its_words_with_what_varies_by_kind() -> None:
    found = of(told(TRICK, 12))
    assert template_of(found) == [
        "Kính gửi khách hàng, tài khoản của quý khách tạm khoá do đăng nhập lạ. Vui lòng chuyển phí",
        "<money>", "vào STK", "<account>", "gặp", f"<{NAME}>", "theo số", "<phone>", "trước", f"<{NUMBER}>",
        "giờ hôm nay để được mở lại ngay",
    ]  # fmt: skip
    assert found.templates[0].members == tuple(range(12))
    names = found.templates[0].slots[2]
    assert (names.texts, names.different) == (
        12,
        len({name for text in told(TRICK, 12) for name in NAMES if name in text}),
    )


def test_what_varies_is_marked_where_it_stands() -> None:
    texts = told(TRICK, 12)
    for text, one in zip(texts, of(texts).texts, strict=True):
        said = {span.kind: text[span.start : span.end] for span in one.spans if span.kind}
        assert said["phone"].startswith("09")
        assert said["money"].endswith("000đ")
        assert said[NAME] in NAMES
        assert one.share == 1


def test_two_tricks_are_two_templates_and_a_stray_text_is_none() -> None:
    texts = [*told(TRICK, 6), *told(OTHER, 9, 2), "Hôm qua tôi thấy một cái xe lạ đỗ trước cổng làng."]
    found = of(texts)
    assert [len(one.members) for one in found.templates] == [9, 6]
    assert found.texts[-1].template is None
    assert found.texts[-1].spans[0].kind == ""


def test_a_text_that_says_what_two_groups_say_does_not_make_them_one() -> None:
    one, other = told(TRICK, 4), told(OTHER, 4, 2)
    found = of([*one, *other, f"{one[0]} Rồi họ nhắn tiếp: {other[0]}"])
    assert len(found.templates) == 2
    assert {found.texts[number].template for number in range(4)} != {
        found.texts[number].template for number in range(4, 8)
    }
    extra = [span for span in found.texts[8].spans if span.kind and span.slot is None]
    assert extra or found.texts[8].template is None


def test_words_that_change_are_left_to_the_texts_that_say_them() -> None:
    by_lot = random.Random(3)
    texts = []
    for text in told(TRICK, 40):
        words = text.split(" ")
        for place in range(len(words)):
            if by_lot.random() < 0.1:
                words[place] = by_lot.choice(["nha", "ạ", "gấp", "liền", "anh"])
        texts.append(" ".join(words))
    found = of(texts)
    assert len(found.templates[0].members) == 40
    said = " ".join(template_of(found))
    assert said.startswith("Kính gửi khách hàng, tài khoản của quý khách tạm khoá do đăng nhập lạ")
    assert {"<money>", "<account>", "<phone>"} <= set(template_of(found))
    for text, one in zip(texts, found.texts, strict=True):
        assert "".join(text[span.start : span.end] for span in one.spans) == text
        assert {span.kind for span in one.spans if "liền" in text[span.start : span.end].split()} <= {
            WORDS, NAME, "money", "account", "phone", NUMBER,
        }  # fmt: skip
        assert not any("liền" in text[span.start : span.end].split() for span in one.spans if not span.kind)


def test_marks_and_case_do_not_part_what_is_one() -> None:
    texts = told(TRICK, 4)
    bare = texts[0].upper()
    found = of([*texts, bare])
    assert len(found.templates) == 1
    assert found.texts[-1].share == 1
    assert template_of(found)[0].startswith("Kính gửi khách hàng")


@pytest.mark.parametrize("texts", [[], [""], ["chỉ một tin"], ["", "", ""]])
def test_too_few_to_compare_have_no_template(texts: list[str]) -> None:
    found = align(texts)
    assert found.templates == ()
    assert [one.template for one in found.texts] == [None] * len(texts)


def test_the_same_text_a_thousand_times_is_one_template_without_slots() -> None:
    found = align(["Chuyển tiền ngay nhé con"] * 1000)
    assert len(found.templates[0].members) == 1000
    assert found.templates[0].slots == ()
    assert [piece.words for piece in found.templates[0].pieces] == ["Chuyển tiền ngay nhé con"]


def test_a_text_of_a_mebibyte_is_compared_by_its_beginning() -> None:
    long = "chuyển tiền ngay vào tài khoản " * (1 << 15)
    found = align([long, long + "nhé", told(OTHER, 1)[0]])
    assert len(found.templates[0].members) == 2
    assert sum(len(piece.words.split()) for piece in found.templates[0].pieces) <= MOST_TOKENS
    assert [span.end for span in found.texts[1].spans][-1] == len(long) + 3
