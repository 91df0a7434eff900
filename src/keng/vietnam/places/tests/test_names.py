"""Names: however they are written, on the map of the day."""

from __future__ import annotations

import pytest

from keng.vietnam import places
from keng.vietnam.places import Level
from keng.vietnam.places.tests.maps import FIRST_NEW_DAY, LAST_OLD_DAY, TODAY


@pytest.mark.parametrize("written", ["Đắk Lắk", "dak lak", "ĐẮK LẮK", "Tỉnh Đắk Lắk", " tinh  Đăk Lăk "])
def test_a_name_is_found_with_and_without_diacritics(written):
    assert [one.code for one in places.find_units(written, TODAY, level=Level.PROVINCE)] == ["66"]


@pytest.mark.parametrize("written", ["Khánh Hòa", "Khánh Hoà", "khanh hoa"])
def test_both_places_of_the_tone_mark_are_one_name(written):
    assert places.find_units(written, TODAY)[0].full_name == "Tỉnh Khánh Hòa"


@pytest.mark.parametrize("written", ["Bà Rịa - Vũng Tàu", "ba ria-vung tau", "Ba Ria Vung Tau"])
def test_hyphens_do_not_matter(written):
    assert [one.code for one in places.find_units(written, LAST_OLD_DAY)] == ["77"]


@pytest.mark.parametrize("written", ["Cư M'gar", "Cư M’gar", "cu mgar"])
def test_apostrophes_do_not_matter(written):
    found = places.find_units(written, LAST_OLD_DAY, level=Level.DISTRICT)

    assert [one.full_name for one in found] == ["Huyện Cư M'gar"]


def test_a_name_is_looked_for_on_the_map_of_the_day():
    assert [one.code for one in places.find_units("Yên Bái", LAST_OLD_DAY, level=Level.PROVINCE)] == ["15"]
    assert places.find_units("Yên Bái", FIRST_NEW_DAY, level=Level.PROVINCE) == []
    assert places.find_units("Quận 1", FIRST_NEW_DAY) == []


def test_namesakes_come_all_and_can_be_narrowed():
    town = places.unit("001", LAST_OLD_DAY)

    assert len(places.find_units("Phường 4", LAST_OLD_DAY)) == 20
    assert places.find_units("Ba Đình", LAST_OLD_DAY)[0] == town
    assert [one.code for one in places.find_units("Cống Vị", LAST_OLD_DAY, within=town)] == ["00007"]
    assert places.find_units("Ba Đình", LAST_OLD_DAY, within=town, level=Level.DISTRICT) == []


@pytest.mark.parametrize("written", ["", " ", "Atlantis", "P. Ba Đình"])
def test_what_is_no_whole_name_finds_nothing(written):
    assert places.find_units(written, TODAY) == []
