"""Units: both maps in full, each true in its time."""

from __future__ import annotations

import doctest
from collections import Counter
from datetime import date
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise

import pytest

from keng.base.errors import InputError
from keng.base.text import bare
from keng.vietnam import places
from keng.vietnam.places import Kind, Level, tables
from keng.vietnam.places.tests.maps import (
    COMMUNES_IN,
    COMMUNES_SHA256,
    FIRST_NEW_DAY,
    LAST_OLD_DAY,
    MERGED,
    TODAY,
    UNCHANGED,
)


@pytest.mark.parametrize(
    ("day", "provinces", "districts", "communes"),
    [
        (date(2019, 1, 1), 63, 696, 10_035),
        (LAST_OLD_DAY, 63, 696, 10_035),
        (FIRST_NEW_DAY, 34, 0, 3_321),
        (TODAY, 34, 0, 3_321),
    ],
)
def test_each_map_is_complete(day, provinces, districts, communes):
    assert [len(places.units(level, day)) for level in Level] == [provinces, districts, communes, 0]


def test_five_islands_had_no_communes_so_the_old_map_has_10_040_lowest_units():
    without = [one for one in places.units(Level.DISTRICT, LAST_OLD_DAY) if not places.children(one)]

    assert [one.name for one in without] == ["Bạch Long Vĩ", "Cồn Cỏ", "Hoàng Sa", "Lý Sơn", "Côn Đảo"]
    assert len(without) + len(places.units(Level.COMMUNE, LAST_OLD_DAY)) == 10_040


def test_the_new_map_agrees_with_a_second_source_unit_by_unit():
    day = date(2026, 4, 30)
    lines = sorted(f"{one.code} {one.parent_code} {bare(one.full_name)}" for one in places.units(Level.COMMUNE, day))

    assert {one.code: len(places.children(one, day)) for one in places.units(Level.PROVINCE, day)} == COMMUNES_IN
    assert sha256("\n".join(lines).encode()).hexdigest() == COMMUNES_SHA256


def test_the_provinces_are_those_of_the_resolution():
    assert {one.name for one in places.units(Level.PROVINCE, FIRST_NEW_DAY)} == UNCHANGED | MERGED.keys()
    assert {one.name for one in places.units(Level.PROVINCE, LAST_OLD_DAY)} == UNCHANGED.union(*MERGED.values())


@pytest.mark.parametrize(
    ("code", "before", "since"),
    [
        ("15", "Tỉnh Yên Bái", "Tỉnh Lào Cai"),
        ("24", "Tỉnh Bắc Giang", "Tỉnh Bắc Ninh"),
        ("44", "Tỉnh Quảng Bình", "Tỉnh Quảng Trị"),
        ("52", "Tỉnh Bình Định", "Tỉnh Gia Lai"),
        ("80", "Tỉnh Long An", "Tỉnh Tây Ninh"),
        ("82", "Tỉnh Tiền Giang", "Tỉnh Đồng Tháp"),
        ("91", "Tỉnh Kiên Giang", "Tỉnh An Giang"),
        ("00004", "Phường Trúc Bạch", "Phường Ba Đình"),
    ],
)
def test_an_ambiguous_code_is_resolved_by_date(code, before, since):
    assert places.unit(code, LAST_OLD_DAY).full_name == before
    assert places.unit(code, FIRST_NEW_DAY).full_name == since


@pytest.mark.parametrize(
    ("code", "day"),
    [("10", FIRST_NEW_DAY), ("001", FIRST_NEW_DAY), ("00001", FIRST_NEW_DAY), ("99", LAST_OLD_DAY), ("", TODAY)],
)
def test_a_code_that_no_unit_had_that_day_is_refused(code, day):
    assert places.find_unit(code, day) is None
    with pytest.raises(InputError) as refused:
        places.unit(code, day)
    assert refused.value.code == "place.unknown_code"


def test_a_province_becomes_a_city_on_its_day_and_keeps_its_communes():
    before, since = places.unit("75", date(2026, 4, 29)), places.unit("75", date(2026, 4, 30))

    assert (before.kind, since.kind) == (Kind.PROVINCE, Kind.MUNICIPALITY)
    assert since.full_name == "Thành phố Đồng Nai"
    assert len(places.children(before, date(2026, 4, 29))) == len(places.children(since, TODAY)) == 95
    assert places.unit("26368", date(2026, 4, 29)).full_name == "Xã Long Thành"
    assert places.unit("26368", date(2026, 4, 30)).full_name == "Phường Long Thành"


def test_every_unit_of_today_has_its_kind():
    today = Counter(one.kind for level in Level for one in places.units(level, TODAY))

    assert today == {
        Kind.MUNICIPALITY: 9,
        Kind.PROVINCE: 25,
        Kind.WARD: 709,
        Kind.COMMUNE: 2_599,
        Kind.SPECIAL_ZONE: 13,
    }


def test_no_code_means_two_units_on_one_day_and_every_parent_stands_all_the_time():
    rows = tables.every_row()
    for one, after in pairwise(rows):
        assert one.code != after.code or not one.overlaps(after)
    for one in rows:
        for day in (LAST_OLD_DAY, FIRST_NEW_DAY, date(2026, 4, 30), TODAY):
            if one.is_valid_on(day) and one.parent_code:
                assert places.unit(one.parent_code, day).level < one.level


def test_names_are_written_with_capitals():
    small = [
        one.name
        for one in tables.every_row()
        if not all(w[0].isupper() or w[0] in "0123456789-" for w in one.name.split())
    ]

    assert {name for name in small if not name.startswith("Nông trường ")} == set()


def test_a_path_leads_from_the_province_down():
    assert [one.full_name for one in places.path(places.unit("00001", LAST_OLD_DAY), LAST_OLD_DAY)] == [
        "Thành phố Hà Nội",
        "Quận Ba Đình",
        "Phường Phúc Xá",
    ]


def test_there_is_room_for_what_communes_add_themselves():
    assert Kind.VILLAGE.level == Kind.RESIDENTIAL_GROUP.level == Level.VILLAGE
    assert all(kind.said.vi and kind.said.en and kind.prefix for kind in Kind)


@pytest.mark.parametrize("name", ["units.csv", "successions.csv", "amendments.toml"])
def test_each_table_says_where_it_is_from(name):
    head = files("keng.vietnam.places").joinpath("data", name).read_text("utf-8")[:1200]

    assert all(word in head.lower() for word in ("made", "mit", "version", "2026-11-22"))


def test_all_tables_together_stay_small():
    tables_there = [one for one in files("keng.vietnam.places").joinpath("data").iterdir() if one.is_file()]

    assert sum(len(one.read_bytes()) for one in tables_there) < 1_000_000


def test_the_example_is_true():
    assert doctest.testmod(places).failed == 0
