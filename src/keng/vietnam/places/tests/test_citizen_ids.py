"""Citizens' numbers: the provinces of their time."""

from __future__ import annotations

import pytest

from keng.vietnam import places
from keng.vietnam.places import Level
from keng.vietnam.places.tests.maps import FIRST_NEW_DAY, LAST_OLD_DAY


def test_every_old_province_has_its_three_digits():
    for province in places.units(Level.PROVINCE, LAST_OLD_DAY):
        assert places.province_of_citizen_id(f"0{province.code}") == province


@pytest.mark.parametrize(
    ("code", "name"), [("001", "Hà Nội"), ("015", "Yên Bái"), ("079", "Hồ Chí Minh"), ("096", "Cà Mau")]
)
def test_a_merger_does_not_change_what_a_number_says(code, name):
    assert places.province_of_citizen_id(code).name == name


def test_what_the_province_is_now_is_its_successor():
    (only,) = places.successors(places.province_of_citizen_id("015"))

    assert only.new == places.unit("15", FIRST_NEW_DAY)
    assert only.new.name == "Lào Cai"


@pytest.mark.parametrize("code", ["", "01", "000", "003", "097", "101", "0001", "01a", "-01", "001203000001"])
def test_anything_else_is_no_province(code):
    assert places.province_of_citizen_id(code) is None
