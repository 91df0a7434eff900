"""Background tasks in processes of their own: a task that kills its process, or eats its memory, takes nothing else along.

`Hands` lives in the worker and starts a hand when a task is due; `Hand` is that process: one task at a time. So what was
under way in a hand that died is exactly one task, and the blame falls on it alone.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Collection
from datetime import datetime
from threading import Event, Thread, Timer

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from keng.base import clock
from keng.desk.ground.jobs import tasks
from keng.desk.ground.jobs.claims import LEASE
from keng.desk.ground.jobs.kinds import get_kind
from keng.desk.ground.jobs.states import Lane

STOP_WITHIN_SECONDS = 9.0
IDLE_SECONDS = 30.0  # then a hand ends, until it is needed again
LOOK_SECONDS = 0.2
STATUS_LEFT = 75  # EX_TEMPFAIL: what was under way is left to its lease

logger = logging.getLogger(__name__)


def lanes_of(index: int, count: int) -> tuple[Lane, ...]:
    """Which lanes a hand of several serves: the first never takes bulk work."""
    return tuple(lane for lane in Lane if index > 0 or count == 1 or lane != Lane.BULK)


class Hands:
    """The worker's hands: started when needed, at most `count`, each with its memory."""

    def __init__(self, count: int, *, memory_mib: int) -> None:
        self.count = count
        self.memory_mib = memory_mib
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def look(self, now: datetime) -> None:
        """Start a hand for what is due, if there is none for it."""
        self.running = {index: hand for index, hand in self.running.items() if hand.poll() is None}
        if len(self.running) == self.count:
            return
        due = tasks.lanes_due(now)
        for index in range(self.count):
            if index not in self.running and due & set(lanes_of(index, self.count)):
                self.running[index] = self._start(index)

    def stop(self) -> None:
        """Ask every hand to end, then make it."""
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        for hand in self.running.values():
            hand.terminate()
        for hand in self.running.values():
            try:
                hand.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                hand.kill()
                hand.wait()

    def _start(self, index: int) -> subprocess.Popen[bytes]:
        lanes = ",".join(str(lane.value) for lane in lanes_of(index, self.count))
        words = ["hand", "--lanes", lanes, "--memory", str(self.memory_mib), "--parent", str(os.getpid())]
        return subprocess.Popen([sys.executable, "-m", "keng.cli", *words])


class Hand:
    """Does one task after the other until there is none for a while."""

    def __init__(self, lanes: Collection[Lane]) -> None:
        self.lanes = lanes

    def run(self, stop: Event) -> None:
        """Work until `stop` is set, nothing was due for a while, or a task ate the memory."""
        Thread(target=_leave_when_late, args=(stop,), daemon=True).start()
        idle_since = time.monotonic()
        while not stop.is_set() and time.monotonic() - idle_since < IDLE_SECONDS:
            try:
                if self.work_once():
                    idle_since = time.monotonic()
                    continue
            except (DatabaseError, InterfaceError):
                logger.exception("the database is away; trying again")
                close_old_connections()
            except MemoryError:
                logger.exception("a task ate the memory; this hand ends")
                return
            stop.wait(LOOK_SECONDS)

    def work_once(self) -> bool:
        """Do the next task. False if none is due."""
        claimed = tasks.claim(clock.now(), lanes=self.lanes)
        if claimed is None:
            return False
        limit = Timer(get_kind(claimed.kind).longest.total_seconds(), os._exit, [STATUS_LEFT])
        limit.daemon = True
        limit.start()
        done = Event()
        Thread(target=_prolong, args=(claimed, done), daemon=True).start()
        try:
            tasks.do(claimed, clock.now)
        finally:
            done.set()
            limit.cancel()
        return True


def _prolong(claimed: tasks.ClaimedTask, done: Event) -> None:
    """Keep the lease while the task is under way. If it is lost, the task's own last look finds that out."""
    try:
        while not done.wait(LEASE.total_seconds() / 3):
            try:
                tasks.prolong(claimed, clock.now())
            except (DatabaseError, InterfaceError):
                logger.exception("could not prolong the lease of task %s", claimed.id)
                close_old_connections()
    finally:
        connection.close()


def _leave_when_late(stop: Event) -> None:
    """After a signal to stop, what does not end in time is left to its lease."""
    stop.wait()
    time.sleep(STOP_WITHIN_SECONDS - 1)
    os._exit(STATUS_LEFT)
