"""The ladder by the clock: notices on their days, then one way, two ways, the end; and nobody who was not told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.desk.fraud.followup import actions
from keng.desk.fraud.followup.models import Level, Order
from keng.desk.fraud.followup.standing import State, standing
from keng.desk.fraud.followup.tests.conftest import finding


def test_notices_go_out_on_the_days_of_the_rule_and_once_each(play):
    case = play.case()
    sent = []
    for _day in range(6):
        play.work()
        play.work()
        sent.append(case.orders.count())
        play.cast.clock.pass_by(days=1)

    assert sent == [1, 2, 3, 4, 5, 5]


def test_one_way_then_two_ways_each_on_its_day(play):
    case = play.case(sims=2)
    play.days(14.9)
    assert play.state(case) is State.WINDOW

    play.days(0.2)
    assert play.state(case) is State.OUT
    play.days(15)
    assert play.state(case) is State.BOTH
    play.days(30)
    assert play.state(case) is State.END
    assert [order.action for order in play.orders(case)] == ["notice"] * 5 + ["restrict_out", "restrict_both", "end"]


def test_a_restriction_is_in_force_on_its_day_though_no_worker_was_there(play):
    case = play.case()
    play.days(5)
    play.cast.clock.pass_by(days=10.5)

    assert standing(play.read(case), case.batch, play.cast.clock.at).level is Level.OUT
    assert not Order.objects.filter(case=case, action="restrict_out").exists()


def test_nobody_is_restricted_whose_notices_did_not_go_out(play):
    case = play.case()
    play.work()
    play.cast.clock.pass_by(days=40)
    assert play.state(case) is State.WINDOW

    play.work()  # the second notice: the first restriction counts from here
    assert play.read(case).clock_from == play.cast.clock.at - timedelta(days=1)
    play.days(13.9)
    assert play.state(case) is State.WINDOW
    play.days(0.2)
    assert play.state(case) is State.OUT


def test_no_contract_ends_whose_restriction_never_went_out(play):
    case = play.case(sims=2)
    play.days(5)
    play.cast.clock.pass_by(days=200)
    assert play.state(case) is State.OUT

    play.work()
    assert play.state(case) is State.OUT
    play.days(15.1)
    assert play.state(case) is State.BOTH


@pytest.mark.parametrize("probability", [0.98, 0.5, None])
def test_a_probability_below_the_bound_restricts_nobody_without_a_person(play, probability):
    case = play.case(probability=probability)
    play.days(100)

    assert play.state(case) is State.PERSON
    assert {order.action for order in play.orders(case)} == {"notice"}


@pytest.mark.parametrize("verdict", ["conflict", "ambiguous", "deceased", "minor"])
def test_verdicts_that_a_person_judges_wait_however_sure(play, verdict):
    case = play.case(verdict=verdict, probability=1.0)
    play.days(100)

    assert play.state(case) is State.PERSON


def test_a_number_that_cannot_be_read_is_a_fact_and_no_probability(play):
    case = play.case(verdict="malformed", reasons=("id_empty",), probability=None)
    play.days(16)

    assert play.state(case) is State.OUT


def test_over_the_limit_nothing_follows_but_notices(play):
    case = play.case(verdict="over_limit", reasons=("beyond_limit",), sims=9)
    play.days(400)

    assert play.state(case) is State.WINDOW
    assert [order.action for order in play.orders(case)] == ["notice"] * 5


def test_an_old_number_has_sixty_days(play):
    case = play.case(reasons=("id_old",))
    play.days(59.9)
    assert play.state(case) is State.WINDOW
    play.days(0.2)
    assert play.state(case) is State.OUT
    play.days(400)
    assert play.state(case) is State.OUT


def test_an_account_is_restricted_by_a_persons_decision_alone(play):
    bank = play.bank()
    batch = play.begin(finding(subject="970436:0071000123456"), kind="account", submitter=bank)
    case = batch.cases.get()
    play.days(300)
    assert play.state(case) is State.PERSON

    actions.decide(play.cast.first, case.pk, go_on=True, reason="giấy tờ giả", now=play.cast.clock.at)
    play.days(4.9)
    assert play.state(case) is State.WINDOW
    play.days(0.2)
    assert play.state(case) is State.OUT
    assert play.orders(case)[-1].action == "restrict_out"


def test_the_only_number_does_not_end_before_somebody_was_reached(play):
    case = play.case(sims=1)
    play.days(200)
    assert play.state(case) is State.CONTACT

    actions.note_call(play.cast.first, case.pk, "reached", now=play.cast.clock.at)
    play.days(4.9)
    assert play.state(case) is State.BOTH
    play.days(0.2)
    assert play.state(case) is State.END


def test_tried_twice_on_one_day_is_tried_once(play):
    case = play.case(sims=1)
    play.days(100)
    for _try in range(3):
        actions.note_call(play.cast.first, case.pk, "no_answer", now=play.cast.clock.at)
    play.days(30)
    assert play.state(case) is State.CONTACT

    actions.note_call(play.cast.first, case.pk, "off", now=play.cast.clock.at)
    play.days(5.1)
    assert play.state(case) is State.END


def test_where_nobody_knows_how_many_numbers_there_are_it_counts_as_the_only_one(play):
    case = play.case(verdict="not_found", reasons=("not_in_population",), person="", sims=0)
    play.days(200)

    assert play.state(case) is State.CONTACT


def test_a_change_of_device_stops_outgoing_within_two_hours(play):
    case = actions.change_device(play.carrier, "m1", "+84987654321", now=play.cast.clock.at)
    play.work()
    play.cast.clock.pass_by(hours=2)
    assert play.state(case) is State.OUT
    play.days(30)
    assert play.state(case) is State.BOTH
    play.days(100)
    assert play.state(case) is State.CONTACT


def test_a_batch_that_was_taken_back_gives_back_everything(play):
    batch = play.begin(finding("r1"), finding("r2"))
    play.days(16)
    actions.roll_back(play.cast.first, batch.pk, "mẫu xem lại sai quá mức", play.cast.clock.at)

    assert {play.state(case) for case in batch.cases.all()} == {State.TAKEN_BACK}
    play.work()
    play.work()
    for case in batch.cases.all():
        assert [order.action for order in play.orders(case)][-1] == "restore"
        assert [order.action for order in play.orders(case)].count("restore") == 1


def test_in_a_batch_taken_back_before_any_notice_nobody_hears_anything(play):
    batch = play.begin()
    actions.roll_back(play.cast.first, batch.pk, "nhầm tệp", play.cast.clock.at)
    play.days(100)

    assert not Order.objects.exists()
