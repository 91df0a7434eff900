"""Levels of assurance by their table."""

from __future__ import annotations

from datetime import date

import pytest

from keng.vietnam.rules.assurance import assurance_level

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("acr", "level"),
    [
        ("urn:vneid:loa:1", 1),
        ("urn:vneid:loa:2", 2),
        ("http://eidas.europa.eu/LoA/low", 1),
        ("http://eidas.europa.eu/LoA/substantial", 2),
        ("http://eidas.europa.eu/LoA/high", 2),
        ("http://eidas.europa.eu/LoA/HIGH", 0),
        ("2", 0),
        ("", 0),
    ],
)
def test_what_is_listed_has_a_level_and_nothing_else_has(acr, level):
    assert assurance_level(acr, TODAY) == level


def test_a_row_counts_from_its_day():
    assert assurance_level("urn:vneid:loa:2", date(2024, 6, 30)) == 0
