"""Background tasks by real processes that are killed at random moments: each takes effect once, nothing is stuck."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.system.installation import Installation
from tests.system.rehearsal import wait_for

SEED = 20261122
TASKS = 400
BLOWS = {"hand": 8, "worker": 6}
GAP_SECONDS = (0.05, 0.6)
PAST_A_LEASE = timedelta(seconds=31)
SETTLED_WITHIN = 240  # seconds
POISON = {"trial.poison": {"killed"}, "trial.eats": {"memory", "killed"}}  # killed by us while it ate, too


@pytest.fixture
def installation(tmp_path: Path):
    made = Installation(tmp_path / "home")
    yield made
    made.stop_at_once()
    wait_for(lambda: made.hands() == [], "the hands end with their worker", 30)


def strike_a_hand(installation: Installation, dice: random.Random) -> bool:
    """SIGKILL one hand that has begun to work. False if there is none just now."""
    hands = [pid for pid in installation.hands() if (installation.home / f"at-work-{pid}").exists()]
    if not hands:
        return False
    try:
        os.kill(dice.choice(hands), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def is_settled(installation: Installation) -> Callable[[], bool]:
    """Whether no task waits; each look lets the leases and pauses of the dead run out."""

    def look() -> bool:
        installation.pass_by(PAST_A_LEASE)
        return all(row["state"] != "waiting" for row in installation.tasks())

    return look


@pytest.mark.soak  # it kills hands for minutes: `make soak`
def test_killed_at_random_each_task_takes_effect_once_and_nothing_is_stuck(installation: Installation):
    sys.stdout.write(f"seed {SEED}\n")
    dice = random.Random(SEED)
    installation.post(*(["trial.effect"] * TASKS), *POISON)
    installation.start_worker("--memory", "300")
    struck = Counter()
    blows = [what for what, times in BLOWS.items() for _ in range(times)]
    dice.shuffle(blows)
    for what in blows:
        time.sleep(dice.uniform(*GAP_SECONDS))  # not a wait for something: the moment is what the test varies
        if what == "worker":
            installation.stop_at_once()
            installation.start_worker("--memory", "300")
        else:
            wait_for(partial(strike_a_hand, installation, dice), "a hand is at work", 60)
        struck[what] += 1
        installation.pass_by(PAST_A_LEASE)

    wait_for(is_settled(installation), "every task comes to an end", SETTLED_WITHIN)

    rows = installation.tasks()
    good = [row for row in rows if row["kind"] == "trial.effect"]
    assert {(row["state"], row["effects"]) for row in good} == {("done", 1)}
    assert len(good) == TASKS
    poison = [row for row in rows if row["kind"] in POISON]
    assert {(row["state"], row["effects"]) for row in poison} == {("quarantined", 0)}
    assert all(row["reason"] in POISON[row["kind"]] for row in poison)
    assert struck == BLOWS
    assert any(row["tries"] > 1 for row in good), "no kill struck work"
    assert installation.end() == 0


def test_a_worker_that_is_told_to_end_leaves_a_long_task_to_its_lease(installation: Installation):
    installation.post("trial.endless")
    installation.start_worker()
    wait_for(lambda: [row["tries"] for row in installation.tasks()] == [1], "the task is begun", 30)

    began = time.monotonic()
    assert installation.end() == 0

    assert time.monotonic() - began < 11
    assert [(row["state"], row["effects"]) for row in installation.tasks()] == [("waiting", 0)]
