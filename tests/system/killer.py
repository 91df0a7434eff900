"""SIGKILL at random moments. What dies is started again by the demo's own supervisor."""

from __future__ import annotations

import os
import random
import signal
import time

from tests.system.crowd import BANKS
from tests.system.rehearsal import Rehearsal, wait_for

KINDS = {"serve": 30, "worker": 30, "sequencer": 15, "robot": 25}  # kills of each, in an order of chance
PARTS_OF_SERVER = ((0,), (1,), (0, 1))  # granian's parent, its child, both
GAP_SECONDS = (0.2, 2.4)
RUNNING_WITHIN = 30  # seconds


def kill_at_random(rehearsal: Rehearsal, dice: random.Random) -> None:
    """Kill running processes at random moments, each kind as often as `KINDS` says."""
    kinds = [kind for kind, times in KINDS.items() for _ in range(times)]
    dice.shuffle(kinds)
    for kind in kinds:
        time.sleep(dice.uniform(*GAP_SECONDS))  # not a wait for something: the moment is what the test varies
        pick = dice.random()
        wait_for(lambda kind=kind, pick=pick: strike(rehearsal, kind, pick), f"{kind} runs", RUNNING_WITHIN)


def strike(rehearsal: Rehearsal, kind: str, pick: float) -> bool:
    """Kill one process of that kind, or one or both of the server's two. False if there is none just now."""
    victims = victims_of(rehearsal, kind, pick)
    for pid in victims:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return pid != victims[0]
    return bool(victims)


def victims_of(rehearsal: Rehearsal, kind: str, pick: float) -> list[int]:
    """Whom to kill; `pick` in 0..1 chooses among several."""
    if kind == "robot":
        robots = rehearsal.robots()
        bank = BANKS[int(pick * len(BANKS))]
        return [robots[bank]] if bank in robots else []
    running = rehearsal.children().get(kind, [])
    if kind != "serve":
        return running[:1]
    if len(running) < 2:
        return []
    return [running[part] for part in PARTS_OF_SERVER[int(pick * len(PARTS_OF_SERVER))]]
