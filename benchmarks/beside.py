"""What officers do while reports pour in, timed: a report found by what it shares, a hold, an approval."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import quote

from benchmarks.thread import AMOUNT, BANK, wait_until
from tests.system.crowd import BASIS
from tests.system.rehearsal import ROBOT_PORTS_FROM, Rehearsal
from tests.system.visitor import Visitor, measure_on

EVERY_SECONDS = 1.0  # a round: each of the three comes every third time
LOOK_EVERY_SECONDS = 0.02


def new_account() -> str:
    return f"{BANK}:{uuid.uuid4().int % 10**13:013d}"


@dataclass
class Beside:
    """Two officers at work until the block ends. Seconds, each from the moment at which somebody may expect it."""

    rehearsal: Rehearsal
    first: Visitor
    second: Visitor
    linked: list[float] = field(default_factory=list)  # from a report's answer until a search for its account lists it
    held: list[float] = field(default_factory=list)  # from the press until the money is held in the robot's books
    approved: list[float] = field(default_factory=list)  # from the second officer's press, likewise
    reports: int = 0
    faults: list[str] = field(default_factory=list)

    def __enter__(self) -> Beside:
        self.stop = Event()
        self.thread = Thread(target=self._work)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()
        assert not self.faults, self.faults

    def _work(self) -> None:
        rounds = ((self.link, self.linked), (self.hold, self.held), (self.approve, self.approved))
        try:
            while True:
                for act, times in rounds:
                    if self.stop.wait(EVERY_SECONDS):
                        return
                    times.append(act(new_account()))
        except Exception as fault:  # noqa: BLE001 - a thread's fault is the section's to tell
            self.faults.append(f"{type(fault).__name__}: {fault}")

    def warm(self) -> None:
        """Each twice before the clock runs: a process makes a page for the first time more slowly."""
        for act in (self.link, self.hold, self.approve) * 2:
            act(new_account())

    def link(self, account: str) -> float:
        self.report(account)
        code = self.report(account)
        began = time.perf_counter()
        page = f"/ban/tim/?q={quote(account)}"
        return wait_until(lambda: code in self.first.get(page).text, began, LOOK_EVERY_SECONDS)

    def hold(self, account: str) -> float:
        page = self.open(account)
        return self.seconds_after(lambda: self.press(page, account, "urgent"), account)

    def approve(self, account: str) -> float:
        measure = measure_on(self.press(self.open(account), account, "propose"))
        return self.seconds_after(lambda: self.decide(f"/ban/lenh/{measure}/xac-nhan/"), account)

    def seconds_after(self, press: Callable[[], str], account: str) -> float:
        """From a press until the money is in the robot's books, which may be before the officer's next page is there."""
        with ThreadPoolExecutor(1) as hand:
            began = time.perf_counter()
            pressed = hand.submit(press)
            seconds = self.until_in_books(account, began)
            pressed.result()
        return seconds

    def decide(self, address: str) -> str:
        """The page after the second officer's press."""
        reply = self.second.submit(address, reason="đã xem")
        assert reply.status == 200, reply.text
        return reply.text

    def open(self, account: str) -> str:
        """An account with its money at the bank, a report that names it, and that report's page before the first officer."""
        robot = Visitor(f"http://127.0.0.1:{self.rehearsal.port + ROBOT_PORTS_FROM}")
        robot.post_json("/core/accounts", json.dumps({"account": account, "opening": AMOUNT}).encode())
        page = f"/ban/bao-cao/{self.report(account)}/"
        self.first.get(page)
        return page

    def report(self, account: str) -> str:
        """The code of a new report of a loss to that account."""
        body = {"text": "Con oi chuyen tien gap", "loss": {"sent": True, "amount": AMOUNT, "to_account": account}}
        reply = Visitor(self.rehearsal.address).post_json("/api/v1/reports", json.dumps(body).encode())
        assert reply.status == 201, reply.text
        self.reports += 1
        return str(reply.json()["code"])

    def press(self, page: str, account: str, way: str) -> str:
        """The page after the first officer's press."""
        fields = {"account": account, "amount": str(AMOUNT), "basis": BASIS, "reason": "bị lừa", "way": way}
        reply = self.first.submit(f"{page}giu/", **fields)
        assert reply.status == 200, reply.text
        return reply.text

    def until_in_books(self, account: str, began: float) -> float:
        books = f"file:{self.rehearsal.home / 'robots' / BANK}.sqlite?mode=ro"
        with closing(sqlite3.connect(books, uri=True, timeout=20, isolation_level=None)) as connection:
            looked = "SELECT 1 FROM deed WHERE name = ?"
            return wait_until(
                lambda: connection.execute(looked, [account]).fetchone() is not None, began, LOOK_EVERY_SECONDS
            )
