"""Disguises change how a right value looks, and nothing else."""

from __future__ import annotations

from random import Random

import pytest

from keng.nation.make.registers.disguises import (
    disguise_date,
    disguise_name,
    disguise_number,
    in_legacy_font,
    moved_tone,
    read_as_latin,
)


@pytest.mark.parametrize(
    ("font", "name", "shown"),
    [
        ("tcvn3", "Nguyễn Văn Hùng", "NguyÔn V¨n Hïng"),
        ("vni", "Nguyễn Văn Hùng", "Nguyeãn Vaên Huøng"),
        ("vni", "Đặng Thị Mỹ Lệ", "Ñaëng Thò Myõ Leä"),
        ("tcvn3", "Đỗ Thị Ánh", "Đỗ Thị Ánh"),
    ],
)
def test_old_fonts_show_other_letters_and_what_they_lack_stays(font: str, name: str, shown: str):
    assert in_legacy_font(name, font) == shown


def test_latin_reading_and_tone_placement():
    assert read_as_latin("Lê").encode("latin-1").decode("utf-8") == "Lê"
    assert moved_tone("Lê Thị Hòa") == "Lê Thị Hoà"
    assert moved_tone("Phan Toàn") == "Phan Toàn"


def test_a_name_without_marks_is_never_called_changed():
    assert all(disguise_name(Random(seed), "Cao Nam")[1] == [] for seed in range(200))


def test_numbers_keep_their_digits():
    back = str.maketrans("OIlSB", "01158", " .-'")
    for seed in range(300):
        written, done = disguise_number(Random(seed), "001085012358")
        assert written.translate(back) == "001085012358"
        assert (written != "001085012358") == bool(done)


def test_dates_say_the_same_day():
    assert {disguise_date(Random(seed), "1990-02-05") for seed in range(100)} == {
        "1990-02-05",
        "05/02/1990",
        "5/2/1990",
    }
    assert {disguise_date(Random(seed), "1950") for seed in range(100)} == {"1950"}
