"""Writing down how messages went: whatever has ended meanwhile, in one transaction."""

from __future__ import annotations

import logging
import time
from queue import Empty, SimpleQueue
from threading import Thread
from uuid import UUID

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction

from keng.desk.fraud.followup import actions as followup
from keng.desk.fraud.measures import answers
from keng.desk.ground.jobs import actions as jobs

MOST_AT_ONCE = 500
LONGEST_TURN_SECONDS = 0.1

logger = logging.getLogger(__name__)


class Outcomes:
    """A thread that writes. While it writes, the next outcomes gather: the busier, the more share one commit."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[jobs.Outcome | None] = SimpleQueue()
        self._thread = Thread(target=self._write, name="outcomes", daemon=True)

    def __enter__(self) -> Outcomes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Everything that was told before is written."""
        self._waiting.put(None)
        self._thread.join()

    def tell(self, outcome: jobs.Outcome) -> None:
        self._waiting.put(outcome)

    def _write(self) -> None:
        try:
            while some := self._gather():
                began = time.monotonic()
                self._write_some([one for one in some if one is not None])
                if (
                    connection.vendor == "sqlite"
                ):  # one writer at a time there, and no queue: leave the others their turn
                    time.sleep(min(time.monotonic() - began, LONGEST_TURN_SECONDS))
                if some[-1] is None:
                    return
        finally:
            connection.close()

    def _gather(self) -> list[jobs.Outcome | None]:
        some = [self._waiting.get()]
        try:
            while some[-1] is not None and len(some) < MOST_AT_ONCE:
                some.append(self._waiting.get_nowait())
        except Empty:
            pass
        return some

    def _write_some(self, outcomes: list[jobs.Outcome]) -> None:
        try:
            write_down(outcomes)
        except (DatabaseError, InterfaceError):
            logger.exception("could not write down how %d messages went; they will be sent again", len(outcomes))
            close_old_connections()


@transaction.atomic
def write_down(outcomes: list[jobs.Outcome]) -> None:
    """How these messages went, and what that means for the requests and orders that they were about."""
    arrived = jobs.write_down(outcomes)
    requests = [UUID(one.subject.removeprefix("request:")) for one in arrived if one.subject.startswith("request:")]
    if requests:
        answers.note_all_delivered(requests, now=max(one.at for one in outcomes))
    letters = [UUID(one.subject.removeprefix("letter:")) for one in arrived if one.subject.startswith("letter:")]
    if letters:
        followup.note_delivered(letters, now=max(one.at for one in outcomes))
