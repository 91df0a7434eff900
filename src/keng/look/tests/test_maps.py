"""The country's map: every province of both maps has its shape and its figure; both archipelagos stand on it."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string

from keng.look import maps
from keng.vietnam import places
from keng.vietnam.places import Level

DAYS = {"63": "2025-06-30", "34": "2025-07-01"}
MOST_BYTES = 60_000


def provinces(code):
    from datetime import date

    return {one.code: one.name for one in places.units(Level.PROVINCE, date.fromisoformat(DAYS[code]))}


def drawn(code, values):
    cells = {
        each: maps.Cell(name, values.get(each), str(values.get(each)), f"{name}: {values.get(each)}", f"/{each}/")
        for each, name in provinces(code).items()
        if each in values
    }
    return maps.drawn(code, cells, str)


def page(code, values):
    return render_to_string(
        "look/parts/country_map.html", {"map": drawn(code, values), "caption": "Thử", "ident": "table"}
    )


@pytest.mark.parametrize("code", DAYS)
def test_every_province_has_a_shape_inside_the_box_and_no_other_has(code):
    made = maps.shapes(code)

    assert set(made["provinces"]) == set(provinces(code))
    for shape in made["provinces"].values():
        x, y = shape["at"]
        assert 0 < x < made["box"][0] and 0 < y < made["box"][1] and shape["room"] > 2
        assert re.fullmatch(r"(M[-\d. ]+l[-\d. ]+z)+", shape["d"])


@pytest.mark.parametrize("code", DAYS)
def test_the_shapes_are_light_and_say_whose_they_are(code):
    from importlib.resources import files

    text = files("keng.look").joinpath(f"data/map-{code}.json").read_bytes()

    assert len(text) < MOST_BYTES
    assert "CC BY 4.0" in maps.shapes(code)["licence"]


@pytest.mark.parametrize("code", DAYS)
def test_both_archipelagos_stand_with_their_provinces_and_their_figures(code):
    names = provinces(code)
    values = {each: number for number, each in enumerate(names, 1)}
    islands = {one["name"]: one for one in drawn(code, values)["islands"]}

    assert set(islands) == {"Hoàng Sa", "Trường Sa"}
    for name, province in (("Hoàng Sa", "Đà Nẵng"), ("Trường Sa", "Khánh Hòa")):
        of = next(each for each, called in names.items() if called == province)
        assert islands[name]["told"] == f"{province}: {values[of]}"
        assert islands[name]["url"] == f"/{of}/"
        assert len(islands[name]["d"]) > 200


def test_a_figure_is_told_by_word_number_and_pattern(code="34"):
    text = page(code, {"01": 7, "66": 900, "04": 0})

    assert 'aria-label="Đắk Lắk: 900"' in text and "<title>Đắk Lắk: 900</title>" in text
    assert '">900</text>' in text
    assert 'fill="url(#map-2)"' in text and 'class="ground-0"' in text
    assert text.count('fill="url(#map-none)"') == 34 - 3 + 1  # and one in the legend
    assert "<script" not in text and "style=" not in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_number_stands_at_one_place_in_any_language(language):
    """A comma for the point, as Vietnamese writes it, would put each letter somewhere else."""
    from django.utils import translation

    with translation.override(language):
        text = page("34", dict.fromkeys(provinces("34"), 12))

    places_of_text = re.findall(r'<text[^>]* x="([^"]*)" y="([^"]*)"', text)
    assert len(places_of_text) > 20
    assert all(re.fullmatch(r"\d+(\.\d+)?", each) for pair in places_of_text for each in pair)


def test_nothing_leads_to_nowhere():
    assert page("34", {}).count("<a ") == 1  # past the map


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([], []),
        ([0, 0], []),
        ([5], [5]),
        ([1, 1, 1, 1], [1]),
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([10, 20, 30, 4_567_890], [10, 20, 30, 4_500_000]),
        ([0, 0, 3, 3, 3, 9], [3, 9]),
    ],
)
def test_classes_begin_at_figures_that_can_be_read(values, ends):
    assert maps.classes(values) == ends


@pytest.mark.parametrize("value", [1, 3, 4, 9, 11, 500, 4_567_890])
def test_every_figure_lies_in_the_class_that_the_legend_names(value):
    values = [1, 3, 3, 4, 9, 11, 500, 4_567_890]
    ends = maps.classes(values)
    level = maps.level_of(value, ends)

    assert ends[level - 1] <= value
    assert level == len(ends) or value < ends[level]


def test_nothing_and_no_figure_are_not_the_same():
    assert maps.level_of(0, [1]) == 0
    assert maps.level_of(None, [1]) is None
