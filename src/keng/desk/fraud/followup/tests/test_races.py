"""Two at the same moment, on PostgreSQL: one decision counts, and a roll-back is never overtaken by an order."""

from __future__ import annotations

from keng.base.errors import ConflictError
from keng.desk.fraud.followup import actions
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
