"""Each verdict and each reason, by a record and a person that differ in one fact."""

from __future__ import annotations

from datetime import date

import pytest

from keng.engines.cleanse import explain, fields_to_correct, judge_one, letter, reasons
from keng.engines.cleanse.tests.cases import MODEL, OPTIONS, person, record

ANOTHER = {"full_name": "Lê Quang Minh", "date_of_birth": "1961-11-30"}

ONE_FACT = [
    ({}, {}, "verified", []),
    ({"holder_id": "001 190.004-567'"}, {}, "verified", []),
    ({"holder_id": "OOl19OOO4S67"}, {}, "verified", []),
    ({"full_name": "TRAN THI HOA"}, {}, "verified", ["name_bare"]),
    ({"full_name": "trần  thị hòa"}, {}, "verified", []),
    ({"full_name": "Tráº§n Thá»‹ HoÃ "}, {}, "verified", []),
    ({"full_name": "TrÇn ThÞ Hoµ"}, {}, "verified", []),
    ({"full_name": "Traàn Thò Hoaø"}, {}, "verified", []),
    ({"date_of_birth": "17/5/1990"}, {}, "verified", []),
    ({"date_of_birth": "17/05/1990"}, {"date_of_birth": "1990-05"}, "verified", []),
    ({"sex": None}, {}, "verified", []),
    ({"province_code": "79"}, {}, "verified", ["province_differs"]),
    ({"holder_id": "123456780"}, {}, "mismatch", ["id_old"]),
    ({"holder_id": "123456781"}, {}, "mismatch", ["id_old", "id_digit_wrong"]),
    ({"holder_id": "001190004568"}, {}, "mismatch", ["id_digit_wrong"]),
    ({"holder_id": "001190004657"}, {}, "mismatch", ["id_digits_swapped"]),
    ({"holder_id": "001109004567"}, {}, "mismatch", ["id_digits_swapped"]),
    ({"holder_id": "00119000457"}, {}, "mismatch", ["id_digit_missing"]),
    ({"holder_id": "0011900045677"}, {}, "mismatch", ["id_digit_extra"]),
    ({"holder_id": "0011900045x7"}, {}, "mismatch", ["id_not_digit"]),
    ({"full_name": "Trấn Thị Hoà"}, {}, "mismatch", ["name_marks"]),
    ({"full_name": "Thị Hoà Trần"}, {}, "mismatch", ["name_order"]),
    ({"full_name": "Tr. T. Hoà"}, {}, "mismatch", ["name_short"]),
    ({"full_name": "Trần Thi Hoaf"}, {}, "mismatch", ["name_slip"]),
    ({"full_name": "Lê Quang Minh"}, {}, "mismatch", ["name_differs"]),
    ({"full_name": None}, {}, "mismatch", ["name_missing"]),
    ({"date_of_birth": "1990"}, {}, "mismatch", ["dob_year_only"]),
    ({"date_of_birth": "1990-05"}, {}, "mismatch", ["dob_year_only"]),
    ({"date_of_birth": "1990-05-16"}, {}, "mismatch", ["dob_slip"]),
    ({"date_of_birth": "1961-11-30"}, {}, "mismatch", ["dob_differs"]),
    ({"date_of_birth": None}, {}, "mismatch", ["dob_missing"]),
    ({"date_of_birth": "31/02/1990"}, {}, "mismatch", ["dob_unreadable"]),
    ({"sex": "M"}, {}, "mismatch", ["sex_differs"]),
    ({}, {"status": "deceased", "status_date": date(2019, 12, 31)}, "deceased", ["died_before_opening"]),
    ({}, {"status": "deceased", "status_date": date(2020, 1, 1)}, "deceased", ["died_since_opening"]),
    ({}, {"status": "deceased"}, "deceased", ["death_date_unknown"]),
    ({"opened": date(2004, 5, 16)}, {}, "minor", ["minor"]),
    ({"holder_id": None}, {}, "malformed", ["id_empty"]),
    ({"holder_id": "  - "}, {}, "malformed", ["id_empty"]),
    ({"holder_id": "không có"}, {}, "malformed", ["id_unreadable"]),
    ({"holder_id": "0011900045"}, {}, "malformed", ["id_unreadable"]),
    ({"full_name": None, "date_of_birth": ""}, {}, "malformed", ["name_missing", "dob_missing"]),
    (ANOTHER, {}, "conflict", ["id_of_another"]),
    ({"holder_id": "123456780"} | ANOTHER, {}, "conflict", ["id_of_another"]),
    ({"holder_id": "079061000001"}, {}, "not_found", ["not_in_population"]),
    ({"holder_id": "001190004568"} | ANOTHER, {}, "not_found", ["not_in_population"]),
    ({"holder_id": "B1234567"}, {}, "not_covered", ["id_foreign"]),
    ({"holder_id": "0100109106"}, {}, "not_covered", ["id_organisation"]),
    ({"holder_id": "0100109106-001"}, {}, "not_covered", ["id_organisation"]),
]


@pytest.mark.parametrize(("ours", "theirs", "verdict", "codes"), ONE_FACT)
def test_one_fact_decides(ours, theirs, verdict, codes):
    found = explain(record(**ours), [person(**theirs)], MODEL, OPTIONS)
    assert (found.verdict, list(found.reasons)) == (verdict, codes)


@pytest.mark.parametrize(("ours", "theirs", "verdict", "codes"), ONE_FACT)
def test_one_record_without_a_table_is_judged_the_same(ours, theirs, verdict, codes):
    found = judge_one(record(**ours), [person(**theirs)], MODEL, OPTIONS)
    assert (found.verdict, list(found.reasons)) == (verdict, codes)


def test_every_reason_is_given_somewhere():
    given = {code for _, _, _, codes in ONE_FACT for code in codes}
    beyond_one_record = {"beyond_limit", "person_elsewhere", "several_fit_number"}  # in test_whole_files.py and below
    assert {reason.code for reason in reasons()} == given | beyond_one_record


def test_the_day_of_the_birthday_is_old_enough():
    assert explain(record(opened=date(2004, 5, 17)), [person()], MODEL, OPTIONS).verdict == "verified"


@pytest.mark.parametrize("born", ["2010", "2010-05"])
def test_a_birth_date_without_a_day_counts_as_the_first_of_the_year(born):
    same = {"date_of_birth": born}
    assert explain(record(opened=date(2024, 1, 1), **same), [person(**same)], MODEL, OPTIONS).verdict == "verified"
    assert explain(record(opened=date(2023, 12, 31), **same), [person(**same)], MODEL, OPTIONS).verdict == "minor"


def test_without_a_date_of_opening_the_age_is_that_of_the_day_asked_about():
    child = person(date_of_birth="2013-01-01")
    assert explain(record(opened=None, date_of_birth="2013-01-01"), [child], MODEL, OPTIONS).verdict == "minor"


def test_all_reasons_are_told_not_only_the_verdicts():
    dead_child = person(status="deceased", date_of_birth="2015-05-17")
    found = explain(
        record(full_name="TRAN THI HOA", sex="M", date_of_birth="2015", province_code="79"),
        [dead_child],
        MODEL,
        OPTIONS,
    )
    assert found.verdict == "deceased"
    assert found.reasons == (
        "name_bare",
        "dob_year_only",
        "sex_differs",
        "province_differs",
        "death_date_unknown",
        "minor",
    )


def test_two_who_fit_the_number_are_told_apart_by_nobody():
    twin = person(citizen_id="001190004568", full_name="Trần Thị Hòa", old_id=None)
    found = explain(record(holder_id="001190004569"), [person(), twin], MODEL, OPTIONS)
    assert (found.verdict, found.reasons) == ("ambiguous", ("several_fit_number",))
    assert [one.probability for one in found.candidates] == [pytest.approx(0.5, abs=0.01)] * 2


def test_in_a_full_country_a_slip_needs_more_than_a_common_name():
    words = {"first": {"tran": 3000.0}, "middle": {"thi": 12000.0}, "last": {"hoa": 400.0}}
    ours = record(holder_id="001190004568", date_of_birth="1961-11-30")
    crowded = MODEL.__class__(people=100_000_000, density=0.008, words=words)
    empty = MODEL.__class__(people=1000, density=0.0, words=words)
    assert explain(ours, [person()], empty, OPTIONS).verdict == "mismatch"
    assert explain(ours, [person()], crowded, OPTIONS).verdict == "not_found"


def test_the_bound_is_the_askers():
    ours = record(holder_id="001190004568", date_of_birth="1961-11-30")
    crowded = MODEL.__class__(people=100_000_000, density=0.008)
    likely = explain(ours, [person()], crowded, OPTIONS).candidates[0].probability
    below = OPTIONS.__class__(OPTIONS.as_of, 14, 3, bound=likely - 0.0001)
    above = OPTIONS.__class__(OPTIONS.as_of, 14, 3, bound=likely + 0.0001)
    assert explain(ours, [person()], crowded, below).verdict == "mismatch"
    assert explain(ours, [person()], crowded, above).verdict != "mismatch"


def test_an_explanation_weighs_each_field():
    found = explain(record(holder_id="001190004568", full_name="TRAN THI HOA"), [person()], MODEL, OPTIONS).candidates[
        0
    ]
    assert [(one.field, one.level) for one in found.weights] == [
        ("holder_id", "wrong_digit"),
        ("full_name", "bare"),
        ("date_of_birth", "equal"),
        ("sex", "same"),
    ]
    assert all(one.bits > 0 for one in found.weights[1:])


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("reason", reasons(), ids=lambda reason: reason.code)
def test_a_letter_for_each_reason_says_what_to_bring_and_no_value(reason, language):
    text = letter([reason.code], language)
    said = reason.vi if language == "vi" else reason.en
    assert said in text
    assert "111" in text and "115" in text
    assert ("xin mang" in said.lower()) if language == "vi" else ("please bring" in said.lower())


def test_what_goes_back_names_fields_and_no_values():
    assert fields_to_correct(["id_old", "name_bare", "dob_slip", "province_differs"]) == ["holder_id", "date_of_birth"]
