"""`keng link` against MinHash LSH of datasketch: how fast, and how right, sliced by how much the texts mutate."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, PEERS, ROOT, TIMES, WORK, per_second, run
from benchmarks.scams.make import write

REPORTS, JUDGED = 1_000_000, 20_000
SEED, HELD_OUT_SEED = 5, 977  # nothing was tuned on the second
SPEED_MUTATION = 0.2
MUTATIONS = (0.0, 0.1, 0.2, 0.3, 0.5)
TOOLS = ("keng link", "datasketch")


def measure() -> Section:
    folder = WORK / "linking"
    folder.mkdir(parents=True, exist_ok=True)
    reports = _made(folder, REPORTS, SEED, SPEED_MUTATION)
    speed: list[list[Cell]] = []
    for tool in TOOLS:
        taken = run(_words(tool, reports, folder / "linked.jsonl"), times=TIMES if tool == TOOLS[0] else 1)
        seconds = ", ".join(f"{one:.1f}" for one in taken.all_seconds)
        speed.append([tool, per_second(REPORTS, taken.seconds), seconds, f"{taken.load:.2f}"])
    right = [_judge(tool, mutation, folder) for mutation in MUTATIONS for tool in TOOLS]
    scores = ("mutation", "tool", "pairs P", "pairs R", "pairs F1", "B-cubed P", "B-cubed R", "B-cubed F1")
    return Section(
        "link",
        [
            Table((f"{REPORTS:,} reports, indicators given", "reports/s", "seconds (each run)", "load before"), speed),
            Table(scores, right),
        ],
        [" ".join(_words(tool, reports, Path("OUT"))).replace(f"{ROOT}/", "") for tool in TOOLS],
    )


def _made(folder: Path, count: int, seed: int, mutation: float) -> Path:
    """The reports, made once, with their truth beside them."""
    path = folder / f"{count}-{seed}-{mutation}.jsonl"
    if not path.exists():
        write(path.with_suffix(".draft"), path.with_suffix(".truth"), count, seed, mutation)
        path.with_suffix(".draft").replace(path)
    return path


def _words(tool: str, source: Path, target: Path) -> list[str]:
    if tool == "keng link":
        return [str(OURS / "keng"), "link", "-i", str(source), "-o", str(target)]
    return [str(PEERS), str(ROOT / "benchmarks" / "peers" / "link_datasketch.py"), str(source), str(target)]


def _judge(tool: str, mutation: float, folder: Path) -> list[Cell]:
    reports, target = _made(folder, JUDGED, HELD_OUT_SEED, mutation), folder / "judged.jsonl"
    run(_words(tool, reports, target), times=1)
    found, truth = _campaigns(target), _campaigns(reports.with_suffix(".truth"))
    shown = [f"{value:.4f}" for value in (*pairwise(found, truth), *b_cubed(found, truth))]
    return [f"{mutation}", tool, *shown]


def _campaigns(path: Path) -> dict[str, str]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["campaign"] for row in rows}


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
