"""SIGKILL at random moments. What dies is started again by the demo's own supervisor."""

from __future__ import annotations

import os
import random
import signal
import time
from itertools import cycle

from tests.system.crowd import BANKS, Crowd
from tests.system.rehearsal import Rehearsal, wait_for

SHARES = {"serve": 30, "worker": 30, "sequencer": 15, "robot": 25}  # of a hundred kills
AIMS = {"serve": ("report", "report", "button", "button", None), "robot": ("button", "button", None)}
"""Of each kind's kills in turn: what is under way then. None: whatever. A bank hears of a button a moment later."""
PARTS_OF_SERVER = (slice(0, 1), slice(1, None), slice(0, None))  # granian's parent, what it started, all
GAP_SECONDS = (0.2, 2.0)
GAP_BEFORE_AIMING = (0.2, 1.2)  # from when the server answers: else a slow machine would never finish anything
RUNNING_WITHIN = 60  # seconds
LEAST_KILLS = 20  # below it the shares are no whole numbers


def kills_of(total: int) -> dict[str, int]:
    """How many kills of each kind; `total` is a multiple of LEAST_KILLS."""
    assert total > 0 and total % LEAST_KILLS == 0, f"kills come in {LEAST_KILLS}s"
    return {kind: share * total // 100 for kind, share in SHARES.items()}


def kill_at_random(crowd: Crowd, total: int, dice: random.Random) -> None:
    """Kill running processes at random moments, each kind as often as its share says, in an order of chance.

    Most kills of the server and of banks come while a request of the crowd is under way, at a random moment of the time
    that such a request takes: a request lasts so short that blind chance would seldom meet one.
    """
    kinds = [kind for kind, times in kills_of(total).items() for _ in range(times)]
    dice.shuffle(kinds)
    aims = {kind: cycle(AIMS.get(kind, (None,))) for kind in SHARES}
    for kind in kinds:
        aim, pick = next(aims[kind]), dice.random()
        if aim:
            strike_request(crowd, kind, aim, pick, dice)
        else:
            time.sleep(dice.uniform(*GAP_SECONDS))  # not a wait for something: the moment is what the test varies
            wait_for(lambda kind=kind, pick=pick: strike(crowd.rehearsal, kind, pick), f"{kind} runs", RUNNING_WITHIN)


def strike_request(crowd: Crowd, kind: str, what: str, pick: float, dice: random.Random) -> None:
    """Kill while the crowd waits for an answer to `what`; of the server all that answer, with or without their parent."""
    wait_for(crowd.is_answered, "the server answers", RUNNING_WITHIN)
    time.sleep(dice.uniform(*GAP_BEFORE_AIMING))
    victims = wait_for(lambda: victims_of(crowd.rehearsal, kind, pick), f"{kind} runs", RUNNING_WITHIN)
    if kind == "serve":
        server = wait_for(lambda: server_of(crowd.rehearsal), "the server runs", RUNNING_WITHIN)
        victims = server[1:] if pick < 0.5 else server
    lasts = crowd.wait_until_under_way(what, RUNNING_WITHIN)
    time.sleep(dice.uniform(0, lasts))
    kill(victims)


def strike(rehearsal: Rehearsal, kind: str, pick: float) -> bool:
    """Kill one process of that kind, or a part of the server's. False if there is none just now."""
    return kill(victims_of(rehearsal, kind, pick))


def kill(victims: list[int]) -> bool:
    """SIGKILL each. False if there is none, or the first was gone before."""
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
    if kind != "serve":
        return rehearsal.children().get(kind, [])[:1]
    return server_of(rehearsal)[PARTS_OF_SERVER[int(pick * len(PARTS_OF_SERVER))]]


def server_of(rehearsal: Rehearsal) -> list[int]:
    """The server's parent, then the processes that answer for it; none unless both are there."""
    running = rehearsal.children().get("serve", [])
    return running if len(running) > 1 else []
