"""Who else must hear when a report gets a new owner: what is kept beside it is read by its owner too.

An app above calls `on_new_owner(its function)` when it is loaded. The function runs in the transaction that hands the report over.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from keng.desk.ground.organisations.models import Organisation

Listener = Callable[[UUID, Organisation], None]

_LISTENERS: list[Listener] = []


def on_new_owner(listener: Listener) -> None:
    """Let `listener(report_id, owner)` hear of every report that gets another owner. Registering twice changes nothing."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


def tell_new_owner(report_id: UUID, owner: Organisation) -> None:
    """Tell everyone, in the caller's transaction."""
    for listener in _LISTENERS:
        listener(report_id, owner)
