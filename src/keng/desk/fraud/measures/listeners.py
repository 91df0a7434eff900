"""Who else must hear when a measure is over: each list that was filled because of it.

A list app calls `on_over(its function)` when it is loaded. The function runs in the transaction that ends the measure and may
write rows and outbox messages, nothing else; if it fails, the measure is not ended and the fault is seen at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from keng.desk.fraud.measures.models import Measure

Listener = Callable[[Measure, datetime], None]

_LISTENERS: list[Listener] = []


def on_over(listener: Listener) -> Listener:
    """Let `listener(measure, now)` hear of every measure that is over, however it ended. Registering twice changes nothing."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)
    return listener


def forget(listener: Listener) -> None:
    """Take a listener off again."""
    _LISTENERS.remove(listener)


def tell_lists(measure: Measure, now: datetime) -> None:
    """Tell every list, in the caller's transaction."""
    for listener in _LISTENERS:
        listener(measure, now)
