"""Every string of these templates has its English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

LOOK = Path(__file__).resolve().parent.parent
CALL = re.compile(r"""\b(?:_|n?gettext)\(u?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
SOURCES = [*LOOK.glob("templates/**/*.html"), LOOK / "states.py", LOOK / "templatetags" / "keng.py"]


def words_of(source: Path) -> set[str]:
    text = source.read_text(encoding="utf-8")
    python = templatize(text) if source.suffix == ".html" else text
    return {(double or single).replace("\\'", "'") for double, single in CALL.findall(python)}


def translations() -> dict[str, str]:
    lines = (LOOK / "en.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition(" = ") for line in lines if line and not line.startswith("#")]
    return {vietnamese: english for vietnamese, _sign, english in pairs}


def test_the_words_are_found() -> None:
    """Or the tests below would pass on nothing."""
    assert "Đang giữ" in words_of(LOOK / "templates/look/parts/money_progress.html")
    assert sum(len(words_of(source)) for source in SOURCES) > 200


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_string_has_its_english(source: Path) -> None:
    assert words_of(source) - set(translations()) == set()


def test_no_english_is_left_over_or_empty() -> None:
    used = set().union(*(words_of(source) for source in SOURCES))
    assert set(translations()) - used == set()
    assert all(translations().values())


def test_both_sides_name_the_same_values() -> None:
    names = re.compile(r"%\(\w+\)\w")
    for vietnamese, english in translations().items():
        for form in english.split(" | "):
            assert sorted(names.findall(vietnamese)) == sorted(names.findall(form)), vietnamese
