"""Chores: each when it is due, and none in the way of the others."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import OperationalError

from keng.conftest import NOW
from keng.site import housekeeping
from keng.site.housekeeping import House


@pytest.fixture
def done(monkeypatch):
    """What was done; the first chore fails as `failing` says."""
    done: list[str] = []
    failing: list[Exception] = []

    def first(_now):
        if failing:
            raise failing[0]
        done.append("first")

    chores = ((timedelta(seconds=1), first), (timedelta(minutes=1), lambda now: done.append("second")))
    monkeypatch.setattr(housekeeping, "CHORES", chores)
    return done, failing


def test_each_chore_is_done_when_it_is_due(done):
    did, _failing = done
    house = House()
    for seconds in (0, 0.5, 1, 59, 60):
        house.keep(NOW + timedelta(seconds=seconds))

    assert did == ["first", "second", "first", "first", "first", "second"]


def test_a_clock_that_was_set_back_makes_all_of_them_due(done):
    did, _failing = done
    house = House()
    house.keep(NOW)
    house.keep(NOW - timedelta(days=1))

    assert did == ["first", "second"] * 2


def test_a_fault_in_one_holds_up_no_other_and_is_told(done, caplog):
    did, failing = done
    failing.append(ValueError("ours"))
    with caplog.at_level(logging.ERROR):
        House().keep(NOW)

    assert did == ["second"]
    assert "a chore failed" in caplog.text


def test_a_database_that_is_away_is_told_to_the_worker(done):
    _did, failing = done
    failing.append(OperationalError("away"))

    with pytest.raises(OperationalError):
        House().keep(NOW)
