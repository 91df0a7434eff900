"""`keng link` against MinHash LSH of datasketch: how fast, and how right, sliced by how much the texts mutate.

`link` takes some minutes with a hundred thousand reports; `link-million` the whole million and one report into it, and takes
datasketch alone a quarter of an hour; `link-hub` the million with a number that all of them have.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, PEERS, ROOT, WORK, per_second
from benchmarks.scams.make import write
from benchmarks.timing import Timed, timed

MANY, MILLION, JUDGED, SINGLE = 100_000, 1_000_000, 20_000, 1_000
SEED, HELD_OUT_SEED = 5, 3011  # nothing was tuned on the second
SPEED_MUTATION = 0.2
MUTATIONS = (0.0, 0.1, 0.2, 0.3, 0.5)
HUB = {"kind": "phone", "value": "+84900000001"}
TOOLS = ("keng link", "datasketch")
SHUFFLED = "--shuffled"
COST = ("reports/s", "seconds", "processor seconds", "largest process, GiB", "load before")


def measure() -> Section:
    """A hundred thousand, and how right on the seed that judges."""
    reports = _made(MANY, SEED, SPEED_MUTATION)
    speed = [_cost(tool, reports, MANY) for tool in TOOLS]
    right = [_judge(TOOLS[0], mutation) for mutation in MUTATIONS]
    right.append(_judge(TOOLS[1], SPEED_MUTATION))
    scores = ("mutation", "tool", "pairs P", "pairs R", "pairs F1", "B-cubed P", "B-cubed R", "B-cubed F1")
    tables = [Table((f"{MANY:,} reports, indicators given", *COST), speed), Table(scores, right)]
    return Section("link", tables, [_shown(tool, reports) for tool in TOOLS])


def measure_million() -> Section:
    """The whole million, one report into a million, and datasketch."""
    reports = _made(MILLION, SEED, SPEED_MUTATION)
    speed = [_cost(TOOLS[0], reports, MILLION)]
    found = [_score(TOOLS[0], reports, reports)]
    single = _enter_singly(reports)
    if PEERS.exists():
        speed.append(_cost(TOOLS[1], reports, MILLION))
    tables = [
        Table((f"{MILLION:,} reports, indicators given", *COST), speed),
        Table((f"{MILLION:,} reports", "pairs P", "pairs R", "pairs F1"), found),
        Table((f"one report into {MILLION - SINGLE:,}", "first ms", "p50 ms", "p99 ms", "longest ms"), single),
    ]
    return Section("link-million", tables, [_shown(tool, reports) for tool in TOOLS])


def measure_hub() -> Section:
    """The million again, each report with one number more, the same in all."""
    reports = _made(MILLION, SEED, SPEED_MUTATION)
    hub = _with_hub(reports)
    speed = _cost(TOOLS[0], hub, MILLION)
    found = _score(TOOLS[0], reports, hub)
    name = f"{MILLION:,} reports, one number in all of them"
    tables = [Table((name, *COST), [speed]), Table((name, "pairs P", "pairs R", "pairs F1"), [found])]
    return Section("link-hub", tables, [_shown(TOOLS[0], hub)])


def _folder() -> Path:
    folder = WORK / "linking"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _made(count: int, seed: int, mutation: float) -> Path:
    """The reports, made once, with their truth beside them."""
    path = _folder() / f"{count}-{seed}-{mutation}.jsonl"
    if not path.exists():
        write(path.with_suffix(".draft"), path.with_suffix(".truth"), count, seed, mutation)
        path.with_suffix(".draft").replace(path)
    return path


def _with_hub(reports: Path) -> Path:
    """The same reports, each with one value more: the same in all."""
    path = reports.with_suffix(".hub.jsonl")
    if not path.exists():
        draft = path.with_suffix(".draft")
        with reports.open(encoding="utf-8") as source, draft.open("w", encoding="utf-8") as target:
            for line in source:
                row = json.loads(line)
                row["indicators"].append(HUB)
                target.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        draft.replace(path)
    return path


def _with_shuffled_times(reports: Path) -> Path:
    """The same reports, each at the time of another: when they came says nothing."""
    path = reports.with_suffix(".shuffled.jsonl")
    rows = [json.loads(line) for line in reports.read_text(encoding="utf-8").splitlines()]
    times = [row["at"] for row in rows]
    random.Random(SEED).shuffle(times)
    told = (json.dumps({**row, "at": at}, ensure_ascii=False) for row, at in zip(rows, times, strict=True))
    path.write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    shutil.copyfile(reports.with_suffix(".truth"), path.with_suffix(".truth"))
    return path


def _words(tool: str, source: Path, target: Path) -> list[str]:
    if tool == TOOLS[0]:
        return [str(OURS / "keng"), "link", "-i", str(source), "-o", str(target)]
    return [str(PEERS), str(ROOT / "benchmarks" / "peers" / "link_datasketch.py"), str(source), str(target)]


def _shown(tool: str, reports: Path) -> str:
    return " ".join(_words(tool, reports, Path("OUT"))).replace(f"{ROOT}/", "")


def _target(source: Path, tool: str) -> Path:
    return source.with_suffix(f".{tool.split()[-1]}.out")


def _cost(tool: str, source: Path, count: int) -> list[Cell]:
    load = os.getloadavg()[0]
    taken = timed(_words(tool, source, _target(source, tool)))
    return [tool, per_second(count, taken.seconds), *_figures(taken), f"{load:.1f}"]


def _figures(taken: Timed) -> list[Cell]:
    return [f"{taken.seconds:.1f}", f"{taken.processor_seconds:.1f}", f"{taken.largest_gib:.2f}"]


def _score(name: str, reports: Path, linked: Path) -> list[Cell]:
    found, truth = _campaigns(_target(linked, TOOLS[0])), _campaigns(reports.with_suffix(".truth"))
    return [name, *(f"{value:.4f}" for value in pairwise(found, truth))]


def _enter_singly(reports: Path) -> list[list[Cell]]:
    """All but the last reports into a state, then those one at a time, in a process of their own."""
    state, most, rest = _folder() / "state", reports.with_suffix(".most.jsonl"), reports.with_suffix(".rest.jsonl")
    shutil.rmtree(state, ignore_errors=True)
    lines = reports.read_bytes().splitlines(keepends=True)
    most.write_bytes(b"".join(lines[:-SINGLE]))
    rest.write_bytes(b"".join(lines[-SINGLE:]))
    del lines
    timed([*_words(TOOLS[0], most, _target(most, TOOLS[0])), "--state", str(state)])
    words = [sys.executable, "-m", "benchmarks.ours.link_singly", str(state), str(rest)]
    told = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return [[name, *(f"{value:.1f}" for value in values)] for name, values in json.loads(told).items()]


def main(words: list[str]) -> None:
    """How right on another seed: `python -m benchmarks.linking [--shuffled] COUNT SEED MUTATION...`. Nothing is kept."""
    shuffled = words[0] == SHUFFLED
    count, seed, *mutations = words[shuffled:]
    for mutation in mutations:
        print(*_judge(TOOLS[0], float(mutation), int(count), int(seed), shuffled=shuffled))


def _judge(
    tool: str, mutation: float, count: int = JUDGED, seed: int = HELD_OUT_SEED, *, shuffled: bool = False
) -> list[Cell]:
    reports = _made(count, seed, mutation)
    reports = _with_shuffled_times(reports) if shuffled else reports
    timed(_words(tool, reports, _target(reports, tool)))
    found, truth = _campaigns(_target(reports, tool)), _campaigns(reports.with_suffix(".truth"))
    shown = [f"{value:.4f}" for value in (*pairwise(found, truth), *b_cubed(found, truth))]
    return [f"{mutation}", tool, *shown]


def _campaigns(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8") as source:
        return {row["id"]: row["campaign"] for row in map(json.loads, source)}


def pairwise(found: dict[str, str], truth: dict[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs of reports that stand in one campaign."""
    together = _pairs(Counter((found[ident], truth[ident]) for ident in truth))
    return _with_f1(
        together / max(_pairs(Counter(found.values())), 1), together / max(_pairs(Counter(truth.values())), 1)
    )


def b_cubed(found: dict[str, str], truth: dict[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the campaign that each report sees around it (Bagga and Baldwin 1998)."""
    both = Counter((found[ident], truth[ident]) for ident in truth)
    sizes, true_sizes = Counter(found.values()), Counter(truth.values())
    precision = sum(count * count / sizes[one] for (one, _), count in both.items()) / len(truth)
    recall = sum(count * count / true_sizes[one] for (_, one), count in both.items()) / len(truth)
    return _with_f1(precision, recall)


def _pairs(counts: Counter) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


def _with_f1(precision: float, recall: float) -> tuple[float, float, float]:
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


if __name__ == "__main__":
    main(sys.argv[1:])
