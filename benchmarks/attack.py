"""Intake under attack, with the demo's own processes: a flood of junk, and four honest clients in the midst of it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, percentile, run
from benchmarks.writing import fresh
from tests.system.rehearsal import rehearse

HONEST, SECONDS = 4, 30
DEMO = ("--quiet-day", "--banks", "at_once")


@dataclass(frozen=True, slots=True)
class Flood:
    """So many junk reports a second from so many sources; 0: every one from another."""

    name: str
    rate: int
    sources: int


FLOODS = (
    Flood("no junk", 0, 1),
    Flood("200/s from one address", 200, 1),
    Flood("200/s from 100 addresses", 200, 100),
    Flood("200/s, each from another address", 200, 0),
)


def measure() -> Section:
    rows = []
    for flood in FLOODS:
        with rehearse(fresh("attack") / "home", *DEMO) as rehearsal:
            words = [OURS / "python", "-m", "benchmarks.ours.flood", str(rehearsal.port)]
            words += [str(number) for number in (flood.rate, flood.sources, HONEST, SECONDS)]
            rows.append(_row(flood, run(words, times=1).json()))
    head = (
        "flood",
        "honest taken",
        "honest not taken",
        "did work",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "junk taken/s",
        "junk asked/s",
    )
    return Section("attack", [Table(head, rows)], ["python -m " + " ".join(map(str, words[2:]))])


def _row(flood: Flood, told: dict[str, Any]) -> list[Cell]:
    taken: list[float] = told["taken"]
    times = [statistics.median(taken), percentile(taken, 0.95), percentile(taken, 0.99)]
    junk = told["junk"]
    return [
        flood.name,
        len(taken),
        told["refused"],
        told["worked"],
        *(round(1000 * seconds) for seconds in times),
        round(junk.get("201", 0) / SECONDS),
        round(junk.get("428", 0) / SECONDS),
    ]
