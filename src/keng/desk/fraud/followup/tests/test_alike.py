"""How one case stands and how many are counted must be the same, whatever happened to it."""

from __future__ import annotations

import random
from datetime import timedelta

from keng.desk.fraud.followup import queries
from keng.desk.fraud.followup.models import Batch, Case, Level
from keng.desk.fraud.followup.standing import State, in_state, standing
from keng.desk.fraud.followup.tests.conftest import finding
from keng.vietnam.rules.followups import ladders

CASES = 600


def any_case(batch, number, now, dice):
    """A case with anything in its columns that an action could have left there, and some things that none would."""
    row = dice.choice(ladders())
    days = [None, *(timedelta(days=n, hours=dice.choice((-1, 0, 1))) for n in (0, 3, 5, 15, 30, 35, 60, 65))]

    def ago():
        length = dice.choice(days)
        return None if length is None else now - length

    decided = ago() if dice.random() < 0.4 else None
    return Case(
        batch=batch,
        record=f"x{number}",
        value="+84912345678",
        verdict="mismatch",
        rule=row.code,
        rule_on=max(row.valid_from, now.date() - timedelta(days=30)),
        code_hash=number.to_bytes(32, "big"),
        sims=dice.choice((0, 1, 2)),
        needs_person=dice.random() < 0.4,
        decision="go_on" if decided else "",
        decided_by=batch.begun_by if decided else None,
        decided_at=decided,
        clock_from=ago(),
        notices=dice.choice((0, 1, 4, 5)),
        stopped_at=now - timedelta(days=1) if dice.random() < 0.15 else None,
        floor=dice.choice(("", "", "", Level.OUT, Level.BOTH)),
        ordered=dice.choice(("", "", Level.OUT, Level.BOTH, Level.END)),
        contacted_at=ago() if dice.random() < 0.5 else None,
    )


def test_each_case_is_counted_in_the_one_state_in_which_it_stands(play):
    dice, now = random.Random(7), play.cast.clock.at
    batch = play.begin(finding("first"))
    Case.objects.bulk_create(any_case(batch, number, now, dice) for number in range(CASES))
    rows = {case.pk: standing(case, batch, now).state for case in Case.objects.filter(batch=batch)}

    for state in State:
        found = set(Case.objects.filter(in_state(state, now), batch=batch).values_list("pk", flat=True))
        assert found == {pk for pk, stands in rows.items() if stands == state}, state
    assert set(rows.values()) >= {State.WINDOW, State.PERSON, State.CONTACT, State.OUT, State.BOTH, State.END}
    sums = queries.sums(Batch.objects.get(pk=batch.pk), now)
    assert sum(sums.values()) == CASES + 1
