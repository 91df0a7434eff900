"""Linking as reports arrive: one process for the whole installation, which the worker starts and starts again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from django.db import close_old_connections, connection

from keng.base import clock
from keng.desk.fraud.campaigns.linking import Linking
from keng.desk.fraud.campaigns.models import State
from keng.desk.ground.keys import KeyStore
from keng.engines.link import BrokenStateError, opened
from keng.site.housekeeping import AWAY

FOLDER = "linking"
SETTLE_AT_LEAST_SECONDS = 5.0  # between two times that everything is decided anew because nothing came meanwhile
SETTLE_SHARE = 20  # and so many times as long as the last one took
FORGET_EVERY = timedelta(days=1)
BUSY_SECONDS = 1.0  # until another process's state is looked for again
LONGEST_WAIT_SECONDS = 30.0
ADVISORY_LOCK = 0x4B_C9_4C_4B  # one number for the whole database

logger = logging.getLogger(__name__)


class Linker:
    """Places reports until it is stopped. Whatever goes wrong, it takes the state up anew and goes on."""

    def __init__(self, home: Path, keys: Callable[[], KeyStore], *, interval_seconds: float = 0.5) -> None:
        self.folder = home / FOLDER
        self.keys = keys
        self.interval_seconds = interval_seconds
        self.settle_from = 0.0

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; a database or a key that is away, or another process at work, is waited for."""
        wait = BUSY_SECONDS
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._work(stop)
            except AWAY:
                logger.exception("the database is away; trying again")
            except Exception:  # a fault of ours: what waits is tried again, and reports go on being received
                logger.exception("linking failed; trying again in %.0f s", wait)
            close_old_connections()
            worked_long = time.monotonic() - began > LONGEST_WAIT_SECONDS
            wait = BUSY_SECONDS if worked_long else min(2 * wait, LONGEST_WAIT_SECONDS)
            stop.wait(wait)

    def _work(self, stop: Event) -> None:
        try:
            with opened(self.folder) as store:
                while not stop.is_set() and not _is_alone():
                    stop.wait(BUSY_SECONDS)
                linking = Linking(store, self.folder, self.keys())
                linking.open(now=clock.now())
                while not stop.is_set():
                    if not linking.step(now=clock.now()):
                        self._rest(linking)
                        stop.wait(self.interval_seconds)
        except BrokenStateError as problem:
            logger.warning("%s; waiting", problem)

    def _rest(self, linking: Linking) -> None:
        """What is done when nothing waits."""
        now = clock.now()
        began = time.monotonic()
        if began >= self.settle_from and linking.settle(now=now):
            lasted = time.monotonic() - began
            self.settle_from = time.monotonic() + max(SETTLE_AT_LEAST_SECONDS, SETTLE_SHARE * lasted)
        elif is_forgetting_due(now):
            linking.forget_erased(now=now)


def is_forgetting_due(now: datetime) -> bool:
    """Whether the state knows reports that were erased, and was not made anew without them for a day."""
    state = State.objects.filter(pk=1).first()
    return bool(state and state.erased and (state.rebuilt_at is None or abs(now - state.rebuilt_at) >= FORGET_EVERY))


def _is_alone() -> bool:
    """Whether no other machine links for this database; PostgreSQL lets the lock go when our connection ends."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
        return bool(cursor.fetchone()[0])
