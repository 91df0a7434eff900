"""The rule tables: dated, sourced, closed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from keng.vietnam import rules
from keng.vietnam.rules import tables

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "ground", ["false_information", "insult", "assembly", "religion", "criticism", "propaganda", "opinion", ""]
)
def test_a_ground_on_what_people_think_or_say_cannot_be_entered(ground):
    with pytest.raises(ValueError):
        rules.Ground(ground)


def test_every_basis_stands_on_a_ground_of_the_closed_list_and_names_its_source():
    for basis in rules.bases_for("hold_funds", TODAY):
        assert basis.ground in set(rules.Ground)
        assert basis.source and basis.said.vi and basis.said.en


def test_a_basis_serves_only_while_it_is_valid():
    code = "fraud.hold.nd52-2024.d11"

    assert rules.find_basis(code, date(2024, 7, 1))
    assert rules.find_basis(code, date(2024, 6, 30)) is None


def test_codes_are_unique_on_any_day():
    for table in (tables.bases(), tables.limits()):
        for row in table:
            same = [one for one in table if one.code == row.code and one.is_valid_on(row.valid_from)]
            assert same == [row]


def test_a_limit_has_a_value_and_a_unit():
    assert rules.limit("urgent_hold.confirm_within", TODAY).time == timedelta(hours=24)
    assert rules.limit("urgent_hold.unconfirmed_times", TODAY).value == 3
    with pytest.raises(ValueError):
        _ = rules.limit("urgent_hold.unconfirmed_times", TODAY).time
    with pytest.raises(KeyError):
        rules.limit("no.such.limit", TODAY)


def test_the_share_that_can_be_held_only_falls():
    shares = [rules.holdable_share(timedelta(minutes=minute)) for minute in range(0, 6000, 7)]

    assert shares[0] == 1.0
    assert all(earlier >= later >= 0 for earlier, later in pairwise(shares))
    assert rules.holdable_share(timedelta(minutes=10)) == pytest.approx(0.15)
    assert rules.holdable_share(timedelta(minutes=-5)) == 1.0
