"""Who else must hear when a report gets another owner, in the transaction in which it does."""

from __future__ import annotations

from collections.abc import Callable

from keng.desk.fraud.reports.models import Report

Listener = Callable[[Report], None]

_LISTENERS: list[Listener] = []


def on_owner(listener: Listener) -> Listener:
    """Let `listener(report)` hear of every change of owner. Registering twice changes nothing."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)
    return listener


def tell(report: Report) -> None:
    """Tell all of them, in the caller's transaction."""
    for listener in _LISTENERS:
        listener(report)
