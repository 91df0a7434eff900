"""Background tasks by real processes that are killed at random moments: each takes effect once, nothing is stuck."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.system.rehearsal import wait_for

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261122
TASKS = 200
KILLS = 16
GAP_SECONDS = (0.05, 1.2)
PAST_A_LEASE = timedelta(seconds=31)
SETTLED_WITHIN = 240  # seconds
POISON = {"trial.poison": {"killed"}, "trial.eats": {"memory", "killed"}}  # killed by us while it ate, too


class Installation:
    """A database of its own, a worker, and a clock that can be moved."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ahead = timedelta()
        home.mkdir()
        self.clock_file = home / "clock"
        self.environment = {
            **os.environ,
            "KENG_HOME": str(home),
            "KENG_DEMO": "1",
            "KENG_CLOCK_FILE": str(self.clock_file),
            "DJANGO_SETTINGS_MODULE": "tests.system.trial_settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }
        self.worker: subprocess.Popen[bytes] | None = None
        self.ask("from django.core.management import call_command; call_command('migrate', verbosity=0)")

    def ask(self, lines: str) -> str:
        """What these lines print in a process of this installation."""
        words = [sys.executable, "-c", f"import django; django.setup()\n{lines}"]
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def post(self, *kinds: str) -> None:
        """A task of each of these kinds, in lanes by turns."""
        self.ask(
            f"""
from django.db import transaction
from keng.base import clock
from keng.desk.ground.jobs import tasks
from keng.desk.ground.jobs.models import Lane
with transaction.atomic():
    for number, kind in enumerate({kinds!r}):
        tasks.post(kind=kind, key=f"{{kind}}:{{number}}", payload={{}}, lane=Lane(number % 4), now=clock.now())
"""
        )

    def tasks(self) -> list[dict[str, str]]:
        """Every task with the number of times that it took effect."""
        told = self.ask(
            """
import json
from keng.desk.ground.jobs.models import Task
from keng.desk.ground.ledger.models import Entry
from collections import Counter
effects = Counter(Entry.objects.filter(verb="trial.effect").values_list("subject", flat=True))
rows = Task.objects.values("id", "kind", "state", "reason", "tries")
print(json.dumps([{**row, "id": str(row["id"]), "effects": effects[f"task:{row['id']}"]} for row in rows]))
"""
        )
        return json.loads(told)

    def start_worker(self, *options: str) -> None:
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "keng.cli", "worker", *options], env=self.environment, cwd=ROOT
        )

    def hands(self) -> list[int]:
        """Process ids of the hands."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                ours = f"KENG_HOME={self.home}".encode() in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if ours and b"hand" in words:
                found.append(int(folder.name))
        return sorted(found)

    def pass_by(self, length: timedelta) -> None:
        self.ahead += length
        draft = self.clock_file.with_suffix(".draft")
        draft.write_text(str(self.ahead.total_seconds()), encoding="ascii")
        draft.replace(self.clock_file)

    def end(self) -> int:
        """SIGTERM; the exit status."""
        assert self.worker is not None
        self.worker.terminate()
        return self.worker.wait(30)


@pytest.fixture
def installation(tmp_path: Path):
    made = Installation(tmp_path / "home")
    yield made
    if made.worker is not None and made.worker.poll() is None:
        made.worker.kill()
        made.worker.wait()
    wait_for(lambda: made.hands() == [], "the hands end with their worker", 30)


def is_settled(installation: Installation) -> Callable[[], bool]:
    """Whether no task waits; each look lets the leases and pauses of the dead run out."""

    def look() -> bool:
        installation.pass_by(PAST_A_LEASE)
        return all(row["state"] != "waiting" for row in installation.tasks())

    return look


def test_killed_at_random_each_task_takes_effect_once_and_nothing_is_stuck(installation: Installation):
    sys.stdout.write(f"seed {SEED}\n")
    dice = random.Random(SEED)
    installation.post(*(["trial.effect"] * TASKS), *POISON)
    installation.start_worker("--memory", "300")
    struck = Counter()
    for _ in range(KILLS):
        time.sleep(dice.uniform(*GAP_SECONDS))  # not a wait for something: the moment is what the test varies
        hands = installation.hands()
        victim = dice.choice([installation.worker.pid, *hands])
        os.kill(victim, signal.SIGKILL)
        struck["hand" if victim in hands else "worker"] += 1
        if victim not in hands:
            installation.worker.wait()
            installation.start_worker("--memory", "300")
        installation.pass_by(PAST_A_LEASE)

    wait_for(is_settled(installation), "every task comes to an end", SETTLED_WITHIN)

    rows = installation.tasks()
    good = [row for row in rows if row["kind"] == "trial.effect"]
    assert {(row["state"], row["effects"]) for row in good} == {("done", 1)}
    assert len(good) == TASKS
    poison = [row for row in rows if row["kind"] in POISON]
    assert {(row["state"], row["effects"]) for row in poison} == {("quarantined", 0)}
    assert all(row["reason"] in POISON[row["kind"]] for row in poison)
    assert min(struck["hand"], struck["worker"]) > 0
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
