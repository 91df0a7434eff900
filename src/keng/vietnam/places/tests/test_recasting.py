"""Recasting: however figures are cast from one map to another, they add up."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keng.base.errors import InputError
from keng.vietnam import places
from keng.vietnam.places import Level
from keng.vietnam.places.tests.maps import FIRST_NEW_DAY, LAST_OLD_DAY, TODAY

DAYS = (LAST_OLD_DAY, FIRST_NEW_DAY, TODAY)
SPLIT = [one.code for one in places.units(Level.COMMUNE, LAST_OLD_DAY) if len(places.successors(one)) > 1]


@st.composite
def figures(draw, numbers):
    """Figures by code of one level, their day, and the day to cast them to."""
    level = draw(st.sampled_from([Level.PROVINCE, Level.COMMUNE]))
    day = draw(st.sampled_from(DAYS))
    codes = [one.code for one in places.units(level, day)]
    return draw(st.dictionaries(st.sampled_from(codes), numbers, max_size=60)), day, draw(st.sampled_from(DAYS))


@settings(deadline=None, max_examples=60)
@given(figures(st.integers(0, 10**9)))
def test_whole_figures_add_up_there_and_back(case):
    counts, day, other_day = case
    there = places.recast_counts(counts, day, other_day)
    back = places.recast_counts(there, other_day, day)

    assert sum(counts.values()) == sum(there.values()) == sum(back.values())
    assert all(places.find_unit(code, other_day) for code in there)
    assert all(places.find_unit(code, day) for code in back)
    assert all(figure >= 0 for figure in [*there.values(), *back.values()])


@settings(deadline=None, max_examples=25)
@given(figures(st.integers(0, 10**6)))
def test_whole_figures_are_less_than_one_from_the_exact_ones_and_add_up_in_each_province(case):
    counts, day, other_day = case
    exact = places.recast(counts, day, other_day)
    whole = places.recast_counts(counts, day, other_day)

    assert sum(exact.values()) == sum(counts.values())
    assert exact.keys() == whole.keys()
    assert all(abs(exact[code] - whole[code]) < 1 for code in exact)
    for province in places.units(Level.PROVINCE, TODAY):
        mine = [code for code in whole if lies_today_in(province, code, other_day)]
        assert sum(whole[code] for code in mine) == sum(exact[code] for code in mine)


def lies_today_in(province, code, day):
    top = places.path(places.unit(code, day), day)[0]
    return places.recast({top.code: 1}, day, TODAY).keys() == {province.code}


@settings(deadline=None, max_examples=30)
@given(figures(st.fractions(0, 1000)))
def test_fractions_add_up_exactly(case):
    counts, day, other_day = case

    assert sum(places.recast(counts, day, other_day).values()) == sum(counts.values())


def test_provinces_forward_are_exact():
    assert places.recast_counts({"10": 5, "15": 7, "01": 3}, LAST_OLD_DAY, FIRST_NEW_DAY) == {"01": 3, "15": 12}


def test_a_province_is_given_back_by_its_communes_or_by_the_sizes_that_are_told():
    sizes = {"10": 1, "15": 3}

    assert places.recast({"15": 100}, FIRST_NEW_DAY, LAST_OLD_DAY, sizes=sizes) == {"10": 25, "15": 75}
    by_communes = places.recast({"15": 1}, FIRST_NEW_DAY, LAST_OLD_DAY)
    in_each = {code: communes_of(code) for code in ("10", "15")}
    assert by_communes == {code: Fraction(count, sum(in_each.values())) for code, count in in_each.items()}


def communes_of(code):
    return sum(len(places.children(one)) for one in places.children(places.unit(code, LAST_OLD_DAY)))


def test_a_single_case_of_a_split_ward_goes_to_one_of_its_parts():
    assert places.recast_counts({"31178": 1}, LAST_OLD_DAY, FIRST_NEW_DAY) == {"31120": 1, "31168": 0}
    assert places.recast({"31178": 1}, LAST_OLD_DAY, FIRST_NEW_DAY) == {
        "31120": Fraction(1, 2),
        "31168": Fraction(1, 2),
    }


def test_several_changes_are_walked_through():
    assert places.recast_counts({"70": 1, "75": 2}, LAST_OLD_DAY, TODAY) == {"75": 3}
    assert sum(places.recast_counts({"75": 9}, TODAY, LAST_OLD_DAY).values()) == 9


def test_figures_of_the_same_map_stay_as_they_are():
    assert places.recast_counts({"001": 4, "00001": 2}, LAST_OLD_DAY, LAST_OLD_DAY) == {"00001": 2, "001": 4}


def test_split_communes_of_many_provinces_are_rounded_within_their_province():
    old_provinces = {code: places.path(places.unit(code, LAST_OLD_DAY), LAST_OLD_DAY)[0].code for code in SPLIT}
    there = places.recast_counts(dict.fromkeys(SPLIT, 1), LAST_OLD_DAY, FIRST_NEW_DAY)
    by_province = Counter()
    for code, figure in there.items():
        by_province[places.unit(code, FIRST_NEW_DAY).parent_code] += figure

    assert by_province == places.recast_counts(Counter(old_provinces.values()), LAST_OLD_DAY, FIRST_NEW_DAY)


def test_the_whole_old_map_adds_up_on_the_new():
    counts = {one.code: number for number, one in enumerate(places.units(Level.COMMUNE, LAST_OLD_DAY))}
    there = places.recast_counts(counts, LAST_OLD_DAY, TODAY)

    assert sum(there.values()) == sum(counts.values())


@pytest.mark.parametrize(
    ("counts", "sizes", "error"),
    [
        ({"10": 1}, None, "place.unknown_code"),
        ({"15": 1}, {"10": 1}, "place.no_size"),
        ({"15": 1}, {"10": 0, "15": 0}, "place.no_size"),
        ({"15": 1}, {"10": -1, "15": 2}, "place.no_size"),
    ],
)
def test_what_cannot_be_cast_is_refused(counts, sizes, error):
    with pytest.raises(InputError) as refused:
        places.recast(counts, FIRST_NEW_DAY, LAST_OLD_DAY, sizes=sizes)
    assert refused.value.code == error


def test_a_district_is_refused_since_its_communes_went_different_ways():
    with pytest.raises(InputError) as refused:
        places.recast_counts({"001": 1}, LAST_OLD_DAY, FIRST_NEW_DAY)
    assert refused.value.code == "place.no_way"
