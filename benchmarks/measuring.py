"""Running a command and taking its wall time, start-up included; and telling on what machine."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OURS = Path(sys.executable).parent
PEERS = ROOT / ".venv-bench" / "bin" / "python"
WORK = ROOT / "var" / "bench"  # on the disk of the project, not in memory
TIMES = int(os.environ.get("KENG_BENCH_TIMES", "3"))  # the median counts


@dataclass(frozen=True, slots=True)
class Run:
    """The runs of one command: median wall and processor time, all wall times, what it printed last, the load before.

    On a busy machine wall time tells of the neighbours; processor time, of all processes together, much less so.
    """

    seconds: float
    processor_seconds: float
    all_seconds: list[float]
    output: str
    load: float

    def json(self) -> Any:
        """The last line that was printed."""
        return json.loads(self.output.splitlines()[-1])


def run(
    words: Sequence[str | Path],
    *,
    cores: str | None = None,
    times: int = TIMES,
    environment: dict[str, str] | None = None,
) -> Run:
    """Run a command `times` times on these cores (a list for taskset; None: all); it must end with status 0."""
    command = [*(["taskset", "-c", cores] if cores else []), *map(str, words)]
    load, taken, processor, output = os.getloadavg()[0], [], [], ""
    for _ in range(times):
        began, used = time.perf_counter(), _processor_seconds()
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **(environment or {})}
        )
        taken.append(time.perf_counter() - began)
        processor.append(_processor_seconds() - used)
        output = done.stdout
    return Run(statistics.median(taken), statistics.median(processor), taken, output, load)


def spin_seconds() -> float:
    """How long a fixed loop takes: on a shared machine the cores themselves are now faster, now slower."""
    began, total = time.perf_counter(), 0
    for number in range(2_000_000):
        total += number & 7
    return time.perf_counter() - began


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "django": version("django"),
        "spin_seconds": [round(spin_seconds(), 3) for _ in range(3)],
        "load": round(os.getloadavg()[0], 2),
    }


def per_second(count: int, seconds: float) -> int:
    """A rate, rounded to three figures: more would only seem exact."""
    rate = count / seconds
    digits = max(len(str(int(rate))) - 3, 0)
    return round(rate / 10**digits) * 10**digits


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
