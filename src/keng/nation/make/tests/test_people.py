"""The population has the contract's columns and looks like the country."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pyarrow.parquet as pq

from keng.nation.make import Plan
from keng.nation.make.people.population import make_people
from keng.nation.make.tables import birthplaces
from keng.nation.make.tests.conftest import PLAN, Written

COLUMNS = {
    "citizen_id": "string", "old_id": "string", "full_name": "string", "date_of_birth": "string", "sex": "string",
    "province_code": "string", "status": "string", "status_date": "date32[day]",
}  # fmt: skip


def test_the_columns_are_those_of_the_contract(town: Written):
    schema = pq.read_schema(town.folder / "population.parquet")
    assert {field.name: str(field.type) for field in schema} == COLUMNS
    assert len(town.rows("population.parquet")) == PLAN.people


def test_a_citizen_number_tells_place_sex_and_year(town: Written):
    rows = town.rows("population.parquet")
    codes = {f"{place.code3:03d}" for place in birthplaces()}
    assert len(codes) == 63
    assert len({row["citizen_id"] for row in rows}) == len(rows)
    for row in rows:
        number, year = row["citizen_id"], row["date_of_birth"][:4]
        assert len(number) == 12
        assert number[:3] in codes
        assert int(number[3]) // 2 == int(year[:2]) - 19
        assert row["sex"] in (None, "MF"[int(number[3]) % 2])
        assert number[4:6] == year[2:]


def test_old_numbers_are_distinct_and_of_people_born_early_enough(town: Written):
    rows = [row for row in town.rows("population.parquet") if row["old_id"]]
    assert len(rows) > 300
    assert len({row["old_id"] for row in rows}) == len(rows)
    assert all(len(row["old_id"]) == 9 and row["date_of_birth"] < "2003" for row in rows)


def test_there_are_dead_people_children_and_birth_dates_known_only_to_the_year(town: Written):
    rows = town.rows("population.parquet")
    dead = [row for row in rows if row["status"] == "deceased"]
    assert 0.02 < len(dead) / len(rows) < 0.1
    assert all(row["status_date"] is None or str(row["status_date"]) > row["date_of_birth"] for row in dead)
    assert all(row["status_date"] is None for row in rows if row["status"] == "living")
    assert sum(row["date_of_birth"] > "2012" for row in rows) > len(rows) * 0.1
    assert {len(row["date_of_birth"]) for row in rows} >= {4, 10}


def test_names_are_nfc_and_shared_as_in_the_country():
    people = make_people(Plan(20_000, 3))
    assert all(unicodedata.is_normalized("NFC", name) for name in people.name)
    families = Counter(name.split()[0] for name in people.name)
    assert 0.31 < families["Nguyễn"] / 20_000 < 0.39
    assert families["Trần"] > families["Lê"] > families["Phạm"] > families["Bùi"]


def test_some_people_share_name_and_birth_date(town: Written):
    twins = Counter((row["full_name"], row["date_of_birth"]) for row in town.rows("population.parquet"))
    assert sum(count > 1 for count in twins.values()) > PLAN.people * 0.02
