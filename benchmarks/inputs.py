"""100,000 messages, the same for everybody: reports of synthetic countries and the English texts of the UCI collection.

The pool is gone through again and again until there are enough, the last three digits of each long number moved on at
each pass, so that no text with a number in it comes twice. Only the first pass of the reports has a known truth.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import OURS, ROOT, WORK, run

MESSAGES = 100_000
SLICE = 20_000  # for comparisons with slower tools
COUNTRIES = range(1, 25)  # seeds
PEOPLE = 5_000
UCI = ROOT / "training" / "uci" / "messages.tsv"

_LONG_NUMBER = re.compile(r"\d{6,}")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files of {"id","text"}: all messages, the first of them, the reports with known truth, and that truth."""

    messages: Path
    slice: Path
    reports: Path
    truth: Path


def make_inputs() -> Inputs:
    """The files, made once; `rm -r var/bench` to make them anew."""
    folder = WORK / "messages"
    inputs = Inputs(folder / "all.jsonl", folder / "slice.jsonl", folder / "reports.jsonl", folder / "truth.jsonl")
    if folder.exists():
        return inputs
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    reports, truth = _reports(draft / "countries")
    pool = [text for _, text in reports] + _uci_texts()
    random.Random(1).shuffle(pool)
    everything = [(f"m{number}", _varied(pool[number % len(pool)], number // len(pool))) for number in range(MESSAGES)]
    _write(draft / "all.jsonl", everything)
    _write(draft / "slice.jsonl", everything[:SLICE])
    _write(draft / "reports.jsonl", reports)
    (draft / "truth.jsonl").write_text("".join(truth), encoding="utf-8")
    shutil.rmtree(draft / "countries")
    draft.replace(folder)
    return inputs


def _reports(folder: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """(id, text) of the reports of all countries, and the lines of their truth with the same ids."""
    reports: list[tuple[str, str]] = []
    truth: list[str] = []
    for seed in COUNTRIES:
        country = folder / str(seed)
        run([OURS / "keng", "nation", "make", country, "--people", str(PEOPLE), "--seed", str(seed)], times=1)
        for line in (country / "reports.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            reports.append((f"{seed}:{row['id']}", row["text"]))
        for line in (country / "truth" / "reports.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            truth.append(json.dumps({"id": f"{seed}:{row['id']}", "indicators": row["indicators"]}) + "\n")
    return reports, truth


def _uci_texts() -> list[str]:
    if not UCI.exists():
        return []
    return [line.partition("\t")[2] for line in UCI.read_text(encoding="utf-8").split("\n") if line]


def _varied(text: str, turn: int) -> str:
    """The text of a later pass: long numbers end otherwise."""
    return _LONG_NUMBER.sub(lambda match: f"{match[0][:-3]}{(int(match[0][-3:]) + 37 * turn) % 1000:03}", text)


def _write(path: Path, rows: list[tuple[str, str]]) -> None:
    lines = (json.dumps({"id": ident, "text": text}, ensure_ascii=False) + "\n" for ident, text in rows)
    path.write_text("".join(lines), encoding="utf-8")
