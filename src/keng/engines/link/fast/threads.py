"""Two threads for what compiled code does row by row: it needs no lock of Python's, and no row knows of another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from keng.base.parallel import usable_cores

PARTS = 16  # more than threads, so that none waits long for the last


def in_halves(work: Callable[[int, int], None], count: int) -> None:
    """`work(first, last)` for parts of range(count), on all cores."""
    cuts = [count * part // PARTS for part in range(PARTS + 1)]
    with ThreadPoolExecutor(usable_cores()) as threads:
        list(threads.map(lambda cut: work(*cut), pairwise(cuts)))
