"""`keng extract` against ioc-finder and iocextract: how fast, and how much of what all three look for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Section, Table
from benchmarks.inputs import MESSAGES, SLICE, Inputs, make_inputs
from benchmarks.measuring import OURS, PEERS, ROOT, WORK, per_second, run
from keng.base import indicators

ONE_CORE, TWO_CORES = "0", "0,1"
COMMON = ("url", "domain", "email")
PROFILES = re.compile(r"(?:\w+\.)?(?:facebook\.com|fb\.com|zalo\.me|t\.me|tiktok\.com|youtube\.com|instagram\.com)")
TOOLS = ("keng extract", "ioc-finder", "iocextract")


def measure() -> Section:
    inputs = make_inputs()
    commands = {name: command_of(name) for name in TOOLS}
    fast = [_rate(name, commands[name], inputs) for name in TOOLS]
    whole = [_whole(cores, inputs) for cores in (ONE_CORE, TWO_CORES)]
    found = [_found(name, commands[name], inputs) for name in TOOLS]
    shown = [" ".join(_words(commands[name], inputs.slice, Path("OUT"))) for name in TOOLS]
    return Section(
        "reading",
        [
            Table(
                ("100,000 messages", "messages/s", "a second of processor time", "seconds (each run)", "load before"),
                whole,
            ),
            Table(
                (
                    f"{SLICE:,} of them, one core",
                    "messages/s",
                    "a second of processor time",
                    "seconds (each run)",
                    "load before",
                ),
                fast,
            ),
            Table(("reports with known truth", "in the truth", "found", "found, %", "given, not in the truth"), found),
        ],
        [line.replace(f"{ROOT}/", "") for line in shown],
    )


def command_of(name: str) -> Callable[[Path, Path], list[str]]:
    """The words of a tool's command for an input and an output file."""
    if name == "keng extract":
        return lambda source, target: [str(OURS / "keng"), "extract", "-i", str(source), "-o", str(target)]
    script = ROOT / "benchmarks" / "peers" / f"read_{name.replace('-', '_')}.py"
    return lambda source, target: [str(PEERS), str(script), str(source), str(target)]


def _words(command: Callable[[Path, Path], list[str]], source: Path, target: Path) -> list[str]:
    return ["taskset", "-c", ONE_CORE, *command(source, target)]


def _rate(name: str, command: Callable[[Path, Path], list[str]], inputs: Inputs) -> list[str | int]:
    taken = run(command(inputs.slice, WORK / "found.jsonl"), cores=ONE_CORE)
    return [
        name,
        per_second(SLICE, taken.seconds),
        per_second(SLICE, taken.processor_seconds),
        _seconds(taken.all_seconds),
        f"{taken.load:.2f}",
    ]


def _whole(cores: str, inputs: Inputs) -> list[str | int]:
    taken = run(command_of("keng extract")(inputs.messages, WORK / "found.jsonl"), cores=cores)
    what = "keng extract, one core" if cores == ONE_CORE else "keng extract, two cores"
    return [
        what,
        per_second(MESSAGES, taken.seconds),
        per_second(MESSAGES, taken.processor_seconds),
        _seconds(taken.all_seconds),
        f"{taken.load:.2f}",
    ]


def _found(name: str, command: Callable[[Path, Path], list[str]], inputs: Inputs) -> list[str | int | float]:
    target = WORK / "found.jsonl"
    run(command(inputs.reports, target), times=1)
    truth, given = _by_id(inputs.truth), _by_id(target)
    due = sum(len(values) for values in truth.values())
    right = sum(len(values & given.get(ident, set())) for ident, values in truth.items())
    wrong = sum(len(values - truth.get(ident, set())) for ident, values in given.items())
    return [name, due, right, round(100 * right / due, 1), wrong]


def _by_id(path: Path) -> dict[str, set[tuple[str, str]]]:
    """What a file names of the common kinds, in the one form of ours. A link counts as its host too, for every tool.

    Links to profiles are left out on all sides: by our contract they are `social` and neither url nor domain.
    """
    found: dict[str, set[tuple[str, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        values = found.setdefault(row["id"], set())
        for one in row["indicators"]:
            if one["kind"] in COMMON:
                values.update(_canonical(one["kind"], one["value"]))
    return found


def _canonical(kind: str, value: str) -> set[tuple[str, str]]:
    if kind == "url":
        url = indicators.url(value)
        host = indicators.domain(url.split("/")[2].rpartition("@")[2].partition(":")[0]) if url else None
        pairs = {(name, found) for name, found in (("url", url), ("domain", host)) if found}
        return set() if host and PROFILES.fullmatch(host) else pairs
    found = {"domain": indicators.domain, "email": indicators.email}[kind](value)
    return {(kind, found)} if found and not PROFILES.fullmatch(found) else set()


def _seconds(all_seconds: list[float]) -> str:
    return ", ".join(f"{seconds:.2f}" for seconds in all_seconds)
