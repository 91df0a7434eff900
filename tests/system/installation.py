"""An installation with a worker and nothing else: a database of its own, a clock that can be moved, the trial kinds of task."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

from keng.site.rehearsal.tables import sqlite_tables
from tests.system.behind import Row, read

ROOT = Path(__file__).resolve().parents[2]


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
        self.database = os.environ.get("KENG_DATABASE", "")
        if not self.database:
            shutil.copyfile(sqlite_tables(), home / "keng.sqlite")

    def stop_at_once(self) -> None:
        """SIGKILL the worker, if it runs."""
        if self.worker is not None and self.worker.poll() is None:
            self.worker.kill()
            self.worker.wait()

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
from keng.desk.ground.jobs.states import Lane
with transaction.atomic():
    for number, kind in enumerate({kinds!r}):
        tasks.post(kind=kind, key=f"{{kind}}:{{number}}", payload={{}}, lane=Lane(number % 4), now=clock.now())
"""
        )

    def rows(self, query: str) -> list[Row]:
        """Rows of its database, looked at from outside: a wait that started Django for each look would take a processor."""
        return read(self.home, self.database, query)

    def tasks(self) -> list[Row]:
        """Every task with the number of times that it took effect."""
        effects = Counter(
            row["subject"] for row in self.rows("SELECT subject FROM ledger_entry WHERE verb = 'trial.effect'")
        )
        rows = self.rows("SELECT id, kind, state, reason, tries FROM jobs_task")
        return [{**row, "effects": effects[f"task:{uuid.UUID(row['id'])}"]} for row in rows]

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
