"""`keng classify`: how fast from the shell, and what the shipped model reaches (figures kept by `training.results`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.figures import Section, Table
from benchmarks.inputs import MESSAGES, make_inputs
from benchmarks.measuring import OURS, ROOT, WORK, per_second, run

ONE_CORE, TWO_CORES = "0", "0,1"
KEPT = ROOT / "training" / "results.json"
LABELS = ("scam", "spam", "true")
HEADS = (
    "scam, spam, true",
    "scam found, %",
    "spam found, %",
    "true left alone, %",
    "true called scam, %",
    "trick right, %",
)


def measure() -> Section:
    inputs = make_inputs()
    one = WORK / "one.jsonl"
    one.write_text('{"id":1,"text":"Chuc mung ban trung thuong, nhan tai trian-qua.top"}\n', encoding="utf-8")
    speed = [_speed("100,000 messages, one core", inputs.messages, ONE_CORE, MESSAGES)]
    speed.append(_speed("100,000 messages, two cores", inputs.messages, TWO_CORES, MESSAGES))
    speed.append(_speed("one message, start-up and model included", one, ONE_CORE, 1))
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    tables = [Table(("", "messages/s", "a second of processor time", "seconds (each run)", "load before"), speed)]
    tables += [Table((name, *HEADS, "falls when blanked, %"), _quality(kept[name])) for name in ("judged", "held out")]
    return Section("classify", tables, ["keng classify -i var/bench/messages/all.jsonl -o OUT", "make model"])


def _speed(what: str, source: Path, cores: str, count: int) -> list[str | int | float]:
    taken = run([OURS / "keng", "classify", "-i", source, "-o", WORK / "verdicts.jsonl"], cores=cores)
    seconds = ", ".join(f"{seconds:.2f}" for seconds in taken.all_seconds)
    rates = (per_second(count, taken.seconds), per_second(count, taken.processor_seconds))
    return [what, *rates, seconds, f"{taken.load:.2f}"]


def _quality(slices: dict[str, Any]) -> list[list[str | int | float]]:
    rows = []
    for name, row in slices.items():
        sizes = ", ".join(str(row["messages"][label]) for label in LABELS)
        shares = [row["right"][label] for label in LABELS]
        shares += [row[key] for key in ("true called scam", "trick right", "falls when blanked")]
        rows.append([name, sizes, *("" if share is None else round(100 * share, 1) for share in shares)])
    return rows
