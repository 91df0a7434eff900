"""Vietnamese order, and which names are one."""

from __future__ import annotations

import random

import pytest

from keng.vietnam.order import order_key, same_name

IN_ORDER = [
    "Khóm 2", "Khóm 10", "Thôn 1", "Thôn An", "Thôn Ăn", "Thôn Ân", "Thôn Ba", "Thôn Bà", "Thôn Bả", "Thôn Bã", "Thôn Bá",
    "Thôn Bạ", "Thôn Bắc", "Thôn Dừa", "Thôn Đa", "Thôn Đông", "Thôn Đông Hà", "Thôn Em", "Thôn Êm", "Thôn Ô", "Thôn Ơn",
    "Tổ dân phố 1", "Tổ dân phố 2", "Xóm Ương",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_names_sort_as_in_a_vietnamese_dictionary(seed: int) -> None:
    shuffled = random.Random(seed).sample(IN_ORDER, len(IN_ORDER))

    assert sorted(shuffled, key=order_key) == IN_ORDER


@pytest.mark.parametrize(
    ("one", "other"),
    [("Thôn Hòa", "thôn hoà"), ("Bản  Mường", "bản mường"), ("Ấp Thụy", "ẤP THUỴ"), ("Tổ-dân-phố 1", "Tổ dân phố 1")],
)
def test_one_name_in_two_spellings_is_one(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(("one", "other"), [("Bản", "Bàn"), ("Đông", "Dông"), ("Thôn 1", "Thôn 11"), ("Ơn", "On")])
def test_names_that_differ_in_a_mark_are_two(one: str, other: str) -> None:
    assert same_name(one) != same_name(other)
