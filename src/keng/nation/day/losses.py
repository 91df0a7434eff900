"""How one loss goes: the victim pays, the mule empties the account in chunks, the victim notices and reports."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from keng.nation.day.happenings import Loss

SLEEPING_SHARE = 0.2
"""Mules that leave the money where it is for now. Assumed."""
CASH_SHARE = 0.3
"""Chunks taken out at a machine instead of moved on. Assumed."""
CASH_MACHINE = "cash:atm"
EMPTYING_SECONDS = (3 * 60, 10 * 60)
FIRST_CHUNK_SECONDS = (45, 120)
REPORT_SECONDS = (5, 8 * 60)
"""From the payment to the report: as likely within the first 49 seconds as after them."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One step of emptying an account, counted from the arrival of the money."""

    after_seconds: float
    amount: int
    to_account: str


@dataclass(frozen=True, slots=True)
class Course:
    """All that is drawn for one loss, at pace 1."""

    opening: int
    report_after_seconds: float
    chunks: Sequence[Chunk]


def draw_course(loss: Loss, onward: Sequence[str], dice: Random) -> Course:
    """Everything about a loss that is left to chance, in one draw: the same dice give the same course."""
    low, high = map(math.log, REPORT_SECONDS)
    opening = round(loss.amount * dice.uniform(1.1, 4), -5)
    report_after = math.exp(dice.uniform(low, high))
    asleep = dice.random() < SLEEPING_SHARE
    return Course(int(opening), report_after, () if asleep else _draw_chunks(loss, onward, dice))


def _draw_chunks(loss: Loss, onward: Sequence[str], dice: Random) -> Sequence[Chunk]:
    count = min(dice.randint(2, 5), loss.amount)
    first, last = dice.uniform(*FIRST_CHUNK_SECONDS), dice.uniform(*EMPTYING_SECONDS)
    amounts = _split(loss.amount, count, dice)
    places = [account for account in onward if account != loss.to_account]
    return [
        Chunk(first + (last - first) * step / max(1, count - 1), amount, _draw_place(places, dice))
        for step, amount in enumerate(amounts)
    ]


def _split(amount: int, count: int, dice: Random) -> Sequence[int]:
    """`count` parts of at least 1 that add up to `amount`."""
    cuts = sorted(dice.sample(range(1, amount), count - 1)) if count > 1 else []
    return [end - start for start, end in zip([0, *cuts], [*cuts, amount], strict=True)]


def _draw_place(places: Sequence[str], dice: Random) -> str:
    return CASH_MACHINE if not places or dice.random() < CASH_SHARE else dice.choice(places)
