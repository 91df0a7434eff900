"""The officers' pages with a million reports, asked one after another of the demo's own processes."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from urllib.parse import quote

from benchmarks.figures import Section, Table
from benchmarks.measuring import OURS, percentile, run
from benchmarks.writing import fresh
from tests.system.rehearsal import rehearse
from tests.system.visitor import Visitor

REPORTS = int(os.environ.get("KENG_BENCH_REPORTS", "1000000"))
TIMES = 40
DEMO = ("--quiet-day", "--banks", "at_once")


def measure(database: str = "") -> Section:
    home = fresh("crowded") / "home"
    with rehearse(home, *DEMO, database=database) as rehearsal:
        began = time.perf_counter()
        words = [OURS / "python", "-m", "benchmarks.ours.crowded", str(REPORTS)]
        told = run(words, times=1, environment=rehearsal.environment()).json()
        filled = time.perf_counter() - began
        officer = Visitor(rehearsal.address).enter(rehearsal.links["Trực ban 1"])
        rows = [[name, *timed(lambda path=path: ask(officer, path))] for name, path in pages(told).items()]
    heads = (f"{REPORTS:,} reports, each page {TIMES} times", "p50 ms", "p95 ms", "p99 ms", "longest ms")
    return Section("crowded", [Table(heads, rows)], [f"python -m benchmarks.ours.crowded {REPORTS}  # {filled:.0f} s"])


def pages(told: dict[str, str]) -> dict[str, str]:
    """What an officer opens."""
    return {
        "the queue": "/ban/",
        "the queue's rows anew": "/ban/hang/",
        "the ledger": "/ban/so/",
        "search: a rare account": f"/ban/tim/?q={quote(told['rare'])}",
        "search: an account that 50,000 name": f"/ban/tim/?q={quote(told['hub'])}",
        "one report": f"/ban/bao-cao/{told['code']}/",
        "the board of measures": "/ban/lenh/",
    }


def ask(officer: Visitor, path: str) -> None:
    reply = officer.get(path)
    assert reply.status == 200, (path, reply.status)


def timed(look: Callable[[], None]) -> list[int]:
    """Milliseconds at p50, p95, p99 and at most; the first time is not counted."""
    look()
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        look()
        taken.append(time.perf_counter() - began)
    ordered = (statistics.median(taken), percentile(taken, 0.95), percentile(taken, 0.99), max(taken))
    return [round(1000 * value) for value in ordered]
