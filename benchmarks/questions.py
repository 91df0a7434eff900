"""One question at opening time: over HTTP with purpose, ledger and a population register behind mutual TLS, by the clock; and how
many a second the engine answers in one process. Kinds of records are mixed as in a register.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.books import verified_entries
from benchmarks.cleansing import AS_OF, make_country
from benchmarks.cleansing import MILLION as MANY_PEOPLE
from benchmarks.cleansing import SEED as THEIR_SEED
from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, ROOT, TIMES, percentile, run
from benchmarks.processes import seconds_of, used_by
from benchmarks.writing import fresh
from keng.desk.fraud.registers.tests.papers import Papers
from keng.engines.cleanse import Model, Options, judge_one
from keng.site.rehearsal.cluster import running_cluster
from keng.site.rehearsal.country import PARTNERS
from tests.system.rehearsal import Rehearsal, rehearse

PEOPLE, SEED = 20_000, 1  # 24,000 SIMs
COUNTRY = 100_000_000  # people, for the chance of neighbours

RATE = int(os.environ.get("KENG_BENCH_RATE", "250"))  # questions a second
WARMING_SECONDS, SECONDS = 5, 30
CONNECTIONS = 32
PURPOSES = {"carrier": "sim.open.tt08-2026", "bank": "account.open.tt17-2024.d17"}
DEMO = ("--quiet-day", "--partners", "silent")
COUNTS = """
SELECT (SELECT count(*) FROM registers_asked), (SELECT count(*) FROM ledger_entry WHERE verb = 'registers.ask'),
       (SELECT count(*) FROM partners_inbound WHERE what = 'holder_ask')
"""
NAMES = {"serve": "web", "robot": "robots", "hand": "tasks"}


def measure() -> Section:
    commands = ["python -m benchmarks.run questions", "keng demo --database postgresql " + " ".join(DEMO)]
    return Section("questions", [*over_http(), *in_process()], commands)


# --- over HTTP


@dataclass(frozen=True, slots=True)
class Register:
    """The population register's process."""

    pid: int
    environment: dict[str, str]


def over_http() -> list[Table]:
    home = fresh("questions")
    country = make_country(MANY_PEOPLE, THEIR_SEED, sims_only=True)
    with (
        running_cluster() as cluster,
        served(home, country / "population.parquet") as register,
        rehearse(
            home / "home", *DEMO, database=cluster.create(f"bench_{uuid.uuid4().hex}"), more=register.environment
        ) as rehearsal,
    ):
        first, asked = home / "warming.jsonl", home / "asked.jsonl"
        questions = write_questions(rehearsal, country, first, asked)
        put(rehearsal, first)
        before, own = used_by(rehearsal), seconds_of([register.pid])
        told, clients = put(rehearsal, asked)
        after, own = used_by(rehearsal), seconds_of([register.pid]) - own
        checked = check(rehearsal, country, asked, told["answers"], questions)
    used = {kind: after[kind] - before.get(kind, 0.0) for kind in after}
    used |= {"population register": own, "clients": clients}
    taken = told["taken"]
    shares = [round(1000 * percentile(taken, share), 1) for share in (0.5, 0.95, 0.99)]
    line: list[Cell] = [f"{RATE} a second, {len(taken):,} questions", *map(_shown, shares), _shown(1000 * max(taken))]
    answers = Counter(answer.partition(" ")[0] for answer in told["answers"])
    return [
        Table(
            (f"POST /api/v1/holder-questions, {MANY_PEOPLE:,} people", "p50 ms", "p95 ms", "p99 ms", "longest ms"), [line]
        ),
        Table(("answer", "questions"), [[answer, count] for answer, count in sorted(answers.items())]),
        Table(("processor", "seconds", "ms a question"), _used(used, len(taken))),
        Table(("afterwards", ""), checked),
    ]  # fmt: skip


@contextmanager
def served(home: Path, file: Path) -> Iterator[Register]:
    """A population register over mutual TLS in a process of its own."""
    folder = home / "papers"
    folder.mkdir()
    papers = Papers(folder)
    own = [papers.path(name) for name in ("server.pem", "server.key", "ca.pem")]
    words = [sys.executable, "-m", "benchmarks.ours.population", str(file), *own]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        told = {
            "KENG_POPULATION_QUESTIONS": f"https://127.0.0.1:{port}/persons",
            "KENG_POPULATION_CERT": papers.certificate,
            "KENG_POPULATION_KEY": papers.key,
            "KENG_POPULATION_CA": papers.authority,
        }
        yield Register(process.pid, told)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def write_questions(rehearsal: Rehearsal, country: Path, first: Path, asked: Path) -> int:
    """The questions of the warming up and of the measuring, of every bank and carrier in turn; how many there are in all."""
    count = RATE * (WARMING_SECONDS + SECONDS)
    who = [one for one in PARTNERS if one.kind in PURPOSES]
    secrets = {one: (rehearsal.home / "robots" / f"{one.file_name}.secret").read_text("ascii") for one in who}
    lines = []
    for number, record in enumerate(_records(country, count)):
        partner = who[number % len(who)]
        body = {"purpose": PURPOSES[partner.kind], **record}
        lines.append(json.dumps({"partner": partner.code, "secret": secrets[partner], "body": body}) + "\n")
    first.write_text("".join(lines[: RATE * WARMING_SECONDS]), "utf-8")
    asked.write_text("".join(lines[RATE * WARMING_SECONDS :]), "utf-8")
    return len(lines)


def _records(country: Path, count: int) -> list[dict[str, Any]]:
    """Records of the SIM register as they are, but for those that no form would take; the same ones each time."""
    longest = {"holder_id": 40, "full_name": 200, "date_of_birth": 10}
    fits = " AND ".join(f"length(trim({name})) BETWEEN 1 AND {most}" for name, most in longest.items())
    told = f"SELECT {', '.join(longest)}, sex FROM '{country}/sims.parquet' WHERE {fits}"
    return duckdb.sql(f"{told} ORDER BY hash(record_id) LIMIT {count}").to_arrow_table().to_pylist()


def put(rehearsal: Rehearsal, file: Path) -> tuple[dict[str, Any], float]:
    """What the clients saw, and the processor seconds that they took."""
    words = [OURS / "python", "-m", "benchmarks.ours.asking", rehearsal.port, CONNECTIONS, RATE, file]
    done = run([str(word) for word in words], times=1)
    return done.json(), done.processor_seconds


def check(rehearsal: Rehearsal, country: Path, asked: Path, answers: list[str], questions: int) -> list[list[Cell]]:
    """Every answer is what one process alone answers, every question is kept, and a stranger can verify the ledger."""
    words = [OURS / "python", "-m", "benchmarks.ours.answers", country / "population.parquet", asked]
    expected = run(words, times=1, environment=rehearsal.environment()).json()
    assert answers == expected, [pair for pair in zip(answers, expected, strict=True) if pair[0] != pair[1]][:5]
    verified = verified_entries(rehearsal)
    assert rehearsal.rows(COUNTS)[0] == (questions, questions, questions), rehearsal.rows(COUNTS)
    return [
        ["answers that are what one process alone answers", len(answers)],
        ["questions kept, each with its ledger entry (warming up among them)", questions],
        ["ledger entries that `keng ledger verify` verified", verified],
    ]


def _used(seconds: dict[str, float], questions: int) -> list[list[Cell]]:
    ours = {NAMES.get(kind, kind): used for kind, used in seconds.items() if kind != "machine" and used > 0}
    rows = sorted(ours.items(), key=lambda row: -row[1])
    rows += [("together", sum(ours.values())), ("all else on the machine", seconds["machine"] - sum(ours.values()))]
    return [[kind, round(used, 1), round(1000 * used / questions, 2)] for kind, used in rows]


def _shown(milliseconds: float) -> str:
    return f"{milliseconds:.1f}"


# --- in one process


def in_process() -> list[Table]:
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
    return [
        Table((f"{len(asked):,} questions of all kinds, one process", "answers a processor second"), speed),
        Table(("answer", "of all runs", "median ms", "99th of a hundred, ms"), rows),
    ]


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
