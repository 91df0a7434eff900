"""The truth about each register row holds by a slow and independent look at the population."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

import pyarrow.parquet as pq
import pytest

from keng.nation.make.people.full_names import bare
from keng.nation.make.tests.conftest import PLAN, Written

COLUMNS = {"holder_id", "full_name", "date_of_birth", "subscriber", "sex", "province_code", "opened_at", "record_id"}
GARBLED = {"name_mojibake", "name_legacy_font"}
DISGUISES = {"name_bare", *GARBLED, "id_spaced", "id_quoted", "id_letters"}


def one_edit_away(number: str) -> set[str]:
    digits = "0123456789"
    gaps = range(len(number) + 1)
    changed = {number[:at] + digit + number[at + 1 :] for at in range(len(number)) for digit in digits}
    missing = {number[:at] + number[at + 1 :] for at in range(len(number))}
    extra = {number[:at] + digit + number[at:] for at in gaps for digit in digits}
    swapped = {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(len(number) - 1)}
    return changed | missing | extra | swapped


def iso(birth: str | None) -> str | None:
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", birth or "")
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else birth


@pytest.fixture(scope="module", params=["sims", "accounts"])
def rows(request: pytest.FixtureRequest, town: Written) -> list[tuple[dict, dict, dict | None]]:
    """(row of the register, its truth, the person of the truth)."""
    register, truth = town.rows(f"{request.param}.parquet"), town.rows(f"truth/{request.param}.parquet")
    people = {row["citizen_id"]: row for row in town.rows("population.parquet")}
    assert [row["record_id"] for row in register] == [row["record_id"] for row in truth]
    return [(row, true, people.get(true["person_id"])) for row, true in zip(register, truth, strict=True)]


@pytest.mark.parametrize(("name", "share"), [("sims", 1.2), ("accounts", 2.0)])
def test_columns_and_sizes(town: Written, name: str, share: float):
    assert set(pq.read_schema(town.folder / f"{name}.parquet").names) == COLUMNS
    ids = [row["record_id"] for row in town.rows(f"{name}.parquet")]
    assert len(ids) == len(set(ids)) == round(PLAN.people * share)


def test_a_person_is_told_exactly_for_the_verdicts_that_have_one(rows):
    with_person = {"verified", "mismatch", "deceased", "minor", "over_limit"}
    assert all((true["verdict"] in with_person) == (person is not None) for _, true, person in rows)


def test_every_verdict_occurs(rows):
    verdicts = {true["verdict"] for _, true, _ in rows}
    expected = {
        "verified",
        "mismatch",
        "deceased",
        "minor",
        "not_covered",
        "malformed",
        "conflict",
        "ambiguous",
        "not_found",
    }
    assert expected <= verdicts


def test_verified_rows_differ_only_by_disguises(rows):
    for row, true, person in rows:
        if true["verdict"] == "verified":
            assert set(true["errors"]) <= DISGUISES
            assert person["status"] == "living"
            number = re.sub(r"[ .'\-]", "", row["holder_id"]).translate(str.maketrans("OIlSB", "01158"))
            assert number == person["citizen_id"]
            assert GARBLED & set(true["errors"]) or bare(row["full_name"]) == bare(person["full_name"])
            assert iso(row["date_of_birth"]) == person["date_of_birth"]


def test_mismatches_name_what_differs(rows):
    for row, true, person in rows:
        if true["verdict"] == "mismatch":
            flaw = true["errors"][0]
            if flaw == "id_old":
                assert (
                    re.sub(r"[^0-9A-Za-z]", "", row["holder_id"]).translate(str.maketrans("OIlSB", "01158"))
                    == person["old_id"]
                )
            if flaw == "sex_wrong":
                assert {row["sex"], person["sex"]} == {"M", "F"}
            if flaw.startswith("name_") and not GARBLED & set(true["errors"]):
                assert row["full_name"] is None or bare(row["full_name"]) != bare(person["full_name"])
                if flaw == "name_turned":
                    assert sorted(bare(row["full_name"]).split()) == sorted(bare(person["full_name"]).split())
                if flaw == "name_shortened":
                    ours, theirs = re.findall(r"\w+", bare(row["full_name"])), bare(person["full_name"]).split()
                    assert len(ours) == len(theirs) and ours[-1] == theirs[-1]
                    assert all(long.startswith(short) for short, long in zip(ours, theirs, strict=True))
            if flaw.startswith("dob_"):
                assert iso(row["date_of_birth"]) != person["date_of_birth"]
            if flaw.startswith("id_digit") and row["holder_id"].isdigit():
                assert row["holder_id"] in one_edit_away(person["citizen_id"]) - {person["citizen_id"]}


def test_conflicts_carry_somebodys_number_and_neither_that_name_nor_that_date(rows, town: Written):
    people = {row["citizen_id"]: row for row in town.rows("population.parquet")}
    for row, true, _ in rows:
        if true["verdict"] == "conflict" and row["holder_id"] in people:
            person = people[row["holder_id"]]
            assert bare(row["full_name"]) != bare(person["full_name"])
            assert iso(row["date_of_birth"])[:4] != person["date_of_birth"][:4]


def test_those_not_found_are_near_nobody_and_those_ambiguous_share_name_and_date_with_somebody(rows, town: Written):
    population = town.rows("population.parquet")
    numbers = {row["citizen_id"] for row in population} | {row["old_id"] for row in population}
    dates_of = defaultdict(set)
    for row in population:
        dates_of[bare(row["full_name"])].add(row["date_of_birth"])
    for row, true, _ in rows:
        if true["verdict"] in ("not_found", "ambiguous") and not DISGUISES & set(true["errors"]):
            assert not one_edit_away(row["holder_id"]) & numbers
            known = iso(row["date_of_birth"]) in dates_of[bare(row["full_name"])]
            assert known == (true["verdict"] == "ambiguous")


def test_two_wrong_digits_are_two_and_more_than_a_slip_from_everybody(rows, town: Written):
    population = town.rows("population.parquet")
    key = {(bare(row["full_name"]), row["date_of_birth"]): row["citizen_id"] for row in population}
    seen = [
        row for row, true, _ in rows if true["errors"][:1] == ["id_two_digits_wrong"] and row["holder_id"].isdigit()
    ]
    for row in seen:
        if own := key.get((bare(row["full_name"]), iso(row["date_of_birth"]))):
            assert sum(one != other for one, other in zip(row["holder_id"], own, strict=True)) == 2
    assert seen


def test_a_lunar_birthday_lies_three_to_seven_weeks_before(rows):
    for row, true, person in rows:
        if true["errors"][:1] == ["dob_lunar"]:
            gap = date.fromisoformat(person["date_of_birth"]) - date.fromisoformat(iso(row["date_of_birth"]))
            assert 20 <= gap.days <= 50


def test_the_dead_are_dead_and_minors_were_children_when_it_was_opened(rows):
    for row, true, person in rows:
        if true["verdict"] == "deceased":
            assert person["status"] == "deceased"
        if true["verdict"] == "minor":
            assert (row["opened_at"].year - int(person["date_of_birth"][:4])) <= 15
            assert int(str(row["opened_at"]).replace("-", "")) - int(person["date_of_birth"].replace("-", "")) < 150_000


def test_over_limit_begins_with_the_fourth_sim_of_a_person(town: Written):
    truth = {row["record_id"]: row for row in town.rows("truth/sims.parquet")}
    by_person = defaultdict(list)
    for row in town.rows("sims.parquet"):
        if person := truth[row["record_id"]]["person_id"]:
            by_person[person].append((row["opened_at"] is None, row["opened_at"], row["record_id"]))
    assert max(map(len, by_person.values())) > 3
    for records in by_person.values():
        for rank, (*_, record) in enumerate(sorted(records, key=lambda one: (one[0], str(one[1]), one[2])), start=1):
            assert (truth[record]["verdict"] == "over_limit") <= (rank > 3)
            assert ("beyond_limit" in truth[record]["errors"]) == (rank > 3)
