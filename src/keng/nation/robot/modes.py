"""How a partner behaves. The answer comes from its own books; a mode says how, when and whether."""

from __future__ import annotations

import hashlib
from enum import StrEnum

PART_SHARE_PERCENT = 60
"""What a bank in mode `part` holds at most of what was asked: its policy leaves living costs. Where no money is asked,
each craft says in words which part is done."""


class Mode(StrEnum):
    """One behaviour for one request; `mixed` draws one of the others for each."""

    MIXED = "mixed"
    AT_ONCE = "at_once"
    LATE = "late"
    PART = "part"
    REFUSE = "refuse"
    TWICE = "twice"
    SILENT = "silent"
    DOWN = "down"


SHARES: tuple[tuple[Mode, int], ...] = (
    (Mode.AT_ONCE, 60),
    (Mode.LATE, 14),
    (Mode.PART, 9),
    (Mode.REFUSE, 5),
    (Mode.TWICE, 5),
    (Mode.DOWN, 4),
    (Mode.SILENT, 3),
)
"""Of 100 requests to a mixed partner. Assumed, not measured: no figures on how Vietnamese banks or carriers answer are public."""


def behaviour_for(mode: Mode, seed: int, request_id: str) -> Mode:
    """The behaviour towards one request: the same for the same seed and request, whatever arrived in between."""
    if mode is not Mode.MIXED:
        return mode
    digest = hashlib.sha256(f"{seed}:{request_id}".encode()).digest()
    ticket = int.from_bytes(digest[:8], "big") % sum(share for _, share in SHARES)
    for behaviour, share in SHARES:
        if ticket < share:
            return behaviour
        ticket -= share
    raise AssertionError("a ticket lies within the sum of the shares")


def most_to_hold(behaviour: Mode, asked: int) -> int:
    """The part of the asked amount that this behaviour allows, at least 1 đồng."""
    if behaviour is Mode.PART:
        return max(1, asked * PART_SHARE_PERCENT // 100)
    return asked
