"""The country lives: in this process at a high pace, and as the process that the demo starts."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from keng.nation.day.rhythm import run_day
from keng.nation.day.story import AMOUNT, MULE_ACCOUNT, SCAM_TEXT, VICTIM_ACCOUNT
from keng.nation.day.tests.small_country import TECHCOMBANK, VIETCOMBANK, wait_until

SEED = 20261121


@contextmanager
def day(nation, banks, url, pace=300.0) -> Iterator[None]:
    stop = threading.Event()
    ports = {code: {"port": bank.port, "secret": "not needed"} for code, bank in banks.items()}
    thread = threading.Thread(target=run_day, args=(nation, ports, url, SEED, stop, pace))
    thread.start()
    yield
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def _with_loss(box) -> list[dict]:
    return [body for body in box.bodies.values() if "loss" in body]


def test_victims_pay_mules_empty_and_reports_arrive(nation, banks, box):
    sys.stdout.write(f"seed {SEED}\n")
    with day(nation, banks, box.url):
        wait_until(lambda: len(_with_loss(box)) >= 8 and len(box.bodies) >= 20)
        wait_until(lambda: any("cash:atm" in row for bank in banks.values() for row in bank.transfers()))
    channels = {body["channel"] for body in box.bodies.values()}
    assert channels == {"api", "sms"}
    moved = {row[1:] for bank in banks.values() for row in bank.transfers()}
    for body in _with_loss(box):
        loss = body["loss"]
        assert (loss["from_account"], loss["to_account"], loss["amount"]) in moved
        assert loss["at"] <= body["at"]


def test_the_story_leaves_the_money_with_the_mule(nation, banks, box):
    bank = banks[VIETCOMBANK]
    for times in (1, 2):
        with day(nation, banks, box.url, pace=0.01):
            wait_until(lambda times=times: bank.balance(MULE_ACCOUNT) == times * AMOUNT)
    assert bank.balance(VICTIM_ACCOUNT) == 25_000_000 - 2 * AMOUNT
    assert MULE_ACCOUNT.partition(":")[2] in SCAM_TEXT
    assert AMOUNT == 4_800_000
    assert "4.800.000đ" in SCAM_TEXT


def test_it_lives_on_while_keng_and_a_bank_are_away(nation, banks, box):
    box.busy = 10**6
    banks[TECHCOMBANK].close()
    with day(nation, banks, box.url):
        wait_until(lambda: len(banks[VIETCOMBANK].transfers()) >= 3)
        assert box.bodies == {}
        banks[TECHCOMBANK].open()
        box.busy = 0
        wait_until(lambda: len(_with_loss(box)) >= 3)
    assert banks[TECHCOMBANK].transfers()


def test_the_process_starts_stops_and_tells_what_is_missing(nation, banks, box, tmp_path):
    file = tmp_path / "partners.json"
    file.write_text(json.dumps({code: {"port": bank.port} for code, bank in banks.items()}), encoding="utf-8")
    words = [sys.executable, "-m", "keng.nation.day", "--nation", str(nation), "--partners", str(file)]
    words += ["--keng", box.url, "--seed", str(SEED), "--pace", "200"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(box.bodies) >= 3)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0
    assert (tmp_path / "day.sqlite").is_file()
    words[words.index(str(nation))] = str(tmp_path / "nowhere")
    missing = subprocess.run(words, capture_output=True, text=True, timeout=20)
    assert missing.returncode == 2
    assert "no_nation" in missing.stderr


@pytest.mark.parametrize("pace", ["0", "-1", "inf", "nan"])
def test_it_refuses_a_pace_that_is_none(pace, nation):
    words = [sys.executable, "-m", "keng.nation.day", "--nation", str(nation), "--partners", "x", "--keng", "x"]
    assert subprocess.run([*words, "--pace", pace], capture_output=True, timeout=20).returncode == 2
