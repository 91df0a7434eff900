"""A real process in each mode, against a fake Kẻng that checks signatures with the reference package."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from keng.nation.robot.clock import write_utc
from keng.nation.robot.tests.fake_keng import core, send, wait_until


def test_it_holds_what_is_asked_and_says_so_signed(keng, start_bank, ask):
    bank = start_bank()
    account = bank.open_account("0071", 9_000_000)
    data = ask(account, 4_800_000)
    status, reply = send(bank.url, "measure.requested", data)
    assert (status, reply["duplicate"]) == (200, False)
    keng.wait(lambda: len(keng.answers) == 1)
    answer = keng.answers[0]
    assert (answer.request_id, answer.partner) == (data["request_id"], "970436")
    reference = answer.body.pop("reference")
    assert answer.body.pop("request_id") == answer.request_id
    assert reference.startswith("GT-")
    assert answer.body == {"status": "executed", "held_amount": 4_800_000, "reason": None, "note": None, "version": 1}
    assert keng.bad_signatures == 0
    assert core(bank.url, f"accounts/{account}")[1]["available"] == 4_200_000


@pytest.mark.parametrize(
    ("number", "amount", "status", "held", "reason"),
    [
        ("970436:0071", 6_000, "part", 5_000, None),
        ("970436:0072", 6_000, "refused", None, "no_money"),
        ("970436:9999", 6_000, "refused", None, "no_such_account"),
        ("970407:0071", 6_000, "refused", None, "not_our_account"),
    ],
)
def test_the_answer_comes_from_its_own_balances(keng, start_bank, ask, number, amount, status, held, reason):
    bank = start_bank()
    bank.open_account("0071", 5_000)
    bank.open_account("0072", 0)
    send(bank.url, "measure.requested", ask(number, amount))
    keng.wait(lambda: len(keng.answers) == 1)
    body = keng.answers[0].body
    assert (body["status"], body["held_amount"], body["reason"]) == (status, held, reason)


def test_what_is_held_cannot_leave_until_it_falls_by_itself(keng, start_bank, ask):
    bank = start_bank()
    account = bank.open_account("0071", 5_000)
    send(bank.url, "measure.requested", ask(account, 4_000))
    order = {
        "transfer_id": "t1",
        "from_account": account,
        "to_account": "970407:1",
        "amount": 2_000,
        "at": "2026-11-21T00:00:00Z",
    }
    assert core(bank.url, "transfers", order) == (409, {"error": "held", "field": None})
    assert core(bank.url, "transfers", order | {"amount": 6_000})[1]["error"] == "insufficient"
    bank.advance(24 * 3600 + 5)
    assert core(bank.url, "transfers", order)[0] == 200
    assert core(bank.url, "transfers", order)[1]["duplicate"] is True
    assert core(bank.url, f"accounts/{account}")[1]["balance"] == 3_000


def test_it_releases_and_tells(keng, start_bank, ask):
    bank = start_bank()
    account = bank.open_account("0071", 5_000)
    data = ask(account, 5_000)
    send(bank.url, "measure.requested", data)
    send(bank.url, "measure.released", data | {"version": 2})
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["executed", "released"])
    assert core(bank.url, f"accounts/{account}")[1]["held"] == 0


def test_late_says_received_and_decides_on_the_balance_of_then(keng, start_bank, ask):
    bank = start_bank("--mode", "late", "--delay-seconds", "250")
    account = bank.open_account("0071", 5_000)
    data = ask(account, 5_000)
    send(bank.url, "measure.requested", data)
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["received"])
    order = {
        "transfer_id": "t1",
        "from_account": account,
        "to_account": "970407:1",
        "amount": 2_000,
        "at": "2026-11-21T00:00:00Z",
    }
    assert core(bank.url, "transfers", order)[0] == 200
    bank.kill()
    bank.start()
    bank.advance(100)
    assert keng.statuses(data["request_id"]) == ["received"]
    bank.advance(251)
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["received", "part"])
    assert keng.answers[-1].body["held_amount"] == 3_000


def test_part_keeps_living_costs(keng, start_bank, ask):
    bank = start_bank("--mode", "part")
    data = ask(bank.open_account("0071", 5_000), 1_001)
    send(bank.url, "measure.requested", data)
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["part"])
    assert keng.answers[0].body["held_amount"] == 600


def test_refuse_wants_a_document_and_holds_nothing(keng, start_bank, ask):
    bank = start_bank("--mode", "refuse")
    data = ask(bank.open_account("0071", 5_000), 1_000)
    send(bank.url, "measure.requested", data)
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["refused"])
    assert keng.answers[0].body["reason"] == "needs_document"
    assert core(bank.url, "deeds")[1] == {"items": []}


def test_twice_is_two_messages_and_one_hold(keng, start_bank, ask):
    bank = start_bank("--mode", "twice")
    data = ask(bank.open_account("0071", 5_000), 1_000)
    send(bank.url, "measure.requested", data)
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["executed", "executed"])
    assert keng.answers[0].message_id != keng.answers[1].message_id
    assert [hold["amount"] for hold in core(bank.url, "deeds")[1]["items"]] == [1_000]


def test_silent_takes_it_and_never_answers(keng, start_bank, ask):
    bank = start_bank("--mode", "silent")
    account = bank.open_account("0071", 5_000)
    data = ask(account, 1_000)
    assert send(bank.url, "measure.requested", data)[0] == 200
    assert send(bank.url, "request.reminder", data)[0] == 200
    assert send(bank.url, "measure.released", data | {"version": 2})[0] == 200
    assert bank.stop() == 0
    assert keng.tried == []


def test_down_is_503_for_the_first_tries_and_stores_nothing_of_them(keng, start_bank, ask):
    bank = start_bank("--mode", "down", "--down-tries", "2")
    data = ask(bank.open_account("0071", 5_000), 1_000)
    tries = [send(bank.url, "measure.requested", data, "same-id")[0] for _ in range(4)]
    assert tries == [503, 503, 200, 200]
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["executed"])


def test_down_for_ever_never_takes_it(start_bank, ask):
    bank = start_bank("--mode", "down")
    data = ask(bank.open_account("0071", 5_000), 1_000)
    assert {send(bank.url, "measure.requested", data, "same-id")[0] for _ in range(5)} == {503}


def test_what_was_asked_while_it_was_down_is_fetched(keng, start_bank, ask):
    bank = start_bank("--catch-up-seconds", "0.1")
    account = bank.open_account("0071", 9_000)
    bank.stop()
    asked = [ask(account, 1_000) for _ in range(5)]
    keng.open_requests = [asked[0], {"request_id": "not-a-request"}, *asked[1:]]
    bank.start()
    keng.wait(lambda: all(keng.statuses(data["request_id"]) == ["executed"] for data in asked))
    assert send(bank.url, "measure.requested", asked[0])[1]["taken"] == "old"
    assert core(bank.url, f"accounts/{account}")[1]["held"] == 5_000


def test_an_answer_is_tried_until_it_is_taken_always_under_one_id(keng, start_bank, ask):
    keng.first_replies = [(503, "down"), (500, "fault"), (401, "stale_timestamp")]
    bank = start_bank()
    data = ask(bank.open_account("0071", 9_000), 1_000)
    send(bank.url, "measure.requested", data)
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["executed"])
    assert len(keng.tried) == 4
    assert len(set(keng.tried)) == 1


@pytest.mark.parametrize("reply", [(409, "already_answered"), (409, "webhook_id_seen"), (422, "bad_answer")])
def test_a_last_word_of_keng_ends_the_tries(keng, start_bank, ask, reply):
    keng.first_replies = [reply]
    bank = start_bank()
    account = bank.open_account("0071", 9_000)
    send(bank.url, "measure.requested", ask(account, 1_000))
    keng.wait(lambda: len(keng.tried) == 1)
    second = ask(account, 1_000)
    send(bank.url, "measure.requested", second)
    keng.wait(lambda: keng.statuses(second["request_id"]) == ["executed"])
    assert bank.stop() == 0
    assert len(keng.tried) == 2
    assert ("not taken: 422 bad_answer" in bank.errors) == (reply[0] == 422)


def test_a_reminder_brings_the_answer_again_and_a_confirmation_moves_the_end(keng, start_bank, ask):
    bank = start_bank()
    data = ask(bank.open_account("0071", 9_000), 1_000)
    send(bank.url, "measure.requested", data)
    keng.wait(lambda: keng.statuses(data["request_id"]) == ["executed"])
    # the first reminder may overtake the bank's own note that the answer was taken; then it brings nothing new
    wait_until(lambda: send(bank.url, "request.reminder", data)[0] == 200 and len(keng.answers) > 1)
    assert {got.body["held_amount"] for got in keng.answers} == {1_000}
    later = write_utc(datetime.now(UTC).replace(microsecond=0) + timedelta(days=3))
    send(bank.url, "measure.confirmed", data | {"version": 2, "until": later, "confirmed": True})
    assert [hold["until"] for hold in core(bank.url, "deeds")[1]["items"]] == [later]
