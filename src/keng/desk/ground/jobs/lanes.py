"""What share of a worker each lane may take.

A lane starts something new only while it and the lanes below it use less than its ceiling. So a flood in one lane always
leaves threads for the lanes above it, and bulk work has at most a quarter of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from keng.desk.ground.jobs.states import Lane

CEILINGS = {Lane.URGENT: 1.0, Lane.CITIZEN: 7 / 8, Lane.ROUTINE: 3 / 4, Lane.BULK: 1 / 4}


def ceiling(lane: Lane, threads: int) -> int:
    """How many of the threads this lane and those below it may use; one at least."""
    return max(int(threads * CEILINGS[lane]), 1)


def room(lane: Lane, threads: int, in_use: Mapping[Lane, int]) -> int:
    """How many more threads the lane may take now, given how many each lane uses."""
    free = threads - sum(in_use.values())
    from_here = sum(count for other, count in in_use.items() if other >= lane)
    return max(min(ceiling(lane, threads) - from_here, free), 0)
