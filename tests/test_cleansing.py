"""Registers of a synthetic country cleansed: whoever made them shares no table and no function with the engine."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keng.cli import main
from keng.nation.make import Plan, make_nation
from keng.nation.make.files import write_nation

PEOPLE, SEED = 2500, 19
AS_OF = "2026-11-22"
UNKNOWN = {"dob_lunar"}  # kinds of errors that the engine knows nothing of
REASON_OF = {  # what the generator calls an error, and what the holder must be told
    "id_old": "id_old",
    "id_digit_wrong": "id_digit_wrong",
    "id_digits_swapped": "id_digits_swapped",
    "id_digit_missing": "id_digit_missing",
    "id_digit_extra": "id_digit_extra",
    "name_turned": "name_order",
    "name_shortened": "name_short",
    "name_word_missing": "name_short",
    "name_empty": "name_missing",
    "dob_year_only": "dob_year_only",
    "dob_empty": "dob_missing",
    "sex_wrong": "sex_differs",
    "beyond_limit": "beyond_limit",
    "passport": "id_foreign",
    "organisation": "id_organisation",
    "number_of_another": "id_of_another",
    "person_invented": "not_in_population",
    "id_two_digits_wrong": "person_elsewhere",
}


@pytest.fixture(scope="module")
def country(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_nation(make_nation(Plan(people=PEOPLE, seed=SEED)), folder)
    return folder


@pytest.fixture(scope="module", params=["sim", "account"])
def judged(request, country, tmp_path_factory) -> list[tuple[dict, dict]]:
    """(row of the output, its truth)."""
    out = tmp_path_factory.mktemp("out") / "out.parquet"
    files = [
        "--population",
        str(country / "population.parquet"),
        "--register",
        str(country / f"{request.param}s.parquet"),
    ]
    assert main(["cleanse", *files, "--kind", request.param, "-o", str(out), "--as-of", AS_OF, "--threads", "1"]) == 0
    rows = {row["record_id"]: row for row in pq.read_table(out).to_pylist()}
    truth = pq.read_table(country / "truth" / f"{request.param}s.parquet").to_pylist()
    assert len(rows) == len(truth)
    return [(rows[true["record_id"]], true) for true in truth]


def test_nearly_every_verdict_is_the_truths(judged):
    wrong = Counter((true["verdict"], row["verdict"]) for row, true in judged if row["verdict"] != true["verdict"])
    assert wrong.total() <= 0.001 * len(judged), wrong


def test_nobody_is_named_who_is_not_the_holder(judged):
    named = [(row, true) for row, true in judged if row["person_id"]]
    assert named
    assert [row for row, true in named if row["person_id"] != true["person_id"]] == []


def test_each_kind_of_error_that_the_engine_knows_is_told_to_the_holder(judged):
    told, given = Counter(), Counter()
    for row, true in judged:
        for error in true["errors"]:
            if reason := REASON_OF.get(error):
                given[error] += 1
                told[error] += reason in row["reasons"]
    assert {error: told[error] / given[error] for error in given if told[error] < 0.95 * given[error]} == {}


def test_an_unknown_kind_of_error_still_leads_to_the_holder_and_is_told_as_a_difference(judged):
    unknown = [(row, true) for row, true in judged if UNKNOWN & set(true["errors"])]
    assert unknown
    for row, true in unknown:
        assert row["person_id"] == true["person_id"]
        assert {"dob_differs", "dob_slip"} & set(row["reasons"])


def test_probabilities_stand_where_the_contract_has_them(judged):
    without = {"not_covered", "malformed", "conflict"}
    by_verdict = defaultdict(set)
    for row, _ in judged:
        by_verdict[row["verdict"]].add(row["probability"] is None)
    assert {verdict for verdict, nulls in by_verdict.items() if nulls == {True}} == without
    assert all(nulls == {False} for verdict, nulls in by_verdict.items() if verdict not in without)
    assert all(row["probability"] >= 0.99 for row, _ in judged if row["person_id"])
