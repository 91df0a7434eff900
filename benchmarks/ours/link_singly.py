"""One report after the other into a state: `python -m benchmarks.ours.link_singly STATE REPORTS`; prints milliseconds as JSON,
on the clock and of the processor: the first (which reads what is read on first use), the median, p99, the longest."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.measuring import percentile
from keng.base import lines
from keng.commands.link_input import read_report
from keng.engines.link import Linker, opened


def main() -> None:
    state, reports = map(Path, sys.argv[1:])
    with opened(state) as store:
        linker = Linker(store.load())
    clock, processor = [], []
    for line in reports.read_bytes().splitlines():
        began, used = time.perf_counter(), time.process_time()
        linker.add(read_report(lines.parse_row(line)))
        clock.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - used))
    print(json.dumps({"on the clock": _told(clock), "of the processor": _told(processor)}))


def _told(taken: list[float]) -> list[float]:
    rest = taken[1:]
    return [taken[0], percentile(rest, 0.5), percentile(rest, 0.99), max(rest)]


if __name__ == "__main__":
    main()
