"""Successions: every unit of the old map went somewhere, every one of the new came from somewhere, nothing got lost."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from keng.vietnam import places
from keng.vietnam.places import Basis, Level
from keng.vietnam.places.tests.maps import FIRST_NEW_DAY, LAST_OLD_DAY, MERGED, TODAY, UNCHANGED

LOWEST_OLD = [
    *places.units(Level.COMMUNE, LAST_OLD_DAY),
    *(one for one in places.units(Level.DISTRICT, LAST_OLD_DAY) if not places.children(one)),
]


def test_the_shares_of_every_old_unit_add_up_to_one():
    for old in [*LOWEST_OLD, *places.units(Level.PROVINCE, LAST_OLD_DAY)]:
        assert sum(one.share for one in places.successors(old)) == 1, old


def test_every_new_unit_was_made_of_something():
    for new in [*places.units(Level.COMMUNE, FIRST_NEW_DAY), *places.units(Level.PROVINCE, FIRST_NEW_DAY)]:
        assert places.predecessors(new), new


def test_communes_went_where_their_province_went():
    for old in LOWEST_OLD:
        (province,) = places.successors(places.path(old, LAST_OLD_DAY)[0])
        assert {one.new.parent_code for one in places.successors(old)} == {province.new.code}, old


@pytest.mark.parametrize(("name", "parts"), [*MERGED.items(), *((name, {name}) for name in sorted(UNCHANGED))])
def test_provinces_merged_as_the_resolution_says(name, parts):
    (new,) = places.find_units(name, FIRST_NEW_DAY, level=Level.PROVINCE)

    assert {one.old.name for one in places.predecessors(new)} == parts
    assert all(one.share == 1 and not one.is_estimate for one in places.predecessors(new))


def test_a_part_says_that_its_share_is_an_estimate():
    parts = [one for old in LOWEST_OLD for one in places.successors(old) if one.share != 1]

    assert {one.basis for one in parts} == {Basis.EQUAL}
    assert all(one.is_estimate for one in parts)
    assert len({one.old.code for one in parts}) == 442
    assert all(one.basis is Basis.WHOLE for old in LOWEST_OLD for one in places.successors(old) if one.share == 1)


def test_a_split_ward_has_equal_shares():
    halves = places.successors(places.unit("31178", LAST_OLD_DAY))

    assert [(one.new.full_name, one.share) for one in halves] == [
        ("Phường Cái Khế", Fraction(1, 2)),
        ("Phường Bình Thủy", Fraction(1, 2)),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("29908", "Sa Đéc"), ("28252", "Đạo Thạnh"), ("31246", "Thạnh Quới"), ("27691", "Long An"), ("25462", "Tân Ninh")],
)
def test_a_namesake_far_away_takes_no_share(old, new):
    assert [one.new.name for one in places.successors(places.unit(old, LAST_OLD_DAY))] == [new]


@pytest.mark.parametrize(
    ("code", "zone"),
    [("318", "Bạch Long Vĩ"), ("471", "Cồn Cỏ"), ("498", "Hoàng Sa"), ("536", "Lý Sơn"), ("755", "Côn Đảo")],
)
def test_islands_without_communes_became_special_zones(code, zone):
    (only,) = places.successors(places.unit(code, LAST_OLD_DAY))

    assert only.new.full_name == f"Đặc khu {zone}"


def test_a_district_with_communes_has_no_successor_of_its_own():
    assert places.successors(places.unit("001", LAST_OLD_DAY)) == []


def test_a_unit_that_stands_has_no_successor_and_the_first_ones_no_predecessor():
    assert places.successors(places.unit("01", TODAY)) == []
    assert places.predecessors(places.unit("01", LAST_OLD_DAY)) == []


def test_what_only_changed_its_kind_is_its_own_successor():
    (only,) = places.successors(places.unit("24", FIRST_NEW_DAY))

    assert (only.day, only.new.full_name, only.share) == (date(2026, 9, 20), "Thành phố Bắc Ninh", 1)
