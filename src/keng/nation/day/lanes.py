"""One thread for each place that is called, so that a place that is down delays nobody but itself."""

from __future__ import annotations

import heapq
import itertools
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from keng.base.errors import KengError, UnavailableError
from keng.nation.robot.clock import Clock

Work = Callable[[], None]
Stop = threading.Event

LOOK_SECONDS = 0.2
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 20


class Lanes:
    """Puts work in the lane of a place. Work that raises UnavailableError comes again, for as long as it takes."""

    def __init__(self, clock: Clock, stop: Stop) -> None:
        self._clock = clock
        self._stop = stop
        self._lanes: dict[str, _Lane] = {}
        self._lock = threading.Lock()

    def put(self, place: str, work: Work, after_seconds: float = 0) -> None:
        with self._lock:
            if place not in self._lanes:
                self._lanes[place] = _Lane(place, self._clock, self._stop)
            lane = self._lanes[place]
        lane.put(work, self._clock() + timedelta(seconds=after_seconds))

    def join(self, timeout_seconds: float) -> bool:
        """Wait for the threads to end, once the stop is set. False if one is still in a call."""
        with self._lock:
            threads = [lane.thread for lane in self._lanes.values()]
        for thread in threads:
            thread.join(timeout_seconds)
        return not any(thread.is_alive() for thread in threads)


class _Lane:
    def __init__(self, place: str, clock: Clock, stop: Stop) -> None:
        self._place = place
        self._clock = clock
        self._stop = stop
        self._waiting: list[tuple[datetime, int, int, Work]] = []
        self._number = itertools.count()
        self._changed = threading.Condition()
        self.thread = threading.Thread(target=self._run, name=f"lane {place}", daemon=True)
        self.thread.start()

    def put(self, work: Work, due: datetime, tries: int = 0) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (due, next(self._number), tries, work))
            self._changed.notify()

    def _run(self) -> None:
        while not self._stop.is_set():
            due = self._take_due()
            if due is not None:
                self._do(*due)

    def _take_due(self) -> tuple[Work, int] | None:
        """The next work whose time has come; waits a little for one, and looks again as the clock may have jumped."""
        with self._changed:
            if not self._waiting or self._waiting[0][0] > self._clock():
                self._changed.wait(self._until_next())
                return None
            _, _, tries, work = heapq.heappop(self._waiting)
            return work, tries

    def _until_next(self) -> float:
        if not self._waiting:
            return LOOK_SECONDS
        return max(0.001, min(LOOK_SECONDS, (self._waiting[0][0] - self._clock()).total_seconds()))

    def _do(self, work: Work, tries: int) -> None:
        try:
            work()
        except UnavailableError:
            wait_seconds = min(FIRST_WAIT_SECONDS * 2 ** min(tries, 20), LONGEST_WAIT_SECONDS)
            self.put(work, self._clock() + timedelta(seconds=wait_seconds), tries + 1)
        except KengError as fault:
            sys.stderr.write(f"the day, {self._place}: {fault}\n")
        except Exception as fault:  # noqa: BLE001 - recorded; a fault in one work must not end the lane of all others
            sys.stderr.write(f"the day, {self._place}: {type(fault).__name__}: {fault}\n")
