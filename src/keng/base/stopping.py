"""Ending a process that loops: between two pieces of work, when it is asked to."""

from __future__ import annotations

import signal
from threading import Event, Thread
from types import FrameType


def stop_on_signals() -> Event:
    """An event that SIGTERM and SIGINT set, so that a loop ends between two pieces of work. For the main thread.

    A handler runs in the midst of whatever the main thread does, and that may be `Event.wait`, which holds the lock that
    `Event.set` needs: set there, both would wait for ever. So a thread of its own sets it.
    """
    stop = Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        Thread(target=stop.set, daemon=True).start()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    return stop
