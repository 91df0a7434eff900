"""What the holder can say, at every step; and what that does to the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.followup import actions, words
from keng.desk.fraud.followup.answers import Told
from keng.desk.fraud.followup.models import Level, Order, WordState
from keng.desk.fraud.followup.standing import State, standing
from keng.desk.fraud.followup.tests.conftest import finding
from keng.desk.ground.people.actions import enrol

TEXT = "Tôi đứng tên số này từ năm 2009, tên trên căn cước đã đổi."


def say(play, case, text=TEXT):
    return actions.appeal(play.code(case), text, play.cast.keys, now=play.cast.clock.at)


def level(play, case):
    row = play.read(case)
    return standing(row, row.batch, play.cast.clock.at).level


def answer(play, order, status, reason="", message="a1"):
    return actions.take(play.carrier, message, order.pk, Told(status, reason), now=play.cast.clock.at)


@pytest.mark.parametrize(("days", "stood"), [(3, Level.NONE), (16, Level.OUT), (31, Level.BOTH)])
def test_an_appeal_stops_the_clock_at_every_step(play, days, stood):
    case = play.case()
    play.days(days)
    say(play, case)
    play.days(200)

    assert play.state(case) is State.STOPPED
    assert level(play, case) == stood


def test_a_rejected_appeal_lets_the_clock_go_on_where_it_stopped(play):
    case = play.case()
    play.days(10)
    word = say(play, case)
    play.days(100)
    actions.answer_appeal(play.cast.first, word.pk, grant=False, reason="căn cước khác tên", now=play.cast.clock.at)

    play.days(4.9)
    assert play.state(case) is State.WINDOW
    play.days(0.2)
    assert play.state(case) is State.OUT
    assert "Khiếu nại không được chấp nhận" in play.text(case, "rejected")


def test_a_granted_appeal_gives_back_at_once(play):
    case = play.case()
    play.days(16)
    word = say(play, case)
    actions.answer_appeal(play.cast.first, word.pk, grant=True, reason="giấy tờ đúng", now=play.cast.clock.at)

    assert play.state(case) is State.GRANTED
    assert [order.action for order in play.orders(case)][-2:] == ["restrict_out", "restore"]
    assert "Mọi hạn chế đã được gỡ" in play.text(case, "granted")


def test_whoever_let_the_batch_take_effect_or_decided_does_not_answer(play):
    case = play.case(probability=0.5)
    play.days(1)
    actions.decide(play.cast.first, case.pk, go_on=True, reason="đã xem giấy tờ", now=play.cast.clock.at)
    word = say(play, case)

    for officer in (play.cast.second, play.cast.first):
        with pytest.raises(RefusedError, match="took_part"):
            actions.answer_appeal(officer, word.pk, grant=True, reason="đúng", now=play.cast.clock.at)
    third = enrol("ba", "Ba", "Trung tâm", "officer", now=play.cast.clock.at)
    assert actions.answer_appeal(third, word.pk, grant=True, reason="đúng", now=play.cast.clock.at).decided_by == third


def test_one_appeal_at_each_step_and_the_next_one_to_another_person(play):
    case = play.case()
    play.days(2)
    first = say(play, case)
    with pytest.raises(ConflictError, match="said_already"):
        say(play, case)
    actions.answer_appeal(play.cast.first, first.pk, grant=False, reason="chưa đủ", now=play.cast.clock.at)
    with pytest.raises(ConflictError, match="appealed_at_this_step"):
        say(play, case)

    play.days(14)
    again = say(play, case)
    with pytest.raises(RefusedError, match="took_part"):
        actions.answer_appeal(play.cast.first, again.pk, grant=False, reason="vẫn chưa", now=play.cast.clock.at)


def test_what_the_holder_writes_is_sealed(play, stored_bytes):
    word = say(play, play.case())

    assert words.text_of(word, play.cast.keys) == TEXT
    assert TEXT.encode() not in stored_bytes()


def test_corrected_stops_the_clock_until_the_carrier_has_looked(play):
    case = play.case()
    play.days(16)
    actions.say_corrected(play.code(case), now=play.cast.clock.at)
    play.days(60)
    assert play.state(case) is State.STOPPED

    answer(play, play.orders(case)[-1], "executed")
    assert play.state(case) is State.CORRECTED
    assert play.orders(case)[-1].action == "restore"
    assert case.words.get().state == WordState.GRANTED


def test_not_corrected_yet_the_clock_goes_on(play):
    case = play.case()
    play.days(10)
    actions.say_corrected(play.code(case), now=play.cast.clock.at)
    play.days(30)
    answer(play, play.orders(case)[-1], "refused", "not_corrected")
    play.work()
    assert "chưa thấy thông tin mới" in play.text(case, "not_corrected")

    play.days(5.1)
    assert play.state(case) is State.OUT


def test_corrected_can_be_said_three_times_and_no_more(play):
    case = play.case()
    play.days(1)
    for number in range(3):
        actions.say_corrected(play.code(case), now=play.cast.clock.at)
        with pytest.raises(ConflictError, match="said_already"):
            actions.say_corrected(play.code(case), now=play.cast.clock.at)
        answer(play, play.orders(case)[-1], "refused", "not_corrected", message=f"a{number}")
    with pytest.raises(ConflictError, match="said_too_often"):
        actions.say_corrected(play.code(case), now=play.cast.clock.at)


def test_not_mine_goes_by_its_own_ladder_with_its_own_notices(play):
    case = play.case(probability=0.4)
    play.days(2)
    actions.say_not_mine(play.code(case), now=play.cast.clock.at)
    before = case.orders.count()
    play.days(4.9)
    assert play.state(case) is State.WINDOW
    assert case.orders.count() == before + 5
    assert "không phải của mình" in play.text(case, "window")

    play.days(0.2)
    assert play.state(case) is State.OUT
    with pytest.raises(ConflictError, match="said_already"):
        actions.say_not_mine(play.code(case), now=play.cast.clock.at)


def test_not_mine_loosens_nothing_that_stood(play):
    case = play.case()
    play.days(31)
    actions.say_not_mine(play.code(case), now=play.cast.clock.at)

    assert level(play, case) == Level.BOTH
    play.days(50)
    assert level(play, case) == Level.BOTH


def test_an_account_is_nobodys_number(play):
    case = play.begin(finding(), kind="account", submitter=play.bank()).cases.get()

    with pytest.raises(InputError, match="not_for_accounts"):
        actions.say_not_mine(play.code(case), now=play.cast.clock.at)


def test_who_asks_for_a_person_stands_in_the_queue_until_one_decided(play):
    case = play.case(probability=0.5)
    actions.ask_for_person(play.code(case), now=play.cast.clock.at)
    assert play.read(case).asked_at == play.cast.clock.at

    actions.decide(play.cast.first, case.pk, go_on=False, reason="giấy tờ đúng", now=play.cast.clock.at)
    assert play.read(case).asked_at is None
    assert play.state(case) is State.LET_GO


def test_a_case_that_is_over_hears_nothing_more(play):
    case = play.case()
    play.days(1)
    actions.correct(play.carrier, "c1", ["r1"], now=play.cast.clock.at)

    with pytest.raises(ConflictError, match="case_over"):
        say(play, case)
    with pytest.raises(ConflictError, match="case_over"):
        actions.say_corrected(play.code(case), now=play.cast.clock.at)


@pytest.mark.parametrize("code", ["", "x", "0000-0000-0000-0000", "7K3M-2QXW-90AB-CDEF"])
def test_a_code_that_nobody_was_told_opens_nothing(play, code):
    play.case()

    with pytest.raises(InputError, match="no_code"):
        actions.say_corrected(code, now=play.cast.clock.at)


def test_one_holder_cannot_stop_the_clock_twice_over(play):
    """An appeal within a "corrected": the clock goes on only when both are answered, and no time counts twice."""
    case = play.case()
    play.days(10)
    actions.say_corrected(play.code(case), now=play.cast.clock.at)
    check = play.orders(case)[-1]
    play.days(5)
    word = say(play, case)
    play.days(5)
    answer(play, check, "refused", "not_corrected")
    assert play.state(case) is State.STOPPED
    play.days(5)
    actions.answer_appeal(play.cast.first, word.pk, grant=False, reason="chưa đủ", now=play.cast.clock.at)

    row = play.read(case)
    assert row.stopped_at is None
    assert play.cast.clock.at - row.clock_from == timedelta(days=10)
    assert Order.objects.filter(case=case, action="notice", cause="rejected").count() == 0
    play.work()
    assert Order.objects.filter(case=case, action="notice", cause="rejected").count() == 1
