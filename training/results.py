"""`python -m training.results`: measure the shipped model on the judged and the held-out messages, and write down what came out.

The figures are kept in the repository; a test compares, so that a change of the model shows what it moved.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keng.engines.classify import Verdict, classify, shipped
from training.corpus import made_held_out

ROOT = Path(__file__).parents[1]
JUDGED = ROOT / "src" / "keng" / "engines" / "classify" / "tests" / "judged" / "messages.tsv"
KEPT = ROOT / "training" / "results.json"
SHIPPED = ROOT / "src" / "keng" / "engines" / "classify" / "data" / "measured.json"  # what stands beside a verdict
SEED = 7
LABELS = ("scam", "spam", "true")
HEADS = (
    "slice", "scam, spam, true", "scam found", "spam found", "true left alone", "true called scam",
    "trick right", "falls when blanked",
)  # fmt: skip

Slice = dict[str, object]


@dataclass(frozen=True, slots=True)
class Case:
    """A message, what it is, and the slices that it belongs to."""

    text: str
    sender: str | None
    label: str
    trick: str | None
    slices: tuple[str, ...]


def main() -> int:
    results = measure()
    KEPT.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    SHIPPED.write_text(json.dumps(beside_verdicts(results), indent=1) + "\n", "utf-8")
    print(as_tables(results))
    return 0


def measure() -> dict[str, object]:
    """Both sets, slice by slice."""
    return {"model": shipped().version, "judged": table(judged()), "held out": table(generated())}


def beside_verdicts(results: dict[str, Any]) -> dict[str, object]:
    """The figures that an officer sees beside a verdict of this model (`keng.engines.classify.measured`)."""
    row = results["judged"]["all"]
    return {
        "model": results["model"],
        "messages": sum(row["messages"].values()),
        "scam_found": row["right"]["scam"],
        "true_called_scam": row["true called scam"],
        "trick_right": row["trick right"],
    }


def judged() -> list[Case]:
    """The messages that were typed by hand before there was a model."""
    found = []
    for line in JUDGED.read_text("utf-8").splitlines():
        style, label, trick, sender, text = line.split("\t")
        found.append(Case(text.replace("\\n", "\n"), sender or None, label, trick or None, ("all", f"style {style}")))
    return found


def generated() -> list[Case]:
    """Messages of templates that were not learnt from."""
    return [
        Case(
            message.text,
            message.sender,
            message.label,
            message.trick,
            (
                "all",
                f"writing {message.writing}",
                f"region {message.region}",
                f"length {message.length}",
                f"language {'en' if message.english else 'vi'}",
                *((f"trick {message.trick}",) if message.trick else ()),
            ),
        )
        for message in made_held_out(SEED)
    ]


def table(cases: Iterable[Case]) -> dict[str, Slice]:
    """For each slice: how many of each label, the share of each that is called so, and how many scams have the right trick."""
    by_slice: dict[str, list[tuple[Case, Verdict]]] = {}
    for case in cases:
        verdict = classify(case.text, sender=case.sender)
        for name in case.slices:
            by_slice.setdefault(name, []).append((case, verdict))
    return {name: _slice(found) for name, found in sorted(by_slice.items())}


def blanked(text: str, verdict: Verdict) -> str:
    """A text with spaces in place of what the verdict's reasons name."""
    letters = list(text)
    for why in verdict.why:
        start, end = why.start or 0, len(text) if why.end is None else why.end
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def _slice(found: list[tuple[Case, Verdict]]) -> Slice:
    calls = Counter((case.label, called(verdict)) for case, verdict in found)
    sizes = {label: sum(case.label == label for case, _ in found) for label in LABELS}
    flagged = [(case, verdict) for case, verdict in found if verdict.trick]
    named = [verdict.trick == case.trick for case, verdict in flagged if case.trick]
    falls = [classify(blanked(case.text, verdict), sender=case.sender).scam < 0.5 for case, verdict in flagged]
    whole = sum(any(why.start is None for why in verdict.why) for _, verdict in flagged)
    return {
        "messages": sizes,
        "right": {label: _share(calls[label, label], sizes[label]) for label in LABELS},
        "true called scam": _share(calls["true", "scam"], sizes["true"]),
        "spam called scam": _share(calls["spam", "scam"], sizes["spam"]),
        "trick right": _share(sum(named), len(named)),
        "falls when blanked": _share(sum(falls), len(falls)),
        "whole message named": _share(whole, len(flagged)),
    }


def called(verdict: Verdict) -> str:
    return "scam" if verdict.scam >= 0.5 else "spam" if verdict.spam >= 0.5 else "true"


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def as_tables(results: dict[str, Any]) -> str:
    """The same for people, in Markdown."""
    written = []
    for name in ("judged", "held out"):
        slices = results[name]
        written.append(f"### {name}\n\n| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}")
        for slice_name, row in slices.items():
            sizes, right = row["messages"], row["right"]
            cells = [", ".join(str(sizes[label]) for label in LABELS), *(_percent(right[label]) for label in LABELS)]
            cells += [_percent(row[key]) for key in ("true called scam", "trick right", "falls when blanked")]
            written.append(f"| {slice_name} | {' | '.join(cells)} |")
        written.append("")
    return "\n".join(written)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


if __name__ == "__main__":
    sys.exit(main())
