"""Citizens and officers who go on working whatever is killed: each does what a person does who got no answer, and tries again.

A citizen's machine repeats the report under the same Idempotency-Key. An officer either looks at the page and presses again
if nothing happened, or presses again without looking: both must be safe.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from tests.system.rehearsal import ROBOT_PORTS_FROM, Rehearsal
from tests.system.visitor import AWAY, Reply, Visitor, measure_on

BANKS = ("970436", "970418")  # the first two of the demo: their robots' ports follow each other
BASIS = "fraud.hold.nd52-2024.d11"
WAYS = ("confirm", "confirm", "confirm", "leave", "leave", "lift", "approve", "decline proposal", "report only")
TRY_AGAIN_WITHIN = 60  # seconds


@dataclass(frozen=True, slots=True)
class Case:
    """One loss and what is to be done about it. `body` is what the citizen's machine sends."""

    number: int
    way: str
    account: str
    amount: int
    key: str
    body: bytes


@dataclass
class Crowd:
    """`acknowledged` holds, by case number, what Kẻng said when it took the report."""

    rehearsal: Rehearsal
    first: Visitor
    second: Visitor
    seed: int
    stop: threading.Event = field(default_factory=threading.Event)
    numbers: count[int] = field(default_factory=count)
    cases: list[Case] = field(default_factory=list)
    acknowledged: dict[int, dict[str, str]] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)  # what was tried when no answer came
    struck: list[str] = field(default_factory=list)  # those of them that somebody had begun to listen to
    goes_out: dict[str, threading.Event] = field(
        default_factory=lambda: {"report": threading.Event(), "button": threading.Event()}
    )
    lasts: dict[str, float] = field(default_factory=dict)  # seconds that the last answered one of a kind took
    refused: list[int] = field(default_factory=list)  # the statuses of what was asked to come again
    faults: list[str] = field(default_factory=list)

    def work(self) -> None:
        """One case after another until `stop`; a case that was begun is finished."""
        try:
            while not self.stop.is_set():
                self.go_through(self.begin())
        except Exception as fault:  # noqa: BLE001 - a thread's fault is the test's to tell
            self.faults.append(f"{type(fault).__name__}: {fault}")
            self.stop.set()

    def begin(self) -> Case:
        number = next(self.numbers)
        dice = random.Random(f"{self.seed}:{number}")
        account = f"{dice.choice(BANKS)}:8{number:011d}"
        amount = dice.randrange(1_000, 9_000) * 1_000
        sent_at = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()
        loss = {
            "sent": True,
            "amount": amount,
            "to_account": account,
            "from_account": "970407:123456789",
            "at": sent_at,
        }
        body = json.dumps({"text": f"Con oi chuyen tien gap lan {number}", "loss": loss}).encode()
        case = Case(number, dice.choice(WAYS), account, amount, f"crowd-{self.seed}-{number:08d}", body)
        self.cases.append(case)
        return case

    def go_through(self, case: Case) -> None:
        self.insist("open account", lambda: self.open_account(case), lambda reply: reply.status in (200, 201))
        told = self.insist("report", lambda: self.report(case), lambda reply: reply.status == 201).json()
        self.acknowledged[case.number] = told
        if case.way == "report only":
            return
        page = f"/ban/bao-cao/{told['code']}/"
        is_proposal = case.way in ("approve", "decline proposal")
        self.press(
            lambda: self.first.submit(
                f"{page}giu/", account=case.account, amount=str(case.amount), basis=BASIS, reason="bị lừa",
                way="propose" if is_proposal else "urgent",
            ),
            self.first, page, lambda text: measure_on(text) is not None, case,
        )  # fmt: skip
        measure = measure_on(self.read(self.first, page).text)
        if case.way != "leave":
            word = "khong" if case.way == "decline proposal" else "xac-nhan"
            decide = f"/ban/lenh/{measure}/{word}/"
            self.press(
                lambda: self.second.submit(decide, reason="đã xem"), self.second, page, lambda text: "/xac-nhan/" not in text, case
            )  # fmt: skip
        if case.way == "lift":
            lift = f"/ban/lenh/{measure}/thoi-giu/"
            self.press(
                lambda: self.first.submit(lift, reason="nhầm"), self.first, page, lambda text: "/thoi-giu/" not in text, case
            )  # fmt: skip

    def open_account(self, case: Case) -> Reply:
        """Three times the amount: a hold made twice would find the money."""
        bank = BANKS.index(case.account.partition(":")[0])
        robot = Visitor(f"http://127.0.0.1:{self.rehearsal.port + ROBOT_PORTS_FROM + bank}")
        opening = {"account": case.account, "opening": 3 * case.amount}
        return robot.post_json("/core/accounts", json.dumps(opening).encode())

    def report(self, case: Case) -> Reply:
        return Visitor(self.rehearsal.address).post_json("/api/v1/reports", case.body, Idempotency_Key=case.key)

    def read(self, who: Visitor, page: str) -> Reply:
        return self.insist("page", lambda: who.get(page), lambda reply: reply.status == 200)

    def press(
        self, button: Callable[[], Reply], who: Visitor, page: str, is_done: Callable[[str], bool], case: Case
    ) -> None:
        """Press until the page shows that it is done. Every second officer presses again without looking."""
        if case.number % 2:
            self.insist("button", button, lambda reply: reply.status == 200)
        while not is_done(self.read(who, page).text):
            self.attempt("button", button)

    def attempt(self, what: str, act: Callable[[], Reply]) -> Reply | None:
        """One try; None if nobody answered."""
        began = time.monotonic()
        if what in self.goes_out:
            self.goes_out[what].set()
        try:
            reply = act()
        except AWAY as error:
            self.unanswered.append(what)
            if not isinstance(getattr(error, "reason", error), ConnectionRefusedError):
                self.struck.append(what)
            return None
        self.lasts[what] = time.monotonic() - began
        return reply

    def wait_until_under_way(self, what: str, within: float) -> float:
        """Come back when somebody sends the next `what`; for how many seconds such a request is under way."""
        self.goes_out[what].clear()
        assert self.goes_out[what].wait(within), f"nobody sent a {what} within {within} s: {self.faults}"
        return self.lasts.get(what, 0.0)

    def is_answered(self) -> bool:
        """Whether somebody is there."""
        try:
            return Visitor(self.rehearsal.address).get("/healthz").status == 200
        except AWAY:
            return False

    def insist(self, what: str, act: Callable[[], Reply], is_good: Callable[[Reply], bool]) -> Reply:
        """Try until a good answer comes. 5xx counts as none; anything else that is not good is a fault."""
        deadline = time.monotonic() + TRY_AGAIN_WITHIN
        while True:
            reply = self.attempt(what, act)
            if reply and is_good(reply):
                return reply
            if reply and reply.status >= 500:
                self.refused.append(reply.status)
            elif reply:
                raise AssertionError(f"{what}: {reply.status} {reply.text[:300]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: no answer within {TRY_AGAIN_WITHIN} s")
            time.sleep(0.1)
