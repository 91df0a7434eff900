"""The thread over HTTP, with the demo's own processes: reports in, and money held."""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Section, Table
from benchmarks.measuring import OURS, ROOT, WORK, per_second, percentile, run
from benchmarks.writing import fresh
from tests.system.crowd import BASIS
from tests.system.rehearsal import ROBOT_PORTS_FROM, Rehearsal, rehearse
from tests.system.visitor import Visitor

CLIENTS, SECONDS = 4, 20
HOLDS = 50
FLOOD = 60_000  # what is left when the last is posted is what the table says
BANK = "970436"
AMOUNT = 4_800_000
GIVE_UP_SECONDS = 30
DEMO = ("--quiet-day", "--banks", "at_once")


@dataclass(frozen=True, slots=True)
class Held:
    """Seconds from the officer's press: until the page answered, the robot's books held it, the victim's page said so."""

    answered: float
    in_books: float
    on_page: float


def measure(database: str = "") -> Section:
    name = "thread-postgresql" if database else "thread"
    home = fresh(name) / "home"
    with rehearse(home, *DEMO, database=database) as rehearsal:
        officer = Visitor(rehearsal.address).enter(rehearsal.links["Trực ban 1"])
        held = [hold(rehearsal, officer, number) for number in range(HOLDS)]
        words = [OURS / "python", "-m", "benchmarks.ours.clients", str(rehearsal.port), str(CLIENTS), str(SECONDS)]
        intake = run(words, times=1).json()
        with flooded(rehearsal) as waiting:
            began_with = waiting()
            in_flood = [hold(rehearsal, officer, HOLDS + number) for number in range(HOLDS)]
            ended_with = waiting()
    taken = intake["taken"]
    reports = [
        [
            "reports taken by POST /api/v1/reports",
            per_second(len(taken), intake["seconds"]),
            intake["refused"],
            *_milliseconds(taken),
        ]
    ]
    holds = [
        ["the officer's page answers", *_milliseconds([one.answered for one in held])],
        ["the robot's books hold the money", *_milliseconds([one.in_books for one in held])],
        ["the victim's page says so", *_milliseconds([one.on_page for one in held])],
    ]
    flood = f"the robot's books hold the money, while {began_with:,} to {ended_with:,} bulk messages wait"
    holds.append([flood, *_milliseconds([one.in_books for one in in_flood])])
    return Section(
        name,
        [
            Table(
                (f"{CLIENTS} clients, {SECONDS} s", "reports/s", "refused", "p50 ms", "p95 ms", "p99 ms", "longest ms"),
                reports,
            ),
            Table((f'{HOLDS} times "Giữ khẩn cấp": until', "p50 ms", "p95 ms", "p99 ms", "longest ms"), holds),
        ],
        ["keng demo --quiet-day --banks at_once", "python -m " + " ".join(map(str, words[2:]))],
    )


@contextmanager
def flooded(rehearsal: Rehearsal) -> Iterator[Callable[[], int]]:
    """FLOOD bulk messages on their way to a receiver that takes them as fast as it can; tells how many wait."""
    environment = {**rehearsal.environment(), "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-m", "benchmarks.ours.receiver"]
    receiver = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert receiver.stdout is not None
        address = f"http://127.0.0.1:{int(receiver.stdout.readline())}/"
        words = [sys.executable, "-m", "benchmarks.ours.bulk", str(FLOOD), address]
        subprocess.run(words, check=True, env=environment, cwd=ROOT)
        yield lambda: int(rehearsal.rows("SELECT count(*) FROM jobs_outgoing WHERE state = 'waiting'")[0][0])
    finally:
        receiver.kill()
        receiver.wait()


def hold(rehearsal: Rehearsal, officer: Visitor, number: int) -> Held:
    """One loss reported, held, and looked for; the clock runs from the officer's press."""
    account = f"{BANK}:8{number:011d}"
    robot = Visitor(f"http://127.0.0.1:{rehearsal.port + ROBOT_PORTS_FROM}")
    robot.post_json("/core/accounts", json.dumps({"account": account, "opening": AMOUNT}).encode())
    told = _report(rehearsal, account)
    page = f"/ban/bao-cao/{told['code']}/"
    officer.get(page)
    began = time.perf_counter()
    reply = officer.submit(
        f"{page}giu/", account=account, amount=str(AMOUNT), basis=BASIS, reason="bị lừa", way="urgent"
    )
    answered = time.perf_counter() - began
    assert reply.status == 200, reply.text
    books = rehearsal.home / "robots" / f"{BANK}.sqlite"
    in_books = wait_until(lambda: _is_held(books, account), began)
    victim = Visitor(rehearsal.address)
    on_page = wait_until(lambda: "Đang giữ" in victim.get(f"/theo-doi/{told['receipt']}/").text, began)
    return Held(answered, in_books, on_page)


def _report(rehearsal: Rehearsal, account: str) -> dict[str, str]:
    loss = {"sent": True, "amount": AMOUNT, "to_account": account, "from_account": "970407:123456789"}
    body = {"text": "Con oi chuyen tien gap", "loss": {**loss, "at": datetime.now(UTC).isoformat()}}
    reply = Visitor(rehearsal.address).post_json("/api/v1/reports", json.dumps(body).encode())
    assert reply.status == 201, reply.text
    told: dict[str, str] = reply.json()
    return told


def _is_held(books: Path, account: str) -> bool:
    with closing(sqlite3.connect(f"file:{books}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute("SELECT 1 FROM deed WHERE name = ?", [account]).fetchone() is not None


def wait_until(look: Callable[[], bool], began: float, pause_seconds: float = 0.005) -> float:
    """Seconds since `began` when `look` is first true. Raises TimeoutError."""
    while not look():
        if time.perf_counter() - began > GIVE_UP_SECONDS:
            raise TimeoutError
        time.sleep(pause_seconds)
    return time.perf_counter() - began


def _milliseconds(seconds: list[float]) -> list[int]:
    ordered = (statistics.median(seconds), percentile(seconds, 0.95), percentile(seconds, 0.99), max(seconds))
    return [round(1000 * value) for value in ordered]


def measure_start() -> Section:
    helped = run([OURS / "keng", "--help"], times=10)
    home = WORK / "start" / "home"
    fresh("start")
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        with rehearse(home):
            taken.append(time.perf_counter() - began)
    rows = [
        ["keng --help (median of 10)", round(helped.seconds, 3)],
        ["keng demo, first start: until ready", round(taken[0], 2)],
        ["keng demo, second start", round(taken[1], 2)],
        ["keng demo, third start", round(taken[2], 2)],
    ]
    return Section("start", [Table(("", "seconds"), rows)], ["keng --help", "keng demo"])
