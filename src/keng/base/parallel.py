"""One function over many blocks on several cores, the results in the order of the blocks: the same whatever the number.

Invariant: workers share nothing. Each is a process that gets a block and sends back what the function made of it. They
end with the process that started them, however it ends, and leave an interrupt to it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar

OBJECTS_BETWEEN_COLLECTIONS = 50_000  # in a worker: what a block leaves behind is freed without a collection
BLOCKS_AHEAD = 3  # for each worker, so that none waits for its next block and memory stays bounded

Block = TypeVar("Block")
Result = TypeVar("Result")


class WorkerDiedError(Exception):
    """A worker was killed, or fell, before it gave its result."""


def usable_cores() -> int:
    """How many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_threads(function: Callable[[Block], Result], blocks: Sequence[Block]) -> list[Result]:
    """`function` of each block, in order, on all cores: for what mostly leaves Python's lock alone, as large arrays do."""
    if len(blocks) < 2 or usable_cores() < 2:
        return [*map(function, blocks)]
    from concurrent.futures import ThreadPoolExecutor  # as below

    with ThreadPoolExecutor(usable_cores()) as threads:
        return [*threads.map(function, blocks)]


def map_in_order(
    function: Callable[[Block], Result], blocks: Iterable[Block], workers: int
) -> Generator[Result, None, None]:
    """`function` of each block, in order. What it raises is raised here, at that block's turn.

    The first block is done here: so little input starts no process, and workers that are copies of this process (fork)
    have the function's tables already. `function` and blocks must be picklable. WorkerDiedError if a worker is killed.
    """
    remaining = iter(blocks)
    for block in islice(remaining, 1):
        yield function(block)
    second = list(islice(remaining, 1))
    if workers < 2 or not second:
        yield from map(function, second)
        yield from map(function, remaining)
        return
    yield from _map_in_processes(function, chain(second, remaining), workers)


def _map_in_processes(
    function: Callable[[Block], Result], remaining: Iterator[Block], workers: int
) -> Generator[Result, None, None]:
    from concurrent.futures import ProcessPoolExecutor  # not wanted where one process is enough: takes 30 ms
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # Copies of this process where the system makes them safely; elsewhere fresh ones, which start more slowly.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker)
    try:
        first_ones = islice(remaining, workers * BLOCKS_AHEAD)
        waiting = deque(executor.submit(function, block) for block in first_ones)
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(executor.submit(function, block) for block in islice(remaining, 1))
            yield result
    except BrokenProcessPool as problem:
        raise WorkerDiedError from problem
    finally:
        executor.shutdown(cancel_futures=True)


def _prepare_worker() -> None:
    gc.freeze()  # tables that came with the process are never garbage: going through them again and again cost a tenth
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
