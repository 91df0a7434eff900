"""Orders of follow-ups to a real process: what a line and an account still can, how answers go, what a kill half way does."""

from __future__ import annotations

import random
import sys
import threading
import time
from typing import Any

import pytest

from keng.nation.robot.tests.fake_keng import call, core, send, signed_headers, wait_until
from keng.nation.robot.tests.followups import LINE, TEXT, make_order

SEED = 20261123
OTHER = "+84912345679"
KILLS, LETTERS, OF_LETTER = 6, 5, 4
MONTH = 31 * 24 * 3600


def order(partner, *orders: dict[str, Any], message_id: str | None = None) -> tuple[int, dict[str, Any]]:
    return send(partner.url, "followup.orders", {"orders": list(orders)}, message_id)


def answers(keng, one: dict[str, Any]) -> list[str]:
    return keng.statuses(one["order_id"])


def passes(carrier, what: str, source: str, target: str, **more: Any) -> object:
    """True, or the error that the network gave."""
    status, reply = core(carrier.url, what, {"from": source, "to": target, **more})
    return status == 200 or reply["error"]


def open_lines(carrier):
    for number in (LINE, OTHER):
        assert core(carrier.url, "numbers", {"number": number})[0] in (200, 201)
    return carrier


@pytest.fixture
def carrier(start_partner):
    return open_lines(start_partner("carrier"))


def test_a_restricted_line_reaches_help_is_called_and_gets_its_codes_until_it_is_restored(keng, carrier):
    out, both, end, restore = (
        make_order(action, number)
        for number, action in enumerate(("restrict_out", "restrict_both", "end", "restore"), 1)
    )
    assert order(carrier, out)[1]["taken"] == "acted"
    assert [passes(carrier, what, LINE, OTHER) for what in ("calls", "sms")] == ["blocked"] * 2
    assert [passes(carrier, "calls", LINE, to) for to in ("111", "112", "113", "114", "115")] == [True] * 5
    assert [passes(carrier, what, OTHER, LINE) for what in ("calls", "sms")] == [True] * 2

    order(carrier, both)
    assert [passes(carrier, "calls", LINE, to) for to in ("111", "112", "113", "114", "115", OTHER)] == [True] * 5 + [
        "blocked"
    ]
    assert passes(carrier, "calls", OTHER, LINE) is True
    assert passes(carrier, "sms", OTHER, LINE) == "blocked_in"
    assert passes(carrier, "sms", "NGANHANG", LINE, one_time_code=True) is True
    line = {"number": LINE, "calls_out": False, "sms_out": False, "in": True, "sms_in": False, "data": False}
    assert core(carrier.url, f"numbers/{LINE}")[1] == line
    carrier.advance(MONTH)
    assert core(carrier.url, f"numbers/{LINE}")[1] == line, "no clock ends what an order alone gives back"
    carrier.advance(0)

    order(carrier, end)
    assert [passes(carrier, "calls", *way) for way in ((LINE, "113"), (OTHER, LINE))] == ["ended"] * 2
    order(carrier, restore)
    assert [passes(carrier, what, *way) for what in ("calls", "sms") for way in ((LINE, OTHER), (OTHER, LINE))] == [
        True
    ] * 4
    keng.wait(lambda: answers(keng, restore) == ["executed"])
    changes = core(carrier.url, f"levels/{LINE}")[1]["changes"]
    assert [one["level"] for one in changes] == ["out", "both", "end", "none"]
    assert [one["order_id"] for one in changes] == [one["order_id"] for one in (out, both, end, restore)]


def test_a_number_that_is_blocked_and_restricted_stays_blocked_when_it_is_restored(keng, carrier, ask):
    send(carrier.url, "measure.requested", ask(LINE, kind="phone", action="block_number"))
    order(carrier, make_order("restrict_out", 1), make_order("restore", 2))
    assert passes(carrier, "calls", LINE, OTHER) == "blocked"
    assert passes(carrier, "calls", LINE, "113") is True


def test_an_account_keeps_its_counter_and_takes_money_in(keng, start_bank):
    bank = start_bank()
    account = bank.open_account("0071", 1_000)
    out = make_order("restrict_out", 1, kind="account", value=account)
    restore = make_order("restore", 2, kind="account", value=account)

    def pay(key: str, source: str, target: str) -> object:
        moved = {
            "transfer_id": key,
            "from_account": source,
            "to_account": target,
            "amount": 10,
            "at": "2026-11-21T00:00:00Z",
        }
        status, reply = core(bank.url, "transfers", moved)
        return status == 200 or reply["error"]

    order(bank, out)
    assert core(bank.url, f"accounts/{account}")[1]["restricted"] is True
    assert [pay("t1", account, "970407:1"), pay("t2", account, "cash:atm")] == ["restricted"] * 2
    assert [pay("t3", account, "cash:counter"), pay("t4", "970407:1", account)] == [True] * 2
    order(bank, restore)
    assert pay("t1", account, "970407:1") is True
    keng.wait(lambda: [answers(keng, one) for one in (out, restore)] == [["executed"]] * 2)


def test_the_text_is_kept_word_for_word_and_the_answer_is_what_the_contract_takes(keng, carrier):
    notice = make_order("notice")
    order(carrier, notice)
    keng.wait(lambda: answers(keng, notice) == ["executed"])
    (told,) = core(carrier.url, f"texts/{LINE}")[1]["items"]
    assert (told["vi"], told["en"]) == (TEXT["vi"], TEXT["en"])
    body = keng.answers[0].body
    assert body == {"status": "executed", "reason": "", "note": "", "reference": "TD-000001"}
    assert (keng.answers[0].partner, keng.bad_signatures) == ("carrier:viettel", 0)


def test_a_holder_who_had_it_corrected_is_found_by_the_check(keng, carrier):
    before, after = make_order("check", 1), make_order("check", 2)
    order(carrier, before)
    assert core(carrier.url, "corrections", {"object": {"kind": "phone", "value": LINE}})[0] == 201
    assert core(carrier.url, "corrections", {"object": {"kind": "phone", "value": "+84987654321"}})[0] == 422
    order(carrier, after)
    keng.wait(lambda: answers(keng, before) == ["refused"] and answers(keng, after) == ["executed"])
    assert keng.answers[0].body["reason"] == "not_corrected"


def test_nothing_unsigned_and_nothing_of_another_shape_is_taken(keng, carrier):
    forged = signed_headers("{}", "m", secret="whsec_b3RoZXIgc2VjcmV0IG9mIGEgYmFuaw==")
    assert call("POST", carrier.url, "{}", forged)[0] == 401
    status, reply = order(carrier, make_order("restrict_out"), make_order("notice") | {"number": "x"})
    assert (status, reply["error"]["field"]) == (422, "number")
    assert core(carrier.url, "orders")[1] == {"items": []}
    assert core(carrier.url, f"levels/{LINE}")[1]["level"] == "none"


def test_down_is_503_for_the_first_tries_and_stores_nothing_of_them(keng, start_partner):
    carrier, out = (
        open_lines(start_partner("carrier", "--mode", "down", "--down-tries", "2")),
        make_order("restrict_out"),
    )
    assert [order(carrier, out, message_id="m")[0] for _ in range(4)] == [503, 503, 200, 200]
    keng.wait(lambda: answers(keng, out) == ["executed"])


def test_orders_that_were_missed_are_fetched(keng, start_partner):
    carrier = open_lines(start_partner("carrier", "--catch-up-seconds", "0.1"))
    carrier.stop()
    missed = [make_order("restrict_out", 3), make_order("notice", case="b"), make_order("notice", 2)]
    keng.open_orders = [missed[0], {"order_id": "no-order"}, *missed[1:]]
    carrier.start()
    keng.wait(lambda: all(answers(keng, one) == ["executed"] for one in missed))
    assert order(carrier, *missed)[1]["taken"] == "old"
    wait_until(lambda: core(carrier.url, f"levels/{LINE}")[1]["level"] == "out")


def test_kills_half_way_do_nothing_twice_and_lose_no_answer(keng, start_partner):
    sys.stdout.write(f"seed {SEED}\n")
    rng = random.Random(SEED)
    carrier = open_lines(start_partner("carrier", "--mode", "twice", "--catch-up-seconds", "0.3"))
    letters = [[make_order("notice", one, case=f"c{place}") for one in range(1, OF_LETTER)] for place in range(LETTERS)]
    for place, letter in enumerate(letters):
        letter.append(make_order("restrict_out", OF_LETTER, case=f"c{place}"))
    made = [one for letter in letters for one in letter]
    pending = [(letter, f"m{place}") for place, letter in enumerate(letters) for _ in range(2)]
    rng.shuffle(pending)
    stop = threading.Event()

    def post() -> None:
        while pending and not stop.is_set():
            letter, message_id = pending[-1]
            if order(carrier, *letter, message_id=message_id)[0] == 200:
                pending.pop()
            stop.wait(0.03)

    sender = threading.Thread(target=post)
    sender.start()
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.0, 0.3))  # not a wait for something: the moment of the kill is what varies
        carrier.kill()
        carrier.start()
    keng.wait(lambda: all(len(answers(keng, one)) == 2 for one in made))
    stop.set()
    sender.join()
    assert {tuple(answers(keng, one)) for one in made} == {("executed", "executed")}
    assert len({got.message_id for got in keng.answers}) == 2 * len(made)
    told = core(carrier.url, f"texts/{LINE}")[1]["items"]
    assert sorted(one["order_id"] for one in told) == sorted(one["order_id"] for one in made)
    assert len(core(carrier.url, f"levels/{LINE}")[1]["changes"]) == LETTERS
