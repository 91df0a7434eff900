"""Reports for ten minutes while officers work: nothing is lost, the ledger holds, what is shared is found, holds go out.

`KENG_BENCH_SECONDS` makes it shorter.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.beside import Beside
from benchmarks.books import verified_entries
from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, per_second, percentile, run
from benchmarks.processes import used_by
from benchmarks.writing import fresh
from tests.system.rehearsal import Rehearsal, rehearse
from tests.system.visitor import Visitor

SECONDS = int(os.environ.get("KENG_BENCH_SECONDS", "600"))
CLIENTS, CLIENTS_ON_SQLITE = 32, 4
RATE = 200  # reports a second, in a fifth of the time
POSTS = ("Trực ban 1", "Trực ban 2")
WARMING_SECONDS = 5
QUIET = ("--quiet-day", "--banks", "at_once")
LIVELY = ("--banks", "at_once")
NAMES = {"serve": "web", "robot": "robots", "hand": "tasks"}
COUNTS = """
SELECT (SELECT count(*) FROM reports_report), (SELECT count(*) FROM reports_reportkey),
       (SELECT count(DISTINCT subject) FROM ledger_entry WHERE verb = 'reports.receive')
"""


@dataclass(frozen=True, slots=True)
class Poured:
    """What the clients saw, what it cost, and what officers saw meanwhile."""

    told: dict[str, Any]
    rate: int  # reports a second; 0: as fast as it goes
    seconds_used: dict[str, float]
    beside: Beside
    command: str


@dataclass(frozen=True, slots=True)
class Pourer:
    """Who reports to a demo, and the officers who work there meanwhile. `is_alone`: nobody else reports."""

    rehearsal: Rehearsal
    clients: int
    is_alone: bool
    first: Visitor
    second: Visitor

    @classmethod
    def at(cls, rehearsal: Rehearsal, clients: int, *, is_alone: bool) -> Pourer:
        officers = [Visitor(rehearsal.address).enter(rehearsal.links[post]) for post in POSTS]
        pourer = cls(rehearsal, clients, is_alone, *officers)
        run([*pourer.words(), str(WARMING_SECONDS)], times=1)
        Beside(rehearsal, *officers).warm()
        return pourer

    def words(self) -> list[str | Path]:
        return [OURS / "python", "-m", "benchmarks.ours.clients", str(self.rehearsal.port), str(self.clients)]

    def pour(self, seconds: int, rate: int = 0) -> Poured:
        """Report for so long, at that rate or as fast as it goes, and see that every answer is kept."""
        before, rows = used_by(self.rehearsal), self.rehearsal.rows(COUNTS)[0]
        with Beside(self.rehearsal, self.first, self.second) as beside:
            words = [*self.words(), str(seconds), str(rate)]
            done = run(words, times=1)
        after = used_by(self.rehearsal)
        used = {kind: after[kind] - before.get(kind, 0.0) for kind in after}
        told = done.json()
        new = self.rehearsal.rows(COUNTS)[0][0] - rows[0]
        answered = len(told["taken"]) + beside.reports
        assert new == answered if self.is_alone else new >= answered, (new, answered)
        assert told["refused"] == 0, told["refused"]
        command = "python -m " + " ".join(map(str, words[2:]))
        return Poured(told, rate, {**used, "clients": done.processor_seconds}, beside, command)


def measure_on(database: str, name: str) -> Section:
    """As many reports as go in, then 200 a second, on that PostgreSQL database."""
    with rehearse(fresh(name) / "home", *QUIET, database=database) as rehearsal:
        pourer = Pourer.at(rehearsal, CLIENTS, is_alone=True)
        poured = [pourer.pour(SECONDS), pourer.pour(max(SECONDS // 5, 10), RATE)]
        checked = check_books(rehearsal)
    return _section(name, poured, checked, "keng demo --database postgresql " + " ".join(QUIET))


def measure_soak() -> Section:
    """The demo with its lively day on SQLite, and reports as fast as they go in."""
    home = fresh("intake") / "home"
    with rehearse(home, *LIVELY) as rehearsal:
        poured = [Pourer.at(rehearsal, CLIENTS_ON_SQLITE, is_alone=False).pour(SECONDS)]
        checked = check_books(rehearsal)
    log = (home / "demo.log").read_text(encoding="utf-8")
    assert "locked" not in log.lower(), log[-4000:]
    checked.append(['"database is locked" in the logs of all processes', 0])
    return _section("intake", poured, checked, "keng demo " + " ".join(LIVELY))


def check_books(rehearsal: Rehearsal) -> list[list[Cell]]:
    """Every report is there with its key and its entry, and a stranger can verify the ledger."""
    verified = verified_entries(rehearsal)
    reports, keys, entries = rehearsal.rows(COUNTS)[0]
    assert reports == keys == entries, (reports, keys, entries)
    return [
        ["reports, each with its key", reports],
        ["reports with their ledger entry", entries],
        ["ledger entries that `keng ledger verify` verified", verified],
    ]


def _section(name: str, poured: Sequence[Poured], checked: list[list[Cell]], demo: str) -> Section:
    heads = ("p50 ms", "p95 ms", "p99 ms", "longest ms")
    tables = []
    for one in poured:
        told, taken = one.told, one.told["taken"]
        how = f"{one.rate} a second" if one.rate else "as fast as it goes"
        rate = per_second(len(taken), told["seconds"])
        first = ("POST /api/v1/reports, " + how, f"in {round(told['seconds'])} s", "each second", *heads)
        tables.append(Table(first, [["taken, none refused or lost", len(taken), rate, *_milliseconds(taken)]]))
        tables.append(Table(("meanwhile", "times", *heads), _meanwhile(one.beside)))
        tables.append(Table(("processor", "seconds", "ms a report"), _used(one.seconds_used, len(taken))))
    tables.append(Table(("afterwards", ""), checked))
    return Section(name, tables, [demo, *(one.command for one in poured)])


def _meanwhile(beside: Beside) -> list[list[Cell]]:
    return [
        ["from a report's answer until a search by the account that it shares lists it", *_row(beside.linked)],
        ['from "Giữ khẩn cấp" until the robot\'s books hold the money', *_row(beside.held)],
        ["from the second officer's approval until the robot's books hold the money", *_row(beside.approved)],
    ]


def _used(seconds: dict[str, float], reports: int) -> list[list[Cell]]:
    ours = {NAMES.get(kind, kind): used for kind, used in seconds.items() if kind != "machine" and used > 0}
    others = seconds["machine"] - sum(ours.values())
    rows = sorted(ours.items(), key=lambda row: -row[1])
    rows += [("together", sum(ours.values())), ("officers' browsers, and all else on the machine", others)]
    return [[kind, round(used), round(1000 * used / reports, 2)] for kind, used in rows]


def _row(seconds: list[float]) -> list[Cell]:
    return [len(seconds), *_milliseconds(seconds)]


def _milliseconds(seconds: Sequence[float]) -> list[Cell]:
    ordered = (statistics.median(seconds), percentile(seconds, 0.95), percentile(seconds, 0.99), max(seconds))
    return [round(1000 * value) for value in ordered]
