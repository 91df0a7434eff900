"""What must hold for any name, date and number; whole columns say what the plain functions say."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keng.engines.cleanse import columns, comparing, dates, fonts, judge, judge_one, names, numbers, searching
from keng.engines.cleanse import model as models
from keng.engines.cleanse.explaining import pair_table
from keng.engines.cleanse.names import Name
from keng.engines.cleanse.numbers import Form, Number
from keng.engines.cleanse.tests.cases import MODEL, OPTIONS, person, record

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
@given(st.lists(st.text(alphabet="aZđ1 -Ấ", max_size=4) | st.none(), min_size=1, max_size=8))
def test_letters_are_found_wherever_they_stand(texts):
    found = columns.have_letters(pa.array([None, *texts], pa.string()).slice(1))
    assert found.tolist() == [text is not None and any(c in "aZ" for c in text) for text in texts]


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
    found = comparing.compare_names(ours, theirs, np.ones(len(pairs), np.bool_))
    assert found.tolist() == [names.compare(one, other) for one, other in pairs]


@st.composite
def almost(draw):
    """A name, and it again after some of what clerks do to names."""
    words = draw(st.lists(WORDS, min_size=1, max_size=5))
    ours = list(words)
    for do in draw(
        st.lists(st.sampled_from(["leave", "cut", "move", "slip", "drop", "swap", "bare", "dots"]), max_size=3)
    ):
        place = draw(st.integers(0, len(ours) - 1))
        word = ours[place]
        letter = draw(st.integers(0, len(word) - 1))
        match do:
            case "leave" if len(ours) > 1:
                del ours[place]
            case "cut":
                ours[place] = word[: letter + 1]
            case "move":
                ours.append(ours.pop(place))
            case "slip":
                ours[place] = word[:letter] + "w" + word[letter + 1 :]
            case "drop" if len(word) > 1:
                ours[place] = word[:letter] + word[letter + 1 :]
            case "swap" if letter:
                ours[place] = word[: letter - 1] + word[letter] + word[letter - 1] + word[letter + 1 :]
            case "bare":
                ours = [unicodedata.normalize("NFD", one).encode("ascii", "ignore").decode() or "x" for one in ours]
            case "dots":
                ours[place] = f"{word}."
    return " ".join(ours), " ".join(words)


@settings(deadline=None, max_examples=300)
@given(st.lists(almost(), min_size=1, max_size=30))
@example([("Trần " * 30, "Trần " * 29)])
@example(
    [
        ("HOÀNG SÔN", "Hoàng Sơn"),
        ("Hoaøng Sôn", "Hoàng Sơn"),
        ("HoÃ\xa0ng SÆ¡n", "Hoàng Sơn"),
        ("Hoµng S¬n", "Hoàng Sơn"),
    ]
)
def test_columns_of_names_almost_alike_say_what_the_function_says(pairs):
    ours, theirs = (pa.array(column) for column in zip(*pairs, strict=True))
    found = comparing.compare_names(ours, theirs, np.ones(len(pairs), np.bool_))
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


LETTERS = "0123456789" * 3 + "GxÊ٣"  # few that are no digits, some of them of more than one byte


@st.composite
def near(draw, number: str) -> str:
    """A text at most three changes from a number."""
    text = number
    for _ in range(draw(st.integers(0, 3))):
        place, letter = draw(st.integers(0, len(text))), draw(st.sampled_from(LETTERS))
        changed = (
            text[:place] + letter + text[place + 1 :],
            text[:place] + letter + text[place:],
            text[:place] + text[place + 1 :],
            text[:place] + text[place : place + 2][::-1] + text[place + 2 :],
        )
        text = draw(st.sampled_from(changed))
    return text


@st.composite
def compared_numbers(draw):
    """A cleaned text, and two numbers of a person near which it may stand."""
    citizen, old = draw(DIGITS), draw(st.text("0123456789", min_size=9, max_size=9))
    text = draw(near(citizen) | near(old) | near(draw(st.text(LETTERS, max_size=20))))
    return text, draw(st.sampled_from((citizen, citizen, text, None))), draw(st.sampled_from((old, old, "", None)))


@unhurried
@given(st.lists(compared_numbers(), min_size=1, max_size=12))
@example([("", "1", None), ("1", "", "12"), ("12", "1", "2"), ("0" * 17, "0" * 16, None), ("Ê1", "11", None)])
def test_columns_of_numbers_say_what_the_function_says(rows):
    texts, citizens, olds = (pa.array(list(column), pa.string()) for column in zip(*rows, strict=True))
    found = comparing._compare_numbers(texts, citizens, olds)
    assert [Number(one) for one in found] == [numbers.compare(*row) for row in rows]


@pytest.mark.parametrize("slip", [slip for slip in Number if slip not in (Number.OLD_EQUAL, Number.OLD_SLIP)])
def test_each_slip_is_found_by_columns(slip):
    texts = {Number.EQUAL: "001203004567", Number.FAR: "001203004576"[::-1]} | _slips("001203004567")
    found = comparing._compare_numbers(*(pa.array([one], pa.string()) for one in (texts[slip], "001203004567", None)))
    assert found.tolist() == [slip]


@unhurried
@given(st.lists(st.text("0123456789OIB -.'Gx", max_size=17) | st.none(), min_size=1, max_size=20))
@example(["0100109106", "0100109107", "0100109106001", "01001o9106"])
def test_columns_of_numbers_have_the_forms_that_the_function_says(written):
    form, text = comparing.read_numbers(pa.array(written, pa.string()))
    told = [numbers.read(one) for one in written]
    assert [comparing.FORMS[one] for one in form] == [one.form for one in told]
    assert text.to_pylist() == [one.text for one in told]


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
    """The blocks and keys by which a record's number is looked up, those that the statements make of a whole number too."""
    rows = searching.find_keys(pa.table({"record_id": [1], "holder_id": [written]})).to_pylist()
    for whole in [row["value"] for row in rows if row["key"] == row["value"]]:
        old = rows[0]["block"] == numbers.Block.OLD
        parts = [whole - whole % 1000, whole - (whole % 1000000 - whole % 1000), whole % 1000000]
        if not old:
            parts[2:] = [whole - (whole % 1000000000 - whole % 1000000), whole % 1000000000]
        first = numbers.Block.OLD_FIRST if old else numbers.Block.FIRST
        rows += [{"block": first + place, "key": part} for place, part in enumerate(parts)]
    return [row["block"] for row in rows], [row["key"] for row in rows]


def _keys_of_person(number):
    value = int(number)
    blocks = numbers.Block
    return {
        (blocks.CITIZEN, value),
        (blocks.FIRST, value - value % 1000),
        (blocks.MIDDLE, value - (value % 1000000 - value % 1000)),
        (blocks.SECOND, value - (value % 1000000000 - value % 1000000)),
        (blocks.LAST, value % 1000000000),
    }


@unhurried
@given(st.text("0123456789", min_size=11, max_size=11) | st.text("0123456789", min_size=8, max_size=8))
def test_numbers_without_a_digit_are_looked_up_by_all_that_they_may_be(text):
    rows = searching.find_keys(pa.table({"record_id": [1], "holder_id": [text]})).to_pylist()
    assert {(row["block"], row["key"]) for row in rows} == set(numbers.keys(text))
    assert not any(row["key"] == row["value"] for row in rows)


@unhurried
@given(st.lists(st.text("0123456789A*", min_size=7, max_size=14), min_size=1, max_size=8))
@example(["1234567890123", "1234567890", "12345678901A", "1234A6789", "12345678901A3", "١٢٣٤٥٦٧٨٩٠", "A" * 12])
def test_columns_of_odd_numbers_are_looked_up_as_the_function_says(texts):
    found = {row: set() for row in range(len(texts))}
    for row, blocks, keys, values in searching._odd_keys(np.arange(len(texts)), pa.array(texts)):
        for one, block, key in zip(row.tolist(), blocks.tolist(), keys.tolist(), strict=True):
            found[one].add((block, key))
        assert set(values.tolist()) <= {searching.NOT_WHOLE}
    wanted = [set() if len(text) + 1 in (9, 12) and text.isdecimal() else set(numbers.keys(text)) for text in texts]
    assert [found[row] for row in range(len(texts))] == wanted  # one digit short is another function's


@unhurried
@given(st.lists(ANY_NAMES, min_size=1, max_size=8))
def test_columns_of_names_are_looked_up_and_as_common_as_one_by_one(some):
    column = pa.array(some, pa.string())
    rows, keys = searching._name_keys(column)
    found = {row: set() for row in range(len(some))}
    for row, key in zip(rows.tolist(), keys.to_pylist(), strict=True):
        found[row].add(key)
    assert [found[row] for row in range(len(some))] == [set(names.block_keys(name or "")) for name in some]
    model = replace(MODEL, words=models.count_words(pa.array(["Nguyễn Văn An", "Trần Thị Hoà", "Lê Thị Sa Rây"] * 40)))
    told = models.common_names(model, column).tolist()
    assert told == [model.frequency(names.frequency_words(name or "")) for name in some]


def test_words_are_counted_where_they_stand():
    counted = models.count_words(pa.array([*["Nguyễn Văn An"] * 3, *["H'Hen Niê", "An"] * 3, None, "---"]))
    assert counted == {
        "first": {"nguyen": 3.0, "hhen": 3.0}, "middle": {"van": 3.0}, "last": {"an": 6.0, "nie": 3.0},
    }  # fmt: skip


RECORDS = st.builds(
    record,
    holder_id=st.sampled_from(
        ["001190004567", "001190004568", "0011900045", "00119000457", "123456780", "123456781", "B1234567", None]
    ),
    full_name=st.one_of(st.sampled_from(["Trần Thị Hoà", "TRAN THI HOA", "Trần Thị Hoàng", "Hoà Trần Thị"]), ANY_NAMES),
    date_of_birth=st.one_of(st.sampled_from(["1990-05-17", "17/5/1990", "1990", "1990-05", ""]), ANY_DATES),
    sex=st.sampled_from(["F", "M", None]),
    province_code=st.sampled_from(["01", "79", None]),
    opened=st.sampled_from([None, date(2004, 5, 16), date(2020, 1, 1)]),
)
PEOPLE = st.lists(
    st.builds(
        person,
        citizen_id=st.sampled_from(["001190004567", "001190004568", "001190004569"]),
        old_id=st.sampled_from(["123456780", "123456789", None]),
        full_name=st.sampled_from(["Trần Thị Hoà", "Trần Thị Hoa", "Lê Quang Minh", None]),
        date_of_birth=st.sampled_from(["1990-05-17", "1990-05", "1990", None]),
        status=st.sampled_from(["living", "deceased"]),
        status_date=st.sampled_from([None, date(2019, 1, 1), date(2021, 1, 1)]),
    ),
    max_size=3,
    unique_by=lambda one: one["citizen_id"],
)


@settings(deadline=None, max_examples=200)
@given(RECORDS, PEOPLE)
@example(record(full_name="¼", date_of_birth=None), [])
@example(record(full_name="---", date_of_birth="\x1f"), [])
def test_one_record_is_judged_as_in_a_register(one, people):
    table = judge(pair_table(one, people), MODEL, OPTIONS).to_pylist()[0]
    found = judge_one(one, people, MODEL, OPTIONS)
    assert (found.verdict, found.person_id, found.probability, list(found.reasons), found.open) == (
        table["verdict"], table["person_id"], table["probability"], table["reasons"], table["open"],
    )  # fmt: skip
