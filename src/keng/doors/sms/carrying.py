"""The process that carries SMS: bound to a centre, it takes what comes and sends what the outbox holds for it.

It only calls actions: killed at any moment, the next one finds everything in the database. What a centre was told is kept was
committed before; what it took of ours is noted at once, so that another try sends only the segments that are missing. A reply
whose answer was lost may come twice: nobody can tell whether it arrived.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass, field
from threading import Event

from django.db import InterfaceError, InternalError, OperationalError, close_old_connections

from keng.base import clock
from keng.base.errors import RefusedError
from keng.base.sealing import BrokenSealError
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.jobs.states import Reason
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.sms import actions as sms
from keng.doors.sms import answering, gsm
from keng.doors.sms.centre import Account, Centre, CentreLostError, Sent
from keng.doors.sms.pdus import Coming, Receipt

AWAY = (OperationalError, InterfaceError, InternalError)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
LOOK_SECONDS = 0.2  # between two looks into the outbox
LONGEST_THROTTLE_SECONDS = 30.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Letter:
    """A message of the outbox on its way, segment by segment. `missing`: the segments that no centre has taken yet.

    `is_over`: how this try ended is written down, and nothing more of it is sent.
    """

    claimed: jobs.Claimed
    missing: set[int]
    is_over: bool = False


@dataclass(slots=True)
class Pace:
    """How many segments may go: so many a second, and none for a while after the centre asked for patience."""

    per_second: float
    patience_until: float = 0.0
    patience: float = 0.0
    budget: float = 1.0
    at: float = field(default_factory=time.monotonic)

    def may_send(self, now: float) -> bool:
        """Whether a segment may go now; it is counted if so."""
        self.budget = min(self.budget + (now - self.at) * self.per_second, max(self.per_second, 1.0))
        self.at = now
        if now < self.patience_until or self.budget < 1:
            return False
        self.budget -= 1
        return True

    def hold_back(self, now: float) -> None:
        """The centre asked for patience: a second, then twice as long each time."""
        self.patience = min(max(self.patience * 2, FIRST_PAUSE_SECONDS), LONGEST_THROTTLE_SECONDS)
        self.patience_until = now + self.patience

    def go_on(self) -> None:
        """The centre took something: next time the patience begins anew."""
        self.patience = 0.0


class Carrier:
    """Carries SMS of one centre. `desk` says which that is."""

    def __init__(self, account: Account, desk: answering.Desk, keys: KeyStore, *, per_second: float) -> None:
        self.account, self.desk, self.keys = account, desk, keys
        self.pace = Pace(per_second)
        self.waiting: list[tuple[_Letter, int, sms.Reply, bytes, int]] = []
        self.looked_at = 0.0

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; after a session is lost, bind again: after a second, then twice as long each time."""
        pause = FIRST_PAUSE_SECONDS
        while not stop.is_set():
            centre = Centre(self.account, self._take)
            began = time.monotonic()
            try:
                centre.bind(self.account)
                logger.warning("bound to %s", self.desk.centre)
                self._serve(centre, stop)
            except CentreLostError as error:
                logger.warning("the centre %s is lost: %s", self.desk.centre, error)
            finally:
                self._end(centre)
            if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            stop.wait(pause * (1 + random.random() / 4))  # noqa: S311 - spreading, not secrecy
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _serve(self, centre: Centre, stop: Event) -> None:
        while not stop.is_set():
            try:
                centre.attend(LOOK_SECONDS / 4 if self.waiting else LOOK_SECONDS)
                self._look(centre)
            except AWAY:
                logger.exception("the database is away; trying again")
                close_old_connections()
                stop.wait(FIRST_PAUSE_SECONDS)
            self._send(centre)

    def _end(self, centre: Centre) -> None:
        """Let the session go. What was not sent yet is due again at once; what was under way is tried again after a pause."""
        waiting, self.waiting = self.waiting, []
        try:
            centre.close()
            letters = {id(one[0]): one[0] for one in waiting}
            for letter in letters.values():
                self._over(letter, untried=True)
        except AWAY:
            logger.exception("the database is away; what was claimed is left to its lease")
            close_old_connections()

    # --- in

    def _take(self, came: Coming | Receipt) -> bool:
        """Whether it is safely kept, or nothing that need be."""
        try:
            if isinstance(came, Receipt):
                if came.delivery is not None:
                    sms.note_receipt(self.desk.centre, came.message_id, came.delivery, now=clock.now())
                return True
            return answering.take(came, self.desk, self.keys, now=clock.now()) is not answering.Became.BUSY
        except AWAY:
            logger.exception("the database is away; the centre keeps the message")
            close_old_connections()
            return False
        except Exception:  # a fault of ours: the centre keeps the message, the session goes on
            logger.exception("a message could not be taken")
            return False

    # --- out

    def _look(self, centre: Centre) -> None:
        """Claim what is due, if there is room for more."""
        now = time.monotonic()
        if self.waiting or not centre.room or now < self.pace.patience_until or now - self.looked_at < LOOK_SECONDS:
            return
        self.looked_at = now
        for line in jobs.due(clock.now(), carrier=sms.CARRIER):
            if line.name == f"{sms.CARRIER}:{self.desk.centre}":
                for claimed in jobs.claim_line(line, clock.now(), most=centre.room):
                    self._prepare(claimed)
                return

    def _prepare(self, claimed: jobs.Claimed) -> None:
        try:
            reply = sms.open_reply(claimed, self.keys)
        except (KeyError, ValueError, RefusedError, BrokenSealError) as error:
            failure = jobs.NotSent(f"cannot be opened: {type(error).__name__}", permanent=True, reason=Reason.FAULT)
            sms.write_down([jobs.Outcome(claimed, clock.now(), failure)])
            return
        pieces = gsm.segments(reply.text, claimed.id.int)
        letter = _Letter(claimed, set(range(1, len(pieces) + 1)) - sms.segments_taken(claimed))
        if not letter.missing:
            self._over(letter)
        for number in sorted(letter.missing):
            self.waiting.append((letter, number, reply, *pieces[number - 1]))

    def _send(self, centre: Centre) -> None:
        """Send what waits, as far as window and pace allow. A letter whose try is over meanwhile goes no further."""
        self.waiting = [one for one in self.waiting if not one[0].is_over]
        while self.waiting and centre.room and self.pace.may_send(time.monotonic()):
            letter, number, reply, data, esm_class = self.waiting.pop(0)
            centre.submit(reply.source, reply.to, data, esm_class, self._listener(letter, number))

    def _listener(self, letter: _Letter, number: int):  # type: ignore[no-untyped-def] # a closure over two
        def heard(sent: Sent) -> None:
            try:
                self._heard(letter, number, sent)
            except AWAY:
                logger.exception("the database is away; the message is left to its lease")
                close_old_connections()

        return heard

    def _heard(self, letter: _Letter, number: int, sent: Sent) -> None:
        """A segment was answered: noted at once; with the last one, or the first failure, the letter's try is over.

        One that the centre had no time for was not tried: a busy centre makes no dead letters.
        """
        if sent.is_taken:
            self.pace.go_on()
            sms.note_taken(letter.claimed, self.desk.centre, number, sent.message_id, now=clock.now())
            letter.missing.discard(number)
            if not letter.missing:
                self._over(letter)
        elif sent.is_throttled:
            self.pace.hold_back(time.monotonic())
            self._over(letter, untried=True)
        else:
            self._over(letter, _failure(sent))

    def _over(self, letter: _Letter, failure: jobs.NotSent | None = None, *, untried: bool = False) -> None:
        """Write down how the letter's try ended, once."""
        if not letter.is_over:
            letter.is_over = True
            sms.write_down([jobs.Outcome(letter.claimed, clock.now(), failure, untried=untried)])


def _failure(sent: Sent) -> jobs.NotSent:
    if sent.status is None:
        return jobs.NotSent("no answer", reason=Reason.UNREACHABLE)
    if sent.is_for_good:
        return jobs.NotSent(f"SMPP 0x{sent.status:08X}", permanent=True, reason=Reason.BAD_ADDRESS)
    return jobs.NotSent(f"SMPP 0x{sent.status:08X}", reason=Reason.NOT_TAKEN)
