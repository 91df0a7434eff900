"""Two at the same moment, on PostgreSQL: one decision counts, a roll-back is never overtaken by an order, none waits in turn."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError
from keng.desk.fraud.followup import actions
from keng.desk.fraud.followup.closing import lock_case
from keng.desk.fraud.followup.models import Case
from keng.desk.fraud.followup.tests.conftest import finding
from keng.desk.ground.people.actions import enrol


def test_two_answers_to_an_appeal_are_one(meanwhile, play):
    case = play.case()
    play.days(1)
    word = actions.appeal(play.code(case), "Không đúng", play.cast.keys, now=play.cast.clock.at)
    third = enrol("ba", "Ba", "Trung tâm", "officer", now=play.cast.clock.at)

    def answer(officer, grant):
        return actions.answer_appeal(officer, word.pk, grant=grant, reason="đã xem", now=play.cast.clock.at)

    _one, other = meanwhile(lambda: answer(play.cast.first, True), lambda: answer(third, False))

    assert isinstance(other, ConflictError)
    assert play.read(case).outcome == "granted"


def test_what_goes_out_while_a_batch_is_taken_back_is_given_back(meanwhile, play):
    batch = play.begin(finding())
    case = batch.cases.get()
    play.days(5)
    play.cast.clock.pass_by(days=10.5)
    now = play.cast.clock.at

    meanwhile(
        lambda: actions.roll_back(play.cast.first, batch.pk, "nhầm tệp", now),
        lambda: actions.take_steps(batch.pk, now=now),
    )
    play.work()
    actions_sent = [order.action for order in play.orders(case)]

    assert actions_sent.count("restrict_out") <= actions_sent.count("restore")
    assert actions_sent[-1] in ("restore", "notice")
    assert play.orders(case)[-1].cause == "taken_back"


def test_a_correction_and_a_step_at_once_leave_nothing_restricted(meanwhile, play):
    case = play.case()
    play.days(5)
    play.cast.clock.pass_by(days=10.5)
    now = play.cast.clock.at

    meanwhile(
        lambda: actions.take_steps(case.batch_id, now=now), lambda: actions.correct(play.carrier, "c1", ["r1"], now=now)
    )

    assert play.read(case).outcome == "corrected"
    assert [order.action for order in play.orders(case)][-2:] == ["restrict_out", "restore"]


def decide(play, batch, *, go_on=True):
    now = play.cast.clock.at
    return actions.decide_batch(play.cast.first, batch.pk, "conflict", go_on=go_on, reason="đã xem", now=now)


def records_of(batch) -> list[str]:
    """The records of the batch, that of the lowest case last."""
    return list(batch.cases.order_by("-pk").values_list("record", flat=True))


MANY = {
    "step": lambda play, batch: actions.take_steps(batch.pk, now=play.cast.clock.at),
    "go on": decide,
    "let go": lambda play, batch: decide(play, batch, go_on=False),
    "roll back": lambda play, batch: actions.roll_back(play.cast.first, batch.pk, "nhầm tệp", play.cast.clock.at),
    "correct": lambda play, batch: actions.correct(play.carrier, "c1", records_of(batch), now=play.cast.clock.at),
}


@pytest.mark.parametrize(
    ("first", "second"),
    [("step", "go on"), ("go on", "step"), ("step", "let go"), ("let go", "step"), ("step", "roll back"), ("roll back", "step"),
     ("correct", "step"), ("step", "correct")],
)  # fmt: skip
def test_who_takes_many_cases_takes_them_in_one_order(meanwhile, play, first, second):
    """The first has the case of the lowest id and goes on to the others; the second, which waits for it, may have none of them.

    That case is due last, was asked for last and stands last in the table: in any other order it would be met last.
    """
    batch = play.begin(*(finding(f"r{n}", verdict="conflict", probability=None) for n in range(3)))
    play.cast.clock.pass_by(minutes=1)
    lowest = Case.objects.order_by("pk").first()
    Case.objects.filter(pk=lowest.pk).update(next_at=play.cast.clock.at)

    _case, did = meanwhile(
        lambda: lock_case(lowest.pk), lambda: MANY[second](play, batch), then=lambda: MANY[first](play, batch)
    )

    assert not isinstance(did, Exception) or isinstance(did, ConflictError), did
    play.work()
    assert Case.objects.filter(batch=batch).count() == 3
