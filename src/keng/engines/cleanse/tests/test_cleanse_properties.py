"""What must hold for any name, date and number; whole columns say what the plain functions say."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keng.engines.cleanse import comparing, dates, fonts, names, numbers, searching
from keng.engines.cleanse.names import Name
from keng.engines.cleanse.numbers import Form, Number

unhurried = settings(deadline=None, max_examples=60)  # the machine may be busy
WORDS = st.sampled_from(
    "Nguyễn Trần Lê Đặng Hoà Thuý Ấn Ở Ư Ỷ Quý H'Hen Niê K'Brông Sa Rây Y Blô Văn Thị Huỳnh An Ân Ă".split()
)
NAMES = st.lists(WORDS, min_size=1, max_size=7).map(" ".join)
ANY_NAMES = st.one_of(NAMES, NAMES.map(str.upper), st.text(max_size=12), st.just("---"), st.none())
DIGITS = st.text("0123456789", min_size=12, max_size=12)
ANY_DATES = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda d: f"{d.day}/{d.month}/{d.year:04}"),
    st.integers(1900, 2020).map(str),
    st.builds("{}-{:02}".format, st.integers(1900, 2020), st.integers(0, 14)),
    st.builds("{}-0{}-1{}".format, st.integers(1989, 1991), st.integers(1, 3), st.integers(0, 3)),
    st.text(max_size=5),
    st.none(),
)


@unhurried
@given(NAMES)
@example("Nguyễn Thị Mĩ")
def test_a_name_is_itself_however_it_is_written(name):
    assert names.compare(name, name) is Name.EQUAL
    assert names.compare(name.upper(), name) is Name.EQUAL
    assert names.compare(unicodedata.normalize("NFD", name), name) is Name.EQUAL
    assert names.compare(f"  {name.replace(' ', '   ')} ", name) is Name.EQUAL
    assert names.compare(name.replace("'", "’"), name) is Name.EQUAL
    assert names.compare(name.replace("'", ""), name) is Name.EQUAL


@unhurried
@given(NAMES)
def test_a_bare_name_does_not_differ_and_a_marked_one_of_a_bare_one_does(name):
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    bare = bare.replace("Đ", "D").replace("đ", "d")
    assert names.compare(bare, name) <= Name.BARE
    if bare != name:
        assert names.compare(bare, name) is Name.BARE
        assert names.compare(name, bare) is Name.MARKS


@unhurried
@given(NAMES)
def test_mojibake_is_undone(name):
    assert fonts.undo_mojibake(name.encode().decode("latin-1")) == name
    assert names.compare(name.encode().decode("latin-1"), name) is Name.EQUAL


@unhurried
@given(ANY_NAMES, ANY_NAMES)
def test_comparing_names_never_fails_and_missing_is_missing(one, other):
    assert (names.compare(one, other) is Name.MISSING) == (names.is_missing(one) or names.is_missing(other))


@unhurried
@given(st.lists(st.tuples(ANY_NAMES, ANY_NAMES), min_size=1, max_size=8))
def test_columns_of_names_say_what_the_function_says(pairs):
    ours, theirs = (pa.array(column, pa.string()) for column in zip(*pairs, strict=True))
    found = comparing._compare_names(ours, theirs, np.ones(len(pairs), np.bool_))
    assert found.tolist() == [names.compare(one, other) for one, other in pairs]


@unhurried
@given(st.lists(st.tuples(ANY_DATES, ANY_DATES), min_size=1, max_size=8))
@example([("1990-01-10", "1990-10-01"), ("1990", "1990-10-01"), ("1990-10-01", "1990"), ("1990-10", "1991-10-01")])
def test_columns_of_dates_say_what_the_function_says(pairs):
    ours, theirs = (comparing.read_births(pa.array(column, pa.string())) for column in zip(*pairs, strict=True))
    less = np.array([dates.is_less_precise(dates.read(one), dates.read(other)) for one, other in pairs])
    found = comparing.compare_births(ours, theirs, less)
    assert found.tolist() == [dates.compare(dates.read(one), dates.read(other)) for one, other in pairs]


@unhurried
@given(DIGITS, st.data())
def test_whoever_is_one_slip_away_is_found_and_called_so(number, data):
    slip, written = data.draw(st.sampled_from(list(_slips(number).items())))
    wanted = set(zip(*_keys(written), strict=True))
    person = _keys_of_person(number)
    assert wanted & person
    assert numbers.compare(numbers.read(written).text, number, None) in (slip, Number.EQUAL)


@unhurried
@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 8), st.sampled_from("0123456789"))
def test_a_slip_in_an_old_number_is_found(old, place, digit):
    written = old[:place] + digit + old[place + 1 :]
    found = set(zip(*_keys(written), strict=True))
    value = int(old)
    of_person = {
        (numbers.Block.OLD, value),
        (numbers.Block.OLD_FIRST, value - value % 1000),
        (numbers.Block.OLD_MIDDLE, value - (value % 1000000 - value % 1000)),
        (numbers.Block.OLD_LAST, value % 1000000),
    }
    assert found & of_person
    assert numbers.compare(written, "9" * 12, old) in (Number.OLD_EQUAL, Number.OLD_SLIP)


@unhurried
@given(st.lists(st.tuples(DIGITS, DIGITS), min_size=1, max_size=6))
def test_columns_of_numbers_say_what_the_function_says(pairs):
    pairs = (
        pairs
        + [(other, other) for _, other in pairs]
        + [(_slips(other)[Number.WRONG_DIGIT], other) for _, other in pairs]
    )
    form, written = comparing.read_numbers(pa.array([one for one, _ in pairs]))
    theirs = pa.array([other for _, other in pairs])
    found = comparing._compare_numbers(form, written, theirs, pa.nulls(len(pairs), pa.string()))
    assert found.tolist() == [numbers.compare(one, other, None) for one, other in pairs]


@unhurried
@given(st.text(max_size=16))
def test_any_text_is_some_form_of_number(text):
    written = numbers.read(text)
    assert written.form in Form
    if written.form is Form.CITIZEN:
        assert len(written.text) == 12


def test_tax_codes_are_told_by_their_check_digit():
    assert numbers.read("0100109106").form is Form.ORGANISATION
    assert numbers.read("0100109107").form is Form.NEAR_OLD
    assert numbers.read("0100109106001").form is Form.ORGANISATION


def _slips(number):
    swapped = next((n for n in range(11) if number[n] != number[n + 1]), None)
    other = str((int(number[4]) + 3) % 10)
    slips = {
        Number.WRONG_DIGIT: number[:4] + other + number[5:],
        Number.MISSING_DIGIT: number[:7] + number[8:],
        Number.EXTRA_DIGIT: number[:9] + other + number[9:],
        Number.NO_DIGIT: number[:2] + "x" + number[3:],
    }
    if swapped is not None:
        slips[Number.SWAPPED] = number[:swapped] + number[swapped + 1] + number[swapped] + number[swapped + 2 :]
    return slips


def _keys(written):
    table = searching.find_keys(pa.table({"record_id": [1], "holder_id": [written]}))
    return table.column("block").to_pylist(), table.column("key").to_pylist()


def _keys_of_person(number):
    value = int(number)
    blocks = numbers.Block
    return {
        (blocks.CITIZEN, value),
        (blocks.FIRST, value - value % 1000),
        (blocks.MIDDLE, value - (value % 1000000 - value % 1000)),
        (blocks.LAST, value % 1000000),
    }
