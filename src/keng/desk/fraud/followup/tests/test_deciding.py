"""Where no clock may decide a person does, and another than the one who let the batch take effect."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.followup import actions
from keng.desk.fraud.followup.standing import State
from keng.desk.fraud.followup.tests.conftest import finding


def test_after_the_decision_the_holder_is_told_and_has_days_left(play):
    case = play.case(verdict="ambiguous", probability=0.5)
    play.days(40)
    actions.decide(play.cast.first, case.pk, go_on=True, reason="hai người cùng tên", now=play.cast.clock.at)
    play.work()
    assert "Một người đã xem và quyết định" in play.text(case, "decided")

    play.days(4.9)
    assert play.state(case) is State.WINDOW
    play.days(0.2)
    assert play.state(case) is State.OUT


def test_a_decision_in_the_window_shortens_nothing(play):
    case = play.case(verdict="ambiguous", probability=0.5)
    play.days(2)
    actions.decide(play.cast.first, case.pk, go_on=True, reason="hai người cùng tên", now=play.cast.clock.at)
    play.days(12.9)
    assert play.state(case) is State.WINDOW
    play.days(0.2)
    assert play.state(case) is State.OUT


def test_it_takes_two_persons(play):
    case = play.case(verdict="ambiguous", probability=0.5)
    play.days(1)

    with pytest.raises(RefusedError, match="same_person"):
        actions.decide(play.cast.second, case.pk, go_on=True, reason="hai người", now=play.cast.clock.at)
    with pytest.raises(RefusedError, match="same_person"):
        actions.decide_batch(
            play.cast.second, case.batch_id, "ambiguous", go_on=True, reason="cả đợt", now=play.cast.clock.at
        )
    assert play.state(case) is State.PERSON


def test_one_alone_may_let_go(play):
    case = play.case(verdict="ambiguous", probability=0.5)
    play.days(1)
    actions.decide(play.cast.second, case.pk, go_on=False, reason="giấy tờ đúng", now=play.cast.clock.at)

    assert play.state(case) is State.LET_GO
    assert "bạn không phải làm gì" in play.text(case, "let_go")


def test_a_whole_line_of_a_batch_but_for_those_who_said_something(play):
    batch = play.begin(*(finding(f"r{n}", verdict="conflict", probability=None) for n in range(4)), finding("m"))
    play.days(20)
    by_record = {case.record: case for case in batch.cases.all()}
    actions.ask_for_person(play.code(by_record["r0"]), now=play.cast.clock.at)

    count = actions.decide_batch(
        play.cast.first, batch.pk, "conflict", go_on=True, reason="số của người khác", now=play.cast.clock.at
    )

    assert count == 3
    assert play.state(by_record["r0"]) is State.PERSON
    play.days(5.1)
    assert {play.state(by_record[f"r{n}"]) for n in (1, 2, 3)} == {State.OUT}


def test_a_whole_line_is_let_go_and_told(play):
    batch = play.begin(*(finding(f"r{n}", verdict="conflict", probability=None) for n in range(3)))
    play.days(1)
    actions.decide_batch(
        play.cast.first, batch.pk, "conflict", go_on=False, reason="lỗi của ta", now=play.cast.clock.at
    )
    play.work()

    for case in batch.cases.all():
        assert play.state(case) is State.LET_GO
        assert play.orders(case)[-1].cause == "let_go"
    with pytest.raises(ConflictError, match="nothing_to_decide"):
        actions.decide_batch(play.cast.first, batch.pk, "conflict", go_on=False, reason="nữa", now=play.cast.clock.at)


def test_an_exemption_is_of_the_rules_list(play):
    case = play.case()
    play.days(16)

    with pytest.raises(InputError, match="bad_ground"):
        actions.exempt(play.cast.first, case.pk, "friend", "quen", now=play.cast.clock.at)
    actions.exempt(play.cast.first, case.pk, "machine", "thẻ của đồng hồ điện", now=play.cast.clock.at)
    assert play.state(case) is State.EXEMPT
    assert play.orders(case)[-1].action == "restore"


def test_what_is_sure_waits_for_nobody(play):
    case = play.case()
    play.days(1)

    with pytest.raises(ConflictError, match="nothing_to_decide"):
        actions.decide(play.cast.first, case.pk, go_on=True, reason="cứ thế", now=play.cast.clock.at)


def test_each_deed_is_in_the_ledger_without_anybodys_words(play, entries):
    case = play.case(probability=0.5)
    play.days(1)
    actions.note_call(play.cast.first, case.pk, "no_answer", now=play.cast.clock.at)
    actions.decide(play.cast.first, case.pk, go_on=True, reason="đã gọi 0912345678", now=play.cast.clock.at)

    assert entries(case.subject) == ["followup.call", "followup.go_on"]


@pytest.mark.parametrize("outcome", ["", "answered", "REACHED"])
def test_a_call_ends_in_one_of_the_known_ways(play, outcome):
    with pytest.raises(InputError, match="bad_outcome"):
        actions.note_call(play.cast.first, play.case().pk, outcome, now=play.cast.clock.at)
