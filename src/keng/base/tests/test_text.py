from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keng.base.text import bare, fold, without_invisible


def test_it_folds_marks_case_width_and_look_alikes() -> None:
    assert bare("Số ĐT: ０９１２ — Ví") == "so dt: 0912 - vi"
    assert bare("vіetcоmbаnk") == "vietcombank"  # Cyrillic і, о, а
    assert bare("①½ ٣") == "11/2 3"


def test_offsets_lead_back_over_what_was_dropped() -> None:
    folded = fold("a\u200bb\u0301c")
    assert folded.text == "abc"
    assert folded.written(0, 2) == "a\u200bb\u0301"
    assert folded.span(2, 3) == (4, 5)


def test_a_letter_in_two_parts_folds_like_the_same_letter_in_one() -> None:
    assert bare("tiê\u0300n") == bare("tiền") == "tien"


def test_invisible_characters_go_and_marks_stay() -> None:
    assert without_invisible("a\u200b\u202eb\u00ade\u0301\ufe0f") == "abe\u0301"


@given(st.text())
def test_every_folded_character_has_its_place(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    for index in range(len(folded.text)):
        start, end = folded.span(index, index + 1)
        assert 0 <= start < end <= len(text)
    assert list(folded.starts) == sorted(folded.starts)
