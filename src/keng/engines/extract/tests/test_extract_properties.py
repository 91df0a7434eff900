"""What holds for every text."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from keng.base.indicators import Kind
from keng.base.text import fold
from keng.engines.extract import Extraction, extract, money, times
from keng.engines.extract.types import Page

PIECES = [
    "0912345678",
    "+84",
    "stk",
    "vcb",
    "MB ",
    "momo",
    "1903 6262",
    "http://",
    "hxxp",
    "a.vn",
    "[.]",
    "com",
    "/x?",
    "@",
    "5",
    "tr",
    "triệu",
    "đ",
    ".",
    "-",
    "(",
    ")",
    " ",
    "\n",
    "05/03/2025",
    "14:30",
    "\u200b",
    "O",
    "l",
    "９",
    "é",
    "e\u0301",
    "ngày ",
    "phí ",
    "xn--",
    "..",
    "*",
    "gửi ",
    "soạn ",
    "156",
    "1.500.000",
    "\ud800",
    "😀",
    "İ",
    "½",
    "zalo.me/",
    "%",
    "€",
    "$",
]
texts = st.text() | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def check(text: str, found: Extraction) -> None:
    for indicator in found.indicators:
        assert indicator.start is not None and indicator.end is not None
        assert 0 <= indicator.start < indicator.end <= len(text)
        assert indicator.text == text[indicator.start : indicator.end]
        assert bool(indicator.others) == (indicator.p is not None)
    for piece in (*found.money, *found.times):
        assert 0 <= piece.start < piece.end <= len(text)


@settings(max_examples=400, deadline=None)
@given(texts)
def test_offsets_cut_out_the_text_and_nothing_overlaps(text: str) -> None:
    found = extract(text)
    check(text, found)
    outer = [one for one in found.indicators if not _is_host_of_a_url(one, found)]
    spans = sorted((one.start or 0, one.end or 0) for one in outer)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@settings(max_examples=100, deadline=None)
@given(texts)
def test_the_same_text_gives_the_same_and_later_lines_do_not_crash_it(text: str) -> None:
    assert extract(text) == extract(text)
    check(f"{text}\n\n\n{text}", extract(f"{text}\n\n\n{text}"))


def test_long_repetitions_are_read_in_one_pass() -> None:
    """Each would take minutes if any step were quadratic; no clock is needed to notice."""
    for piece in (
        "0",
        "a",
        "a.",
        "0 ",
        "@",
        "h",
        "http://",
        "[.]",
        "1.000.",
        "(",
        "stk ",
        "0912345678 ",
        "vcb ",
        "-",
        "5tr ",
        "a@",
        "a . ",
        "a @ b . c ",
        "ab cham com ",
        "a(.)@",
    ):
        text = piece * (200_000 // len(piece))
        check(text, extract(text))


@settings(max_examples=300, deadline=None)
@given(texts)
def test_what_begins_with_a_number_is_found_where_numbers_begin(text: str) -> None:
    """The fast way finds what `finditer` finds."""
    page = Page(fold(text))
    patterns = [money._GROUPED, money._ROUND]
    if not money._PREFIX.search(page.text):
        patterns.append(money._with_unit())
    if "ngay " not in page.text:
        patterns.append(times._EITHER)
    for pattern in patterns:
        found = [match.span() for match in page.matches_at_numbers(pattern)]
        assert found == [match.span() for match in pattern.finditer(page.text)]


def test_no_regular_expression_repeats_a_repetition_without_bound() -> None:
    nested = re.compile(r"[*+]\)[*+](?!\+)")
    for module in Path(__file__).parents[1].glob("*.py"):
        assert not nested.search(module.read_text("utf-8")), module.name


def _is_host_of_a_url(one: object, found: Extraction) -> bool:
    return getattr(one, "kind", None) in (Kind.DOMAIN, Kind.IP) and any(
        other.kind is Kind.URL and other.start <= one.start and one.end <= other.end  # type: ignore[attr-defined, operator]
        for other in found.indicators
    )
