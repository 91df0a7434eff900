"""The ladders: dated, sourced, and never harsher than they say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from keng.vietnam.rules.followups import Does, ladder, ladder_for, ladders

TODAY = date(2026, 11, 22)
ORDER = (Does.NOTICE, Does.RESTRICT_OUT, Does.RESTRICT_BOTH, Does.END)


@pytest.mark.parametrize("row", ladders(), ids=lambda row: row.code)
def test_each_ladder_warns_first_and_grows_harsher_step_by_step(row):
    does = [step.does for step in row.steps]
    due = [step.after for step in row.steps if step.after is not None]

    assert does[0] is Does.NOTICE and row.notices[0] == timedelta()
    assert [ORDER.index(one) for one in does] == sorted(ORDER.index(one) for one in does)
    assert due == sorted(due)
    assert len(set(does) - {Does.NOTICE}) == len(row.restrictions)
    assert row.confirmed_by is None and row.exemptions and 0.5 < row.bound < 1 and row.tries >= 2


def test_no_two_rows_of_one_code_stand_on_one_day():
    for row in ladders():
        assert [one for one in ladders() if one.code == row.code and one.is_valid_on(row.valid_from)] == [row]


@pytest.mark.parametrize(
    ("kind", "verdict", "reasons", "code"),
    [
        ("sim", "mismatch", ("name_differs",), "sim.bad_data"),
        ("sim", "mismatch", ("id_old", "name_differs"), "sim.old_id"),
        ("sim", "over_limit", ("beyond_limit",), "sim.over_limit"),
        ("sim", "deceased", (), "sim.bad_data"),
        ("account", "mismatch", ("id_old",), "account.papers"),
        ("sim", "verified", (), None),
        ("sim", "not_covered", ("id_foreign",), None),
        ("account", "over_limit", (), None),
    ],
)
def test_a_finding_has_its_ladder(kind, verdict, reasons, code):
    found = ladder_for(kind, verdict, reasons, TODAY)

    assert (found.code if found else None) == code


def test_before_its_day_a_ladder_is_none():
    assert ladder_for("sim", "mismatch", ("id_old",), date(2026, 4, 14)).code == "sim.bad_data"
    with pytest.raises(KeyError):
        ladder("sim.device_change", date(2026, 6, 14))


@pytest.mark.parametrize(
    ("verdict", "probability", "waits"),
    [
        ("mismatch", 0.99, False),
        ("mismatch", 0.989999, True),
        ("mismatch", None, True),
        ("not_found", 0.995, False),
        ("malformed", None, False),
        ("conflict", None, True),
        ("ambiguous", 1.0, True),
    ],
)
def test_below_the_bound_a_person_decides(verdict, probability, waits):
    assert ladder("sim.bad_data", TODAY).waits_for_a_person(verdict, probability) is waits
