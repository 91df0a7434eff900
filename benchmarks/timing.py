"""What one run of a command costs, with all processes that it starts."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measuring import ROOT


@dataclass(frozen=True, slots=True)
class Timed:
    """`largest_gib`: the peak of the largest process, not of all together."""

    seconds: float
    processor_seconds: float
    largest_gib: float


def timed(words: Sequence[str]) -> Timed:
    """Run a command once; it must end with status 0."""
    began = time.perf_counter()
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(words))
    return Timed(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20)
