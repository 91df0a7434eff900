"""How often a source came: in memory for each process, shared through the database a few times in a window.

A process adds up what it let in and writes it down when a tenth of the budget has gathered, so an ordinary report costs no
write at all, a refusal never costs one, and n processes may let in n tenths of a budget too many. Without the database
each process counts for itself: the gate stays open rather than shut.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.db import DatabaseError, transaction
from django.db.models import F

from keng.desk.ground.gate.models import Count

MOST_KEPT = 100_000  # tallies in a process, about 30 MB; the one not seen for longest goes first
SHARE_EVERY = 10  # a tenth of the budget
MOST_UNSHARED = 200

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """One source and purpose in this process. `window` is the one that `here` belongs to."""

    window: int
    here: int = 0
    before: int = 0
    unshared: int = 0
    turned_away: int = 0


class Budgets:
    """The tallies of this process. `window` is the length over which a source is counted."""

    def __init__(self, window: timedelta, most_kept: int = MOST_KEPT) -> None:
        self.seconds = window.total_seconds()
        self.most_kept = most_kept
        self.tallies: OrderedDict[tuple[str, bytes], Tally] = OrderedDict()
        self.lock = Lock()

    def used(self, purpose: str, source: bytes, now: datetime) -> float:
        """How often the source came within the last window, those turned away by this process included."""
        with self.lock:
            tally = self._tally(purpose, source, now)
            fresh = 1 - (now.timestamp() / self.seconds) % 1  # the share of the last window that still counts
            return tally.before * fresh + tally.here + tally.turned_away

    def turn_away(self, purpose: str, source: bytes, now: datetime) -> None:
        """Note that the source was asked for work. Nothing is written."""
        with self.lock:
            self._tally(purpose, source, now).turned_away += 1

    def add(self, purpose: str, source: bytes, budget: int, now: datetime, *, may_share: bool) -> bool:
        """Note that the source was let in; True if the shared count was written."""
        with self.lock:
            tally = self._tally(purpose, source, now)
            tally.here += 1
            tally.unshared += 1
            due = tally.unshared >= min(max(budget // SHARE_EVERY, 1), MOST_UNSHARED)
            if not (due and may_share):
                return False
            count, tally.unshared = tally.unshared, 0
            window = tally.window
        self._share(purpose, source, window, count)
        return True

    def _share(self, purpose: str, source: bytes, window: int, count: int) -> None:
        try:
            totals = share(purpose, source, window, count)
        except DatabaseError:
            logger.exception("the gate's counts could not be shared; counting here alone")
            return
        with self.lock:
            tally = self.tallies.get((purpose, source))
            if tally and tally.window == window:
                tally.here = max(tally.here, totals.get(window, 0) + tally.unshared)
                tally.before = max(tally.before, totals.get(window - 1, 0))

    def _tally(self, purpose: str, source: bytes, now: datetime) -> Tally:
        window = int(now.timestamp() // self.seconds)
        tally = self.tallies.get((purpose, source))
        if tally is None:
            tally = self.tallies[purpose, source] = Tally(window)
            while len(self.tallies) > self.most_kept:
                self.tallies.popitem(last=False)
        elif tally.window != window:
            before = tally.here if tally.window == window - 1 else 0
            tally.window, tally.here, tally.before, tally.unshared, tally.turned_away = window, 0, before, 0, 0
        self.tallies.move_to_end((purpose, source))
        return tally


def share(purpose: str, source: bytes, window: int, count: int) -> dict[int, int]:
    """Add to the shared count; what all processes wrote down of this window and the one before."""
    with transaction.atomic():
        row = Count(purpose=purpose, source=source, window=window)
        Count.objects.bulk_create([row], ignore_conflicts=True)
        Count.objects.filter(purpose=purpose, source=source, window=window).update(total=F("total") + count)
        near = Count.objects.filter(purpose=purpose, source=source, window__in=(window, window - 1))
        return dict(near.values_list("window", "total"))
