"""What is drawn for a loss, and what citizens write."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from keng.nation.day.banks import Transfer
from keng.nation.day.happenings import Loss, Plain, read_happenings
from keng.nation.day.losses import EMPTYING_SECONDS, REPORT_SECONDS, draw_course
from keng.nation.day.reports import LONGEST_SMS, loss_report, plain_report
from keng.nation.day.rhythm import endless

ONWARD = ["970436:1", "970407:2", "970422:3"]


@seed(20261121)
@given(amount=st.integers(1, 10**10), number=st.integers(0, 10**6))
def test_a_mule_moves_on_what_came_in_within_its_minutes(amount, number):
    loss = Loss("x", None, amount, "970407:9", "970436:1")
    course = draw_course(loss, ONWARD, Random(number))
    assert course == draw_course(loss, ONWARD, Random(number))
    assert sum(chunk.amount for chunk in course.chunks) in (0, amount)
    assert all(chunk.amount > 0 and chunk.to_account != loss.to_account for chunk in course.chunks)
    assert all(chunk.after_seconds <= EMPTYING_SECONDS[1] for chunk in course.chunks)
    assert REPORT_SECONDS[0] <= course.report_after_seconds <= REPORT_SECONDS[1]


def test_some_mules_sleep_and_most_do_not():
    loss = Loss("x", None, 5_000_000, "970407:9", "970436:1")
    asleep = sum(not draw_course(loss, ONWARD, Random(number)).chunks for number in range(500))
    assert 60 < asleep < 150


def test_a_loss_is_reported_with_its_transfer():
    loss = Loss("Tôi bị lừa", "+84912345678", 5, "970407:9", "970436:1")
    transfer = Transfer("t1", loss.from_account, loss.to_account, 5, "2026-11-21T07:30:00Z")
    assert loss_report(loss, transfer, "2026-11-21T07:31:00Z") == {
        "channel": "api",
        "text": "Tôi bị lừa",
        "at": "2026-11-21T07:31:00Z",
        "sender": "+84912345678",
        "loss": {
            "sent": True,
            "from_account": "970407:9",
            "to_account": "970436:1",
            "amount": 5,
            "at": "2026-11-21T07:30:00Z",
        },
    }


@pytest.mark.parametrize(
    ("sender", "spam", "start"),
    [
        ("+84912345678", False, r"LD 0912345678 "),
        ("0912345678", True, r"[SV] 0912345678 "),
        ("84912345678", False, r"LD 0912345678 "),
    ],
)
def test_an_sms_to_156_keeps_its_grammar(sender, spam, start):
    plain = Plain("Chào\n  bạn " * 100, sender, spam)
    bodies = [plain_report(plain, Random(number), "2026-11-21T07:31:00Z") for number in range(40)]
    messages = [body for body in bodies if body["channel"] == "sms"]
    assert 15 < len(messages) < 39
    for body in messages:
        assert re.match(start + "Chào bạn", body["text"])
        assert len(body["text"]) <= LONGEST_SMS
        assert body["to"] == "156"
        assert re.fullmatch(r"\+84\d{9}", body["from"])
    assert all(body["text"] == plain.text for body in bodies if body["channel"] == "api")


@pytest.mark.parametrize("sender", ["NGANHANG", None, "19001009", "0912345678 0912345679"])
def test_what_names_no_number_is_no_sms_to_156(sender):
    bodies = [plain_report(Plain("Chào", sender, False), Random(number), "x") for number in range(40)]
    assert {(body["channel"], body.get("sender")) for body in bodies} == {("api", sender)}


def test_only_losses_that_arrive_at_a_simulated_bank_are_taken_if_there_are_any(nation):
    here = read_happenings(nation, {"970436", "970407"})
    assert len(here.losses) == 6
    assert [plain.spam for plain in here.plains] == [False, True]
    assert len(read_happenings(nation, {"999999"}).losses) == 7


def test_the_same_seed_gives_the_same_order_without_an_end():
    first, second = endless("abcd", "7"), endless("abcd", "7")
    taken = [next(first) for _ in range(12)]
    assert taken == [next(second) for _ in range(12)]
    assert sorted(taken) == sorted("abcd" * 3)
    assert list(endless([], "7")) == []
