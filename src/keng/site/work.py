"""The worker's loop. It only calls actions: killed at any moment, the next worker finds everything in the database."""

from __future__ import annotations

import logging
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Event, Thread

from django.conf import settings
from django.db import close_old_connections, transaction

from keng.base import clock
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.jobs.claims import Line
from keng.desk.ground.jobs.lanes import room
from keng.desk.ground.jobs.states import Lane, Reason
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import queries as partners
from keng.doors.partner.sending import Failed, Sender
from keng.site.companion import Companion
from keng.site.hands import Hands
from keng.site.housekeeping import AWAY, House, read_pictures
from keng.site.outcomes import Outcomes

LOOK_AROUND_EVERY = timedelta(seconds=1)
BITES = {Lane.URGENT: 1, Lane.CITIZEN: 5, Lane.ROUTINE: 25, Lane.BULK: 50}  # messages that one thread takes at once
LONGEST_BITE_SECONDS = 5.0  # what is not begun by then goes back, long before its lease ends
PICTURES_EVERY_SECONDS = 0.2
STOP_WITHIN_SECONDS = 8.0  # then exchanges under way are broken off

Bite = list[jobs.Claimed]

logger = logging.getLogger(__name__)


class Worker:
    """Sends messages side by side. Each lane has its share of the threads (`jobs/lanes.py`), and one partner takes up at
    most half of them, so neither a flood nor a slow partner holds up anybody else.
    """

    def __init__(self, *, threads: int, hands: Hands | None = None, linker: Companion | None = None) -> None:
        self.threads = threads
        self.linker = linker
        self.hands = hands or Hands(0, memory_mib=0)
        self.most_for_one = max(threads // 2, 1)
        self.under_way: dict[Future[None], tuple[Lane, str]] = {}
        self.looked_around_at = clock.now() - LOOK_AROUND_EVERY
        self.house = House()
        self.sender = Sender(loopback_only=settings.KENG_DEMO)
        self.outcomes = Outcomes()
        self.stop = Event()

    def run(self, stop: Event, *, interval_seconds: float) -> None:
        """Work until `stop` is set. What is under way is finished within ten seconds, or left to its lease."""
        self.stop = stop
        reader = Thread(target=read_pictures, args=(stop, PICTURES_EVERY_SECONDS), name="pictures")
        reader.start()
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="send")
        with self.outcomes:
            while not stop.is_set():
                try:
                    started = self.work_once(pool)
                except AWAY:
                    logger.exception("the database is away; trying again")
                    close_old_connections()
                    started = 0
                if not started:
                    self._rest(stop, interval_seconds)
            self._finish(pool)
        reader.join()

    def work_once(self, pool: ThreadPoolExecutor) -> int:
        """Do what is due and start what can be sent. Returns how many messages were started."""
        now = clock.now()
        self.house.keep(now)
        if abs(now - self.looked_around_at) >= LOOK_AROUND_EVERY:
            self.hands.look(now)
            if self.linker:
                self.linker.look()
            self.sender.close_idle()
            self.looked_around_at = now
        self.under_way = {future: line for future, line in self.under_way.items() if not future.done()}
        if len(self.under_way) >= self.threads:
            return 0
        bites = self._claim(jobs.due(now))
        for bite in bites:
            self.under_way[pool.submit(self._deliver, bite)] = (bite[0].lane, bite[0].recipient)
        return sum(map(len, bites))

    def _claim(self, lines: list[Line]) -> list[Bite]:
        """Bites from these lines, as far as there is room for their lanes and partners, in one transaction."""
        wanted = self._wanted(lines)
        if not wanted:
            return []
        bites: list[Bite] = []
        with transaction.atomic():
            now = clock.now()
            for line, hands in wanted:
                rows = jobs.claim_line(line, now, most=hands * BITES[line.lane])
                size = -(-len(rows) // hands) or 1
                bites += [rows[at : at + size] for at in range(0, len(rows), size)]
        return bites

    def _wanted(self, lines: list[Line]) -> list[tuple[Line, int]]:
        """How many threads each line may have now."""
        lanes = Counter(lane for lane, _ in self.under_way.values())
        names = Counter(name for _, name in self.under_way.values())
        wanted = []
        for line in lines:
            hands = min(room(line.lane, self.threads, lanes), self.most_for_one - names[line.name])
            if hands > 0:
                wanted.append((line, hands))
                lanes[line.lane] += hands
                names[line.name] += hands
        return wanted

    def _rest(self, stop: Event, seconds: float) -> None:
        """Wait a little, or less if a thread becomes free."""
        if self.under_way:
            wait(self.under_way, timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            stop.wait(seconds)

    def _finish(self, pool: ThreadPoolExecutor) -> None:
        """Let what is under way come to its end; break off what takes too long."""
        pool.shutdown(wait=False, cancel_futures=True)
        ending = Thread(target=self._stop_children, daemon=True)
        ending.start()
        wait(self.under_way, timeout=STOP_WITHIN_SECONDS)
        self.sender.abort()
        wait(self.under_way, timeout=1)
        self.sender.close_idle(longer_than=0)
        ending.join()

    def _stop_children(self) -> None:
        self.hands.stop()
        if self.linker:
            self.linker.stop()

    def _deliver(self, bite: Bite) -> None:
        """Send the messages of a bite one after the other, and tell how each went."""
        close_old_connections()  # a thread's own connection may have died since it sent the last one
        try:
            self._send_all(bite)
        except AWAY:
            logger.exception("the database is away; %d messages are left to their lease", len(bite))
            close_old_connections()

    def _send_all(self, bite: Bite) -> None:
        partner = partners.find_partner(bite[0].recipient)
        until = time.monotonic() + LONGEST_BITE_SECONDS
        secrets = [] if partner is None else store().partner_secrets(partner.pk, clock.now())
        down = False
        for one in bite:
            if down or time.monotonic() > until or self.stop.is_set():
                self.outcomes.tell(jobs.Outcome(one, clock.now(), untried=True))
                continue
            failure = (
                Failed("no such partner", permanent=True, reason=Reason.BAD_ADDRESS)
                if partner is None
                else self.sender.send(partner.address, secrets, str(one.id), one.body, now=clock.now())
            )
            down = failure is not None and failure.reason == Reason.UNREACHABLE
            self.outcomes.tell(jobs.Outcome(one, clock.now(), failure))
