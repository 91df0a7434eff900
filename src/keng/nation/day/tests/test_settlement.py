"""Between two banks money is never half way for good."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keng.nation.day.banks import Transfer, fund, open_doors
from keng.nation.day.lanes import Lanes
from keng.nation.day.settlement import Settlement
from keng.nation.day.tests.small_country import TECHCOMBANK, VIETCOMBANK, wait_until
from keng.nation.robot.clock import open_clock

PAYER, PAYEE = f"{VIETCOMBANK}:1", f"{TECHCOMBANK}:2"
AT = "2026-11-21T07:30:00Z"


@contextmanager
def network(banks, path: Path) -> Iterator[Settlement]:
    """A process's life: all threads end with it, and what they had not done is left."""
    stop = threading.Event()
    lanes = Lanes(open_clock(), stop)
    settlement = Settlement(path, open_doors({code: bank.port for code, bank in banks.items()}), lanes)
    yield settlement
    stop.set()
    assert lanes.join(10)
    settlement.close()


def test_money_leaves_one_bank_and_arrives_at_the_other_once(banks, tmp_path):
    door = open_doors({VIETCOMBANK: {"port": banks[VIETCOMBANK].port}})[VIETCOMBANK]
    fund(door, PAYER, 100, 40, "wages", AT)
    done = threading.Event()
    with network(banks, tmp_path / "day.sqlite") as settlement:
        settlement.begin(Transfer("t1", PAYER, PAYEE, 70, AT), on_settled=done.set)
        wait_until(done.is_set)
        assert settlement.resume() == 0
    assert (banks[VIETCOMBANK].balance(PAYER), banks[TECHCOMBANK].balance(PAYEE)) == (30, 70)


def test_a_bank_that_is_down_gets_its_credit_from_a_later_process(banks, tmp_path):
    open_doors({VIETCOMBANK: banks[VIETCOMBANK].port})[VIETCOMBANK].open_account(PAYER, 100)
    banks[TECHCOMBANK].close()
    with network(banks, tmp_path / "day.sqlite") as settlement:
        settlement.begin(Transfer("t1", PAYER, PAYEE, 70, AT))
        wait_until(lambda: banks[VIETCOMBANK].balance(PAYER) == 30)
    assert banks[TECHCOMBANK].balance(PAYEE) == 0
    banks[TECHCOMBANK].open()
    with network(banks, tmp_path / "day.sqlite") as settlement:
        assert settlement.resume() == 1
        wait_until(lambda: banks[TECHCOMBANK].balance(PAYEE) == 70)
    assert banks[VIETCOMBANK].balance(PAYER) == 30


def test_a_bank_that_comes_back_is_tried_again_without_anybody_asking(banks, tmp_path):
    open_doors({VIETCOMBANK: banks[VIETCOMBANK].port})[VIETCOMBANK].open_account(PAYER, 100)
    banks[TECHCOMBANK].close()
    done = threading.Event()
    with network(banks, tmp_path / "day.sqlite") as settlement:
        settlement.begin(Transfer("t1", PAYER, PAYEE, 70, AT), on_settled=done.set)
        wait_until(lambda: banks[VIETCOMBANK].balance(PAYER) == 30)
        banks[TECHCOMBANK].open()
        wait_until(done.is_set)
    assert banks[TECHCOMBANK].balance(PAYEE) == 70


def test_a_refused_debit_moves_nothing_anywhere(banks, tmp_path):
    open_doors({VIETCOMBANK: banks[VIETCOMBANK].port})[VIETCOMBANK].open_account(PAYER, 10)
    refused = threading.Event()
    with network(banks, tmp_path / "day.sqlite") as settlement:
        settlement.begin(Transfer("t1", PAYER, PAYEE, 70, AT), on_refused=refused.set)
        wait_until(refused.is_set)
        assert settlement.resume() == 0
    assert (banks[VIETCOMBANK].balance(PAYER), banks[TECHCOMBANK].balance(PAYEE)) == (10, 0)


def test_a_mule_cannot_move_on_what_is_held(banks, tmp_path):
    open_doors({VIETCOMBANK: banks[VIETCOMBANK].port})[VIETCOMBANK].open_account(PAYER, 100)
    banks[VIETCOMBANK].hold(PAYER, 60)
    refused, done = threading.Event(), threading.Event()
    with network(banks, tmp_path / "day.sqlite") as settlement:
        settlement.begin(Transfer("t1", PAYER, PAYEE, 41, AT), on_refused=refused.set)
        settlement.begin(Transfer("t2", PAYER, PAYEE, 40, AT), on_settled=done.set)
        wait_until(lambda: refused.is_set() and done.is_set())
    assert (banks[VIETCOMBANK].balance(PAYER), banks[TECHCOMBANK].balance(PAYEE)) == (60, 40)


def test_what_goes_to_cash_or_to_an_unknown_bank_has_arrived(banks, tmp_path):
    open_doors({VIETCOMBANK: banks[VIETCOMBANK].port})[VIETCOMBANK].open_account(PAYER, 100)
    done = [threading.Event(), threading.Event()]
    with network(banks, tmp_path / "day.sqlite") as settlement:
        settlement.begin(Transfer("t1", PAYER, "cash:atm", 70, AT), on_settled=done[0].set)
        settlement.begin(Transfer("t2", "970422:5", PAYER, 5, AT), on_settled=done[1].set)
        wait_until(lambda: all(event.is_set() for event in done))
    assert banks[VIETCOMBANK].balance(PAYER) == 35
