"""Entering Django's world from a command."""

from __future__ import annotations

import os
import signal
from threading import Event
from types import FrameType

import django


def enter() -> None:
    """Set Django up by the environment's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keng.site.settings")
    django.setup()


def stop_on_signals() -> Event:
    """An event that SIGTERM and SIGINT set, so that a loop ends between two transactions."""
    stop = Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    return stop
