"""What people do when something happens to them. Nothing here waits: it puts work in the lanes of banks and Kẻng."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from keng.nation.day.banks import CoreDoor, Transfer, fund
from keng.nation.day.happenings import Loss, Plain
from keng.nation.day.lanes import Lanes
from keng.nation.day.losses import Course, draw_course
from keng.nation.day.reports import ReportDoor, loss_report, plain_report
from keng.nation.day.settlement import Settlement
from keng.nation.day.story import BANK as STORY_BANK
from keng.nation.day.story import tell_story
from keng.nation.robot.clock import Clock, write_utc

KENG = "keng"


@dataclass(frozen=True, slots=True)
class Country:
    """Victims, mules and those who report. `mules` are the accounts that money can run on to."""

    doors: Mapping[str, CoreDoor]
    mules: Sequence[str]
    settlement: Settlement
    lanes: Lanes
    reports: ReportDoor
    clock: Clock
    pace: float

    def begin_story(self, run: str) -> None:
        """The README's loss, if its bank is simulated."""
        if STORY_BANK in self.doors:
            work = partial(tell_story, self.doors[STORY_BANK], self.settlement, run, self._now())
            self.lanes.put(STORY_BANK, work)

    def begin_loss(self, loss: Loss, key: str, dice: Random) -> None:
        """The victim pays now; the mule and the report follow once the money has arrived."""
        course = draw_course(loss, self.mules, dice)
        transfer = Transfer(key, loss.from_account, loss.to_account, loss.amount, self._now())
        place = self.settlement.place_of(loss.from_account)
        self.lanes.put(place, partial(self._pay, loss, course, transfer))

    def begin_plain(self, plain: Plain, key: str, dice: Random) -> None:
        """Somebody reports a message that cost nothing."""
        self._post(plain_report(plain, dice, self._now()), key)

    def _pay(self, loss: Loss, course: Course, transfer: Transfer) -> None:
        door = self.doors.get(self.settlement.place_of(loss.from_account))
        if door is not None:
            wages = f"{transfer.transfer_id}:wages"
            fund(door, loss.from_account, loss.amount, course.opening, wages, transfer.at)
        self.settlement.begin(transfer, on_settled=partial(self._go_on, loss, course, transfer))

    def _go_on(self, loss: Loss, course: Course, transfer: Transfer) -> None:
        notice = partial(self._report, loss, transfer)
        self.lanes.put(KENG, notice, course.report_after_seconds / self.pace)
        place = self.settlement.place_of(loss.to_account)
        if place not in self.doors:
            return
        gave_up = threading.Event()
        for number, chunk in enumerate(course.chunks):
            key = f"{transfer.transfer_id}:{number}"
            onward = Transfer(key, loss.to_account, chunk.to_account, chunk.amount, transfer.at)
            self.lanes.put(place, partial(self._move_on, onward, gave_up), chunk.after_seconds / self.pace)

    def _move_on(self, planned: Transfer, gave_up: threading.Event) -> None:
        """One chunk leaves, unless the bank refused one before: then the mule has understood."""
        if gave_up.is_set():
            return
        self.settlement.begin(replace(planned, at=self._now()), on_refused=gave_up.set)

    def _report(self, loss: Loss, transfer: Transfer) -> None:
        self._post(loss_report(loss, transfer, self._now()), transfer.transfer_id)

    def _post(self, body: dict[str, object], key: str) -> None:
        """The body is made once: a repeat under the same key must be the same report."""
        self.lanes.put(KENG, partial(self.reports.send, body, key))

    def _now(self) -> str:
        return write_utc(self.clock())
