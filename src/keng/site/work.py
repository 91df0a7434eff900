"""The worker's loop. It only calls actions: killed at any moment, the next worker finds everything in the database."""

from __future__ import annotations

import logging
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Event
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, close_old_connections, transaction

from keng.base import clock
from keng.desk.fraud.jurisdiction import actions as jurisdiction
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures import answers
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import queries as partners
from keng.doors.partner.sending import Failed, send

HOUSEKEEPING_EVERY = timedelta(seconds=1)

logger = logging.getLogger(__name__)


class Worker:
    """Sends messages side by side. One partner takes up at most half of the threads, so a slow one holds up nobody else."""

    def __init__(self, *, threads: int) -> None:
        self.threads = threads
        self.most_for_one = max(threads // 2, 1)
        self.under_way: dict[Future[None], str] = {}
        self.housekeeping_at = clock.now() - HOUSEKEEPING_EVERY

    def run(self, stop: Event, *, interval_seconds: float) -> None:
        """Work until `stop` is set. Messages under way are finished first."""
        with ThreadPoolExecutor(self.threads, thread_name_prefix="send") as pool:
            while not stop.is_set():
                try:
                    claimed = self.work_once(pool)
                except OperationalError:
                    logger.exception("the database is away; trying again")
                    close_old_connections()
                    claimed = 0
                if not claimed:
                    self._rest(stop, interval_seconds)

    def work_once(self, pool: ThreadPoolExecutor) -> int:
        """Do what is due and start what can be sent. Returns how many messages were started."""
        now = clock.now()
        if abs(now - self.housekeeping_at) >= HOUSEKEEPING_EVERY:
            measures.end_what_is_over(now=now)
            measures.remind_the_silent(now=now)
            jurisdiction.send_up_the_overdue(now=now)
            self.housekeeping_at = now
        self.under_way = {future: to for future, to in self.under_way.items() if not future.done()}
        free = self.threads - len(self.under_way)
        if free == 0:
            return 0
        counts = Counter(self.under_way.values())
        crowded = [to for to, count in counts.items() if count >= self.most_for_one]
        claimed = jobs.claim(now, most=min(free, self.most_for_one), avoid=crowded)
        for message in claimed:
            self.under_way[pool.submit(_deliver, message)] = message.recipient
        return len(claimed)

    def _rest(self, stop: Event, seconds: float) -> None:
        """Wait a little, or less if a thread becomes free."""
        if len(self.under_way) >= self.threads:
            wait(self.under_way, timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            stop.wait(seconds)


def _deliver(claimed: jobs.Claimed) -> None:
    """Send one message and write down how it went."""
    try:
        outcome = _send(claimed)
        now = clock.now()
        if isinstance(outcome, Failed):
            jobs.mark_failed(claimed, outcome.why, permanent=outcome.permanent, now=now)
            return
        with transaction.atomic():
            if jobs.mark_sent(claimed, now=now):
                answers.note_delivered(UUID(claimed.subject.removeprefix("request:")), now=now)
    except OperationalError:
        logger.exception("could not write down how %s went; it will be sent again", claimed.id)
        close_old_connections()


def _send(claimed: jobs.Claimed) -> Failed | None:
    partner = partners.find_partner(claimed.recipient)
    if partner is None:
        return Failed("no such partner", permanent=True)
    now = clock.now()
    secret = store().partner_secrets(partner.pk, now)[0]
    return send(partner.address, secret, str(claimed.id), claimed.body, loopback_only=settings.KENG_DEMO, now=now)
