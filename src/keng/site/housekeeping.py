"""What the clock asks for, whoever is at work: ends, reminders, notices, retention. Each is an action safe to repeat."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from django.db import InterfaceError, InternalError, OperationalError, close_old_connections

from keng.base import clock
from keng.base.errors import UnavailableError
from keng.desk.fraud.followup import actions as followup
from keng.desk.fraud.jurisdiction import actions as jurisdiction
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures import owners
from keng.desk.fraud.reports import pictures, repeats
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.keys.queries import store
from keng.desk.ground.signin import visits
from keng.desk.steering.retention import actions as retention
from keng.desk.steering.review import sums as review

AWAY = (OperationalError, InterfaceError, InternalError)
"""A database that went away, stopped us or has us wait for too long; InternalError is PostgreSQL's "idle for too long"."""

WITHOUT_WALLS_SECONDS = 30.0
CHORES: tuple[tuple[timedelta, Callable[[datetime], object]], ...] = (
    (timedelta(seconds=1), lambda now: measures.end_what_is_over(now=now)),
    (timedelta(seconds=1), lambda now: measures.remind_the_silent(now=now)),
    (timedelta(seconds=1), lambda now: measures.send_due_notices(now=now)),
    (timedelta(seconds=1), lambda now: jurisdiction.send_up_the_overdue(now=now)),
    (timedelta(seconds=1), lambda now: followup.post_due(now=now)),
    (timedelta(seconds=5), lambda now: followup.remind_the_silent(now=now)),
    (timedelta(seconds=1), lambda now: visits.end_what_is_over(now=now)),
    (timedelta(seconds=5), lambda now: review.keep_sums(now=now)),
    (timedelta(minutes=1), lambda now: owners.complete()),  # noqa: ARG005
    (timedelta(minutes=1), lambda now: retention.keep_house(now=now)),
    (timedelta(minutes=1), lambda now: gate.forget(store(), now=now)),
    (timedelta(minutes=1), lambda now: repeats.forget(now=now)),
)

logger = logging.getLogger(__name__)


class House:
    """Does each chore when it is due. A clock that was set back or far ahead makes all of them due.

    A fault of ours in one chore is told and holds up neither the others nor the messages: it is tried again when it is next due.
    """

    def __init__(self) -> None:
        self.done_at: list[datetime | None] = [None] * len(CHORES)

    def keep(self, now: datetime) -> None:
        """Do what is due."""
        for number, (every, chore) in enumerate(CHORES):
            last = self.done_at[number]
            if last is None or abs(now - last) >= every:
                self.done_at[number] = now
                self._do(chore, now)

    def _do(self, chore: Callable[[datetime], object], now: datetime) -> None:
        try:
            chore(now)
        except AWAY:
            raise
        except Exception:  # money is gone in minutes: no fault in a chore may keep an urgent hold from being sent
            logger.exception("a chore failed; the others go on")


def read_pictures(stop: Event, interval_seconds: float) -> None:
    """Have pictures read one after another, in a thread of their own: a stubborn one holds up no message."""
    while not stop.is_set():
        pause = interval_seconds
        try:
            claimed = pictures.claim(now=clock.now())
            if claimed:
                pictures.read(claimed, store(), now=clock.now())
                pause = 0
        except UnavailableError:
            logger.exception("pictures wait: the walls for reading them do not stand; see keng doctor")
            pause = WITHOUT_WALLS_SECONDS
        except AWAY:
            logger.exception("the database is away; trying again")
            close_old_connections()
        stop.wait(pause)
