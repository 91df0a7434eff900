"""A hold ends at its moment whoever is down, a confirmed one later, and what a bank did not hear reaches it when it is back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.system.bank import (
    VIETCOMBANK,
    bank_by_hand,
    closed_bank,
    held_at,
    holds_at,
    open_account,
    stop_bank,
    stop_for_good,
    take_out,
    unsupervised,
)
from tests.system.crowd import BASIS
from tests.system.rehearsal import Rehearsal, rehearse, wait_for
from tests.system.visitor import Visitor, measure_on

KENG = ("serve", "worker", "sequencer")
ACCOUNT = f"{VIETCOMBANK}:0071000998877"
AMOUNT = 5_000_000
AFTER_URGENT = {"hours": 24, "minutes": 1}
AFTER_CONFIRMED = {"days": 30, "minutes": 1}
TRIES_BEFORE_DEAD = 12


@dataclass
class Held:
    """One loss whose money is held, everybody signed in, and the report's page and receipt."""

    rehearsal: Rehearsal
    first: Visitor
    second: Visitor
    operator: Visitor
    page: str = ""
    receipt: str = ""

    def report(self) -> None:
        open_account(self.rehearsal, ACCOUNT, AMOUNT)
        sent_at = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
        loss = {"sent": True, "amount": AMOUNT, "to_account": ACCOUNT, "at": sent_at}
        told = self.first.post_json("/api/v1/reports", json.dumps({"text": "Bị lừa", "loss": loss}).encode()).json()
        self.page, self.receipt = f"/ban/bao-cao/{told['code']}/", told["receipt"]

    def hold(self) -> None:
        self.first.get(self.page)
        form = {"account": ACCOUNT, "amount": str(AMOUNT), "basis": BASIS, "reason": "bị lừa", "way": "urgent"}
        assert "Đã gửi yêu cầu giữ tiền." in self.first.submit(f"{self.page}giu/", **form).text

    def confirm(self) -> None:
        measure = measure_on(self.second.get(self.page).text)
        assert "Đã xác nhận." in self.second.submit(f"/ban/lenh/{measure}/xac-nhan/").text

    def told(self, language: str = "vi") -> str:
        """The victim's page in words."""
        return self.first.get(f"/theo-doi/{self.receipt}/?lang={language}").text

    def held(self) -> int:
        """What Kẻng tells the victim is held."""
        return int(self.first.get(f"/api/v1/reports/{self.receipt}").json()["held"])

    def entries(self, verb: str) -> list[tuple[bool]]:
        """Whether each entry of that verb has its place."""
        return self.rehearsal.rows(f"SELECT place IS NOT NULL FROM ledger_entry WHERE verb = '{verb}'")


@pytest.fixture
def held(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Held]:
    words = ("--quiet-day", "--banks", "at_once", "--restart-after", "0.1")
    with rehearse(tmp_path / "home", *words, database=new_database()) as rehearsal:
        officers = [
            Visitor(rehearsal.address).enter(rehearsal.links[post])
            for post in ("Trực ban 1", "Trực ban 2", "Người vận hành")
        ]
        case = Held(rehearsal, *officers)
        case.report()
        case.hold()
        wait_for(lambda: case.held() == AMOUNT == held_at(rehearsal, ACCOUNT), "the money is held")
        yield case


def test_an_urgent_hold_falls_by_itself_while_all_of_kẻng_is_down(held: Held):
    rehearsal = held.rehearsal
    with unsupervised(rehearsal):
        stop_for_good(rehearsal, *KENG)
        assert take_out(rehearsal, ACCOUNT, AMOUNT) == 409, "the money may not leave while it is held"
        rehearsal.move_clock(**AFTER_URGENT)
        assert held_at(rehearsal, ACCOUNT) == 0
        assert take_out(rehearsal, ACCOUNT, AMOUNT) == 200, "the bank lets it go with nobody to tell it"
        assert not set(KENG) & set(rehearsal.children())
        assert held.entries("measures.lapsed") == []

    wait_for(lambda: is_back(held), "Kẻng is back")
    assert held.held() == 0
    assert "Không ai xác nhận kịp; lệnh giữ đã hết hiệu lực" in held.told()
    assert "Nobody confirmed in time; the hold has fallen" in held.told("en")
    wait_for(lambda: held.entries("measures.lapsed") == [(1,)], "the end is in the ledger, once, at its place")
    page = held.second.enter(rehearsal.link_for("truc-ban-2")).get(held.page)
    assert page.status == 200
    assert "/xac-nhan/" not in page.text, "nobody can confirm it any more"


def test_a_confirmed_hold_outlasts_the_urgent_one_and_ends_at_its_own_time(held: Held):
    rehearsal = held.rehearsal
    held.confirm()
    wait_for(lambda: holds_at(rehearsal)[0]["until"] > later(days=29), "the bank heard of the confirmation")
    with unsupervised(rehearsal):
        stop_for_good(rehearsal, "worker", "sequencer")
        rehearsal.move_clock(**AFTER_URGENT)
        assert held.held() == AMOUNT == held_at(rehearsal, ACCOUNT)
        assert take_out(rehearsal, ACCOUNT, AMOUNT) == 409

        rehearsal.move_clock(**AFTER_CONFIRMED)
        assert held.held() == 0 == held_at(rehearsal, ACCOUNT)
        assert "Lệnh giữ đã hết thời hạn" in held.told(), "the page goes by the clock, not by the worker"
        assert held.entries("measures.ended") == []

    wait_for(lambda: held.entries("measures.ended") == [(1,)], "the end is in the ledger, once, at its place")
    assert held.entries("measures.lapsed") == []


def test_a_bank_that_was_away_gets_the_same_message_again_and_acts_once(held: Held):
    rehearsal = held.rehearsal
    with unsupervised(rehearsal):
        words = stop_bank(rehearsal)
        with closed_bank(rehearsal) as tried:
            held.confirm()
            wait_for(lambda: len(tried) >= 2, "two tries met a closed bank")
        with bank_by_hand(rehearsal, words, "down", "--down-tries", "1"):
            wait_for(lambda: holds_at(rehearsal)[0]["until"] > later(days=29), "the bank heard of it at last")
            [(ident, state, tries)] = rehearsal.rows("SELECT id, state, tries FROM jobs_outgoing WHERE version = 2")
            wait_for(lambda: state_of_version_two(rehearsal) == "sent", "Kẻng knows that it arrived")
            assert {one.replace("-", "") for one in tried} == {ident}
            assert tries >= len(tried) + 1, (state, tries)
            assert len(holds_at(rehearsal)) == 1
            assert held.held() == AMOUNT == held_at(rehearsal, ACCOUNT)


def test_a_dead_letter_waits_for_the_operator_and_goes_when_the_bank_is_back(held: Held):
    rehearsal = held.rehearsal
    with unsupervised(rehearsal):
        words = stop_bank(rehearsal)
        with bank_by_hand(rehearsal, words, "down"):
            held.confirm()
            try_until_dead(rehearsal)
            for officer, username in ((held.operator, "van-hanh"), (held.first, "truc-ban-1")):
                officer.enter(rehearsal.link_for(username))
            letters = held.operator.get("/ban/thu-chet/").text
            assert str(measure_on(held.first.get(held.page).text)) in letters
            [resend] = re.findall(r'action="(/ban/thu-chet/[0-9a-f-]+/gui-lai/)"', letters)
            assert held.first.submit(resend).status == 403
            assert state_of_version_two(rehearsal) == "dead", "an officer of another role may not"
        with bank_by_hand(rehearsal, words, "at_once"):
            assert holds_at(rehearsal)[0]["until"] < later(days=2), "nothing goes before the operator says so"
            assert "Sẽ gửi lại ngay." in held.operator.submit(resend).text
            wait_for(lambda: holds_at(rehearsal)[0]["until"] > later(days=29), "the bank heard of it at last")
            wait_for(lambda: state_of_version_two(rehearsal) == "sent", "Kẻng knows that it arrived")
            assert "Không có thư nào kẹt" in held.operator.get("/ban/thu-chet/").text
            for verb in ("outbox.dead", "outbox.retry"):
                wait_for(lambda verb=verb: held.entries(verb) == [(1,)], f"{verb} is in the ledger, once, at its place")
            assert len(holds_at(rehearsal)) == 1


def test_a_confirmation_that_comes_after_the_bank_let_go_counts_what_is_still_there(held: Held):
    rehearsal = held.rehearsal
    left = 2_000_000
    with unsupervised(rehearsal):
        words = stop_bank(rehearsal)
        with bank_by_hand(rehearsal, words, "down"):
            held.confirm()
            rehearsal.move_clock(**AFTER_URGENT)
            assert take_out(rehearsal, ACCOUNT, AMOUNT - left) == 200
        with bank_by_hand(rehearsal, words, "at_once"):
            rehearsal.move_clock(**AFTER_URGENT, seconds=60)
            wait_for(lambda: held_at(rehearsal, ACCOUNT) == left, "the bank takes the hold up again")
            wait_for(lambda: held.held() == left, "Kẻng says what the bank holds, not what it held before")


def is_back(held: Held) -> bool:
    from tests.system.visitor import AWAY

    try:
        return held.first.get("/healthz").status == 200
    except AWAY:
        return False


def later(**length: float) -> str:
    """A moment by the machine's clock, as the bank writes it."""
    return (datetime.now(UTC) + timedelta(**length)).strftime("%Y-%m-%dT%H:%M:%SZ")


def state_of_version_two(rehearsal: Rehearsal) -> str:
    [(state,)] = rehearsal.rows("SELECT state FROM jobs_outgoing WHERE version = 2")
    return str(state)


def try_until_dead(rehearsal: Rehearsal) -> None:
    """Move the clock past the longest pause again and again; each time the message is tried once more."""
    for tries in range(1, TRIES_BEFORE_DEAD + 1):
        tried = f"SELECT count(*) FROM jobs_outgoing WHERE version = 2 AND tries >= {tries} AND leased_until IS NULL"
        wait_for(lambda tried=tried: rehearsal.rows(tried) == [(1,)], f"try {tries}")
        assert state_of_version_two(rehearsal) == ("dead" if tries == TRIES_BEFORE_DEAD else "waiting")
        rehearsal.move_clock(minutes=13 * tries)
