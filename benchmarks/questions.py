"""One question at opening time: how many a second the engine answers in one process, kinds of records mixed as in a register."""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import Any

import duckdb

from benchmarks.cleansing import AS_OF, make_country
from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import TIMES
from keng.engines.cleanse import Model, Options, judge_one

PEOPLE, SEED = 20_000, 1  # 24,000 SIMs
COUNTRY = 100_000_000  # people, for the chance of neighbours


def measure() -> Section:
    asked = _questions()
    model, options = Model(people=COUNTRY), Options(as_of=date.fromisoformat(AS_OF), minor_age=0, limit=None)
    by_verdict: dict[str, list[float]] = {}
    seconds = min(_ask(asked, model, options, by_verdict) for _ in range(TIMES))
    rows: list[list[Cell]] = [
        [
            verdict,
            len(taken),
            f"{sorted(taken)[len(taken) // 2] * 1e3:.3f}",
            f"{sorted(taken)[len(taken) * 99 // 100] * 1e3:.3f}",
        ]
        for verdict, taken in sorted(by_verdict.items())
    ]
    speed: list[list[Cell]] = [["keng", f"{len(asked) / seconds:,.0f}"]]
    return Section(
        "questions",
        [
            Table((f"{len(asked):,} questions of all kinds, one process", "answers a processor second"), speed),
            Table(("answer", "of all runs", "median ms", "99th of a hundred, ms"), rows),
        ],
        ["python -m benchmarks.run questions"],
    )


def _questions() -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Every record with everybody whose number it names: what a population register gives back."""
    country = make_country(PEOPLE, SEED)
    people: dict[str, list[dict[str, Any]]] = {}
    for person in duckdb.sql(f"SELECT * FROM '{country}/population.parquet'").to_arrow_table().to_pylist():
        for number in filter(None, (person["citizen_id"], person["old_id"])):
            people.setdefault(sys.intern(number), []).append(person)
    records = duckdb.sql(f"SELECT *, opened_at AS opened FROM '{country}/sims.parquet'").to_arrow_table().to_pylist()
    return [(record, people.get(record["holder_id"], [])) for record in records]


def _ask(
    asked: list[tuple[dict[str, Any], list[dict[str, Any]]]],
    model: Model,
    options: Options,
    taken: dict[str, list[float]],
) -> float:
    """The processor seconds of all questions; notes each by its verdict."""
    began = time.process_time()
    for record, people in asked:
        before = time.perf_counter()
        verdict = judge_one(record, people, model, options).verdict
        taken.setdefault(verdict, []).append(time.perf_counter() - before)
    return time.process_time() - began
