"""What the carrier is told, and what it says."""

from __future__ import annotations

import json

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.followup import actions, orders
from keng.desk.fraud.followup.answers import Told
from keng.desk.fraud.followup.models import Action, OrderState
from keng.desk.fraud.followup.standing import State
from keng.desk.fraud.followup.tests.conftest import NUMBER, finding
from keng.desk.ground.jobs.models import Outgoing
from keng.vietnam.phones import is_known_short


def told(play):
    """Every order as it went out, oldest first."""
    rows = Outgoing.objects.filter(recipient="carrier:a").order_by("created_at", "pk")
    return [order for row in rows for order in json.loads(bytes(row.body))["data"]["orders"]]


def answer(play, order, status, reason="", message="a1", **more):
    return actions.take(play.carrier, message, order.pk, Told(status, reason, **more), now=play.cast.clock.at)


def test_a_restricted_subscriber_can_always_call_for_help_and_be_reached(play):
    play.case(sims=2)
    play.days(31)
    restricting = [order for order in told(play) if order["action"] in ("restrict_out", "restrict_both")]

    assert [order["action"] for order in restricting] == ["restrict_out", "restrict_both"]
    for order in restricting:
        assert order["keeps"] == {
            "calls_to": ["111", "112", "113", "114", "115"],
            "incoming_calls": True,
            "one_time_codes": True,
        }
        for number in order["keeps"]["calls_to"]:
            assert number in order["text"]["vi"] and number in order["text"]["en"]
        assert "mã dùng một lần" in order["text"]["vi"] and "111-115" in order["notice"]["vi"]
    assert all(map(is_known_short, restricting[0]["keeps"]["calls_to"]))


def test_an_order_names_the_record_and_nobody(play):
    play.case(person="pseudonym-of-somebody")
    play.work()
    (order,) = told(play)

    assert order["record"] == "r1" and order["object"] == {"kind": "phone", "value": NUMBER}
    assert order["fields"] == ["full_name"]
    assert "pseudonym" not in json.dumps(order) and "0.999" not in json.dumps(order)


def test_the_text_can_be_made_again_word_for_word(play):
    case = play.case()
    play.days(31)
    sent = {order["order_id"]: order["notice"] for order in told(play)}

    for order in case.orders.select_related("case__batch"):
        said = orders.text_of(order, play.code(case))
        assert {"vi": said.vi, "en": said.en} == sent[str(order.pk)]


def test_a_batch_of_orders_is_a_few_messages_and_one_entry(play, monkeypatch, entries):
    monkeypatch.setattr("keng.desk.fraud.followup.orders.LETTERS", 10)
    batch = play.begin(*(finding(f"r{n}") for n in range(25)))
    play.work()

    assert Outgoing.objects.count() == 3
    assert len(told(play)) == 25
    assert entries(batch.subject) == ["followup.begin", "followup.send"]


def test_an_answer_counts_once_and_is_kept(play):
    case = play.case()
    play.work()
    (order,) = play.orders(case)
    answer(play, order, "received", message="a1")
    answer(play, order, "executed", message="a2", reference="SMS-77", note="đã nhắn")

    row = play.orders(case)[0]
    assert (row.state, row.reference, row.note) == (OrderState.EXECUTED, "SMS-77", "đã nhắn")
    with pytest.raises(ConflictError, match="already_answered"):
        answer(play, order, "refused", "other", message="a3")
    with pytest.raises(ConflictError, match="webhook_id_seen"):
        answer(play, order, "executed", message="a2")


@pytest.mark.parametrize(
    ("status", "reason"), [("done", ""), ("refused", ""), ("refused", "tired"), ("executed", "other")]
)
def test_an_answer_that_cannot_be_read_changes_nothing(play, status, reason):
    case = play.case()
    play.work()

    with pytest.raises(InputError, match="bad_answer"):
        answer(play, play.orders(case)[0], status, reason)
    assert play.orders(case)[0].state == OrderState.ASKED


def test_another_partners_order_is_none(play):
    case = play.case()
    play.work()

    with pytest.raises(InputError, match="no_such_order"):
        actions.take(play.cast.bank, "a1", play.orders(case)[0].pk, Told("executed"), now=play.cast.clock.at)


def test_a_notice_that_did_not_arrive_warned_nobody(play):
    case = play.case()
    play.work()
    answer(play, play.orders(case)[0], "refused", "not_delivered")
    play.days(100)

    assert play.state(case) is State.PERSON


def test_corrected_at_the_counter_closes_the_case_and_restores(play):
    case = play.case()
    play.days(16)
    told = actions.correct(play.carrier, "c1", ["r1", "r9"], now=play.cast.clock.at)

    assert told == {"r1": "corrected", "r9": "no_record"}
    assert play.state(case) is State.CORRECTED
    assert play.orders(case)[-1].action == "restore"
    assert Outgoing.objects.order_by("-created_at", "-pk").first().lane == 0


def test_another_carrier_corrects_nothing_of_ours(play):
    case = play.case()
    play.work()

    assert actions.correct(play.cast.bank, "c1", ["r1"], now=play.cast.clock.at) == {"r1": "no_record"}
    assert play.state(case) is State.WINDOW


def test_an_order_that_is_carried_out_after_it_was_withdrawn_is_undone(play):
    case = play.case()
    play.days(16)
    late = play.orders(case)[-1]
    actions.correct(play.carrier, "c1", ["r1"], now=play.cast.clock.at)
    answer(play, play.orders(case)[-1], "executed", message="a1")
    answer(play, late, "executed", message="a2")

    assert [order.action for order in play.orders(case)][-3:] == ["restrict_out", "restore", "restore"]


def test_a_restoration_that_nobody_answers_is_asked_once_more(play):
    case = play.case()
    play.days(16)
    actions.correct(play.carrier, "c1", ["r1"], now=play.cast.clock.at)
    play.cast.clock.pass_by(hours=3)

    assert actions.remind_the_silent(now=play.cast.clock.at) == 1
    assert [order.action for order in play.orders(case)][-2:] == ["restore", "restore"]
    assert actions.remind_the_silent(now=play.cast.clock.at) == 0


def test_a_record_found_right_by_the_next_comparison_is_corrected(play):
    case = play.case()
    play.days(16)
    play.begin(finding("r1", verdict="verified", reasons=(), fields=()))

    assert play.state(case) is State.CORRECTED


def test_only_a_carrier_tells_of_devices(play):
    with pytest.raises(RefusedError, match="not_a_carrier"):
        actions.change_device(play.cast.bank, "m1", NUMBER, now=play.cast.clock.at)
    with pytest.raises(InputError, match="bad_number"):
        actions.change_device(play.carrier, "m1", "0912345678", now=play.cast.clock.at)
    actions.change_device(play.carrier, "m1", NUMBER, now=play.cast.clock.at)
    with pytest.raises(ConflictError, match="has_case"):
        actions.change_device(play.carrier, "m2", NUMBER, now=play.cast.clock.at)


def test_each_action_has_words_for_the_partner():
    assert {action for kind, action in orders.WHAT if kind == "sim"} == set(Action)
