"""Police units named after places."""

from __future__ import annotations

from datetime import date

import pytest

from keng.vietnam import places, police

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)


@pytest.mark.parametrize(
    ("code", "day", "vi", "en", "unit_code"),
    [
        ("15", OLD, "Công an tỉnh Yên Bái", "Yên Bái province police", "ca15"),
        ("15", NEW, "Công an tỉnh Lào Cai", "Lào Cai province police", "ca15.20250701"),
        ("01", NEW, "Công an thành phố Hà Nội", "Hà Nội city police", "ca01.20250701"),
        ("00004", NEW, "Công an phường Ba Đình", "Ba Đình ward police", "ca00004.20250701"),
        ("536", OLD, "Công an huyện Lý Sơn", "Lý Sơn rural district police", "ca536"),
    ],
)
def test_a_unit_is_named_after_its_place_of_that_day(code, day, vi, en, unit_code):
    place = places.unit(code, day)

    assert (police.name_of_unit(place).vi, police.name_of_unit(place).en) == (vi, en)
    assert police.code_of_unit(place) == unit_code


def test_every_commune_of_a_day_has_a_lowest_unit_and_so_has_an_island_district_without_communes():
    before = {one.code for one in police.lowest_places(OLD)}
    communes = {one.code for one in places.units(places.Level.COMMUNE, OLD)}

    assert before - communes == {"318", "471", "498", "536", "755"}
    assert {one.code for one in police.lowest_places(NEW)} == {
        one.code for one in places.units(places.Level.COMMUNE, NEW)
    }


def test_the_top_is_named_in_both_languages():
    assert police.top()["ministry"].said.vi == "Bộ Công an"
    assert police.top()["department"].said.en.startswith("Department")
