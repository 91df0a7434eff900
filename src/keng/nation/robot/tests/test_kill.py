"""SIGKILL at random moments: nothing is lost, nothing is held twice, every final answer arrives."""

from __future__ import annotations

import random
import sys
import threading
import time

import pytest

from keng.nation.robot.tests.conftest import make_data
from keng.nation.robot.tests.fake_keng import core, send
from keng.nation.robot.tests.parties import CASES, name_case

SEED = 20261121
KILLS = 30
OPENING = 1_000_000
AMOUNT = 7_000
ASKED = 60
FEW_KILLS = 10
FEW_ASKED = 12


def test_thirty_kills_lose_nothing_and_hold_nothing_twice(keng, start_bank, ask):
    sys.stdout.write(f"seed {SEED}\n")
    rng = random.Random(SEED)
    bank = start_bank("--mode", "twice", "--catch-up-seconds", "0.2")
    account = bank.open_account("0071", OPENING)
    asked = [ask(account, AMOUNT) for _ in range(ASKED)]
    pending = [("measure.requested", data, f"id-{data['request_id']}") for data in asked for _ in range(2)]
    rng.shuffle(pending)
    stop = threading.Event()
    sender = threading.Thread(target=_send_until_taken, args=(bank, pending, stop))
    sender.start()
    for _ in range(KILLS):
        if rng.random() < 0.3:
            with keng.changed:
                keng.first_replies.append((503, "down"))
        _live_for(rng.uniform(0.0, 0.25))
        bank.kill()
        bank.start()
    keng.wait(lambda: all(len(keng.statuses(data["request_id"])) == 2 for data in asked))
    stop.set()
    sender.join()
    _check(keng, bank, account, asked)


@pytest.mark.parametrize("case", [case for case in CASES if case.kind != "bank"], ids=name_case)
def test_ten_kills_lose_nothing_and_do_nothing_twice_whatever_is_asked(keng, start_partner, case):
    sys.stdout.write(f"seed {SEED}\n")
    rng = random.Random(f"{SEED}:{case.action}")
    partner = start_partner(case.kind, "--mode", "twice", "--catch-up-seconds", "0.2")
    path, value = case.opening
    core(partner.url, path, value)
    asked = [make_data(case.target.value, kind=case.target.kind, action=case.action) for _ in range(FEW_ASKED)]
    pending = [("measure.requested", data, f"id-{data['request_id']}") for data in asked for _ in range(2)]
    rng.shuffle(pending)
    stop = threading.Event()
    sender = threading.Thread(target=_send_until_taken, args=(partner, pending, stop))
    sender.start()
    for _ in range(FEW_KILLS):
        _live_for(rng.uniform(0.0, 0.25))
        partner.kill()
        partner.start()
    keng.wait(lambda: all(len(keng.statuses(data["request_id"])) == 2 for data in asked))
    stop.set()
    sender.join()
    assert {tuple(keng.statuses(data["request_id"])) for data in asked} == {("executed", "executed")}
    deeds = core(partner.url, "deeds")[1]["items"]
    assert sorted(deed["request_id"] for deed in deeds) == sorted(data["request_id"] for data in asked)
    place, field, free, bound = case.look
    assert core(partner.url, place)[1][field] == bound
    partner.advance(25 * 3600)
    assert core(partner.url, place)[1][field] == free


def _check(keng, bank, account, asked) -> None:
    assert core(bank.url, f"accounts/{account}")[1]["held"] == AMOUNT * ASKED
    assert [hold["amount"] for hold in core(bank.url, "deeds")[1]["items"]] == [AMOUNT] * ASKED
    for data in asked:
        assert keng.statuses(data["request_id"]) == ["executed", "executed"]
    assert len({got.message_id for got in keng.answers}) == 2 * ASKED
    assert len(keng.tried) > len(keng.answers), "no kill and no refusal met an answer on its way"


def _send_until_taken(bank, pending, stop) -> None:
    """As Kẻng's outbox does: the same message under the same id until a 2xx."""
    while pending and not stop.is_set():
        kind, data, message_id = pending[-1]
        if send(bank.url, kind, data, message_id)[0] == 200:
            pending.pop()
            stop.wait(0.07)
        else:
            stop.wait(0.01)


def _live_for(seconds: float) -> None:
    """Not a wait for something: the moment of the kill is what the test varies."""
    time.sleep(seconds)
