"""Crews set up what they need where everybody does: a sender name at every carrier, a domain at the registry, a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from keng.nation.day.banks import CoreDoor
from keng.nation.day.lanes import Lanes
from keng.nation.day.lures import Front

PLACES = {"carrier": ("sender",), "registry": ("domain",), "platform": ("social", "url")}
"""By kind of partner, what can be set up there."""


def set_up(fronts: Iterable[Front], partners: Mapping[str, Any], doors: Mapping[str, CoreDoor], lanes: Lanes) -> None:
    """Put every front in the lanes of the partners that serve it. Each step is safe to repeat; a refusal is no event."""
    for front in dict.fromkeys(fronts):
        for code, door in doors.items():
            if front.kind in PLACES.get(partners[code]["kind"], ()):
                lanes.put(code, lambda door=door, front=front: door.order(*_order_for(front)))


def _order_for(front: Front) -> tuple[str, dict[str, Any]]:
    if front.kind == "sender":
        return "/core/senders", {"sender": front.value}
    if front.kind == "domain":
        return "/core/names", {"name": front.value}
    return "/core/pages", {"page": front.value, "title": front.value, "text": "Inbox ngay để được hỗ trợ."}
