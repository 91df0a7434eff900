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
from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, per_second, percentile, run
from benchmarks.processes import used_by
from benchmarks.writing import fresh
from tests.system.rehearsal import Rehearsal, rehearse, wait_for

SECONDS = int(os.environ.get("KENG_BENCH_SECONDS", "600"))
CLIENTS, CLIENTS_ON_SQLITE = 32, 4
WARMING_SECONDS = 5
QUIET = ("--quiet-day", "--banks", "at_once")
LIVELY = ("--banks", "mixed")
ALL_PLACED_WITHIN_SECONDS = 120
NAMES = {"serve": "web", "robot": "robots", "hand": "tasks"}
COUNTS = """
SELECT (SELECT count(*) FROM reports_report), (SELECT count(*) FROM reports_reportkey),
       (SELECT count(DISTINCT subject) FROM ledger_entry WHERE verb = 'reports.receive')
"""
UNPLACED = "SELECT count(*) FROM ledger_entry WHERE place IS NULL"


@dataclass(frozen=True, slots=True)
class Poured:
    """What the clients saw, what it cost, and what officers saw meanwhile."""

    told: dict[str, Any]
    seconds_used: dict[str, float]
    beside: Beside
    command: str


def measure_on(database: str, name: str) -> Section:
    """As many reports as go in, on that PostgreSQL database."""
    home = fresh(name) / "home"
    with rehearse(home, *QUIET, database=database) as rehearsal:
        poured = pour(rehearsal, CLIENTS)
        checked = check_books(rehearsal, poured)
    return _section(name, poured, checked, ["keng demo --database postgresql " + " ".join(QUIET)], CLIENTS)


def measure_soak() -> Section:
    """The demo with its lively day on SQLite, and reports as fast as they go in."""
    home = fresh("intake") / "home"
    with rehearse(home, *LIVELY) as rehearsal:
        poured = pour(rehearsal, CLIENTS_ON_SQLITE, is_alone=False)
        checked = check_books(rehearsal, poured, is_alone=False)
    log = (home / "demo.log").read_text(encoding="utf-8")
    assert "locked" not in log.lower(), log[-4000:]
    checked.append(['"database is locked" in the logs of all processes', 0])
    return _section("intake", poured, checked, ["keng demo " + " ".join(LIVELY)], CLIENTS_ON_SQLITE)


def pour(rehearsal: Rehearsal, clients: int, *, is_alone: bool = True) -> Poured:
    """Warm up, then report for SECONDS while two officers work."""
    words: list[str | Path] = [OURS / "python", "-m", "benchmarks.ours.clients", str(rehearsal.port), str(clients)]
    run([*words, str(WARMING_SECONDS)], times=1)
    before, rows = used_by(rehearsal), rehearsal.rows(COUNTS)[0]
    with Beside(rehearsal) as beside:
        done = run([*words, str(SECONDS)], times=1)
    after = used_by(rehearsal)
    used = {kind: after[kind] - before.get(kind, 0.0) for kind in after}
    used["clients"] = done.processor_seconds
    told = done.json()
    if is_alone:  # else the day reports too
        new = rehearsal.rows(COUNTS)[0][0] - rows[0]
        assert new == len(told["taken"]) + beside.reports, (new, len(told["taken"]), beside.reports)
    assert told["refused"] == 0, told["refused"]
    return Poured(told, used, beside, "python -m " + " ".join(map(str, [*words[2:], SECONDS])))


def check_books(rehearsal: Rehearsal, poured: Poured, *, is_alone: bool = True) -> list[list[Cell]]:
    """Every report that was answered is there with its key and its entry, and a stranger can verify the ledger."""
    wait_for(lambda: rehearsal.rows(UNPLACED)[0][0] == 0, "entries have places", ALL_PLACED_WITHIN_SECONDS)
    reports, keys, entries = rehearsal.rows(COUNTS)[0]
    assert reports == keys == entries, (reports, keys, entries)
    assert reports >= len(poured.told["taken"])
    export = rehearsal.home / "export"
    run([OURS / "keng", "ledger", "export", "-o", export], times=1, environment=rehearsal.environment())
    public = [word for key in sorted((rehearsal.home / "keys").glob("ledger-*.pub")) for word in ("--public", key)]
    verified = run([OURS / "keng", "ledger", "verify", export, *public], times=1).json()
    assert verified["ok"], verified
    return [
        ["reports answered 201", len(poured.told["taken"])],
        [f"reports in the database, each with its key{' and no other' if is_alone else ''}", reports],
        ["reports with their ledger entry", entries],
        ["ledger entries verified by `keng ledger verify`", verified["entries"]],
    ]


def _section(name: str, poured: Poured, checked: list[list[Cell]], commands: list[str], clients: int) -> Section:
    told, beside = poured.told, poured.beside
    taken = told["taken"]
    rate: list[Cell] = [per_second(len(taken), told["seconds"]), *_milliseconds(taken)]
    times = [
        ["a report's answer, until a search by the account that it shares lists it", *_row(beside.linked)],
        ['"Giữ khẩn cấp", until the robot\'s books hold the money', *_row(beside.held)],
        ["the second officer's approval, until the robot's books hold the money", *_row(beside.approved)],
    ]
    heads = ("p50 ms", "p95 ms", "p99 ms", "longest ms")
    tables = [
        Table(
            (f"{clients} clients, {round(told['seconds'])} s", "reports/s", *heads), [["POST /api/v1/reports", *rate]]
        ),
        Table(("meanwhile, the clock runs from", "times", *heads), times),
        Table(("processor", "seconds", "ms a report"), _used(poured.seconds_used, len(taken))),
        Table(("afterwards", ""), checked),
    ]
    return Section(name, tables, [*commands, poured.command])


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
