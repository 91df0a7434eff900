"""How a crew empties the account that a victim paid: split over mules, out of the banks, in 3 to 10 minutes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from keng.nation.make.money.book import Book

FASTEST_SECONDS, SLOWEST_SECONDS = 185, 590
# When each hop leaves, as shares of the time that the whole takes.
HOP_WINDOWS = ((0.12, 0.33), (0.42, 0.62), (0.72, 1.0))
STEP = 1000  # đồng; parts are round, the last part takes the rest
STRAIGHT_OUT_SHARE = 0.25  # parts that leave from the second layer
STALLED_SHARE, STALLED_FOR_GOOD_SHARE = 0.07, 0.5  # a mule's daily limit is reached, or the mule keeps it
STALLED_SECONDS = (2 * 3600, 9 * 3600)
KEEPS_SHARE, KEEPS_MOST = 0.3, 0.012  # mules who keep a little


@dataclass(frozen=True, slots=True)
class Hop:
    """One transfer between places of the book."""

    source: int
    target: int
    amount: int
    second: int


@dataclass(frozen=True, slots=True)
class Mules:
    """The accounts of a crew, as places in the book: victims pay `collectors`."""

    collectors: tuple[int, ...]
    middles: tuple[int, ...]
    lasts: tuple[int, ...]

    def everybody(self) -> tuple[int, ...]:
        return (*self.collectors, *self.middles, *self.lasts)


def empty_account(dice: Random, book: Book, mules: Mules, paid: Hop, last_second: int) -> list[Hop]:
    """The hops that follow one victim's payment, each account sending only what this payment brought it."""
    seconds = dice.uniform(FASTEST_SECONDS, SLOWEST_SECONDS)
    windows = [(paid.second + int(a * seconds), paid.second + int(b * seconds)) for a, b in HOP_WINDOWS]
    hops: list[Hop] = []
    for amount in _split(dice, paid.amount, 3):
        first = Hop(paid.target, dice.choice(mules.middles), amount, dice.randint(*windows[0]))
        hops.append(first)
        if dice.random() < STRAIGHT_OUT_SHARE:
            hops += _leave(dice, book, first, windows[1], last_second)
            continue
        for part in _split(dice, _after_share(dice, amount), 3):
            second = Hop(first.target, dice.choice(mules.lasts), part, dice.randint(*windows[1]))
            hops.append(second)
            hops += _leave(dice, book, second, windows[2], last_second)
    return hops


def _leave(dice: Random, book: Book, came: Hop, window: tuple[int, int], last_second: int) -> list[Hop]:
    """The money's way out of the banks; some of it stalls for hours or stays."""
    if dice.random() < STALLED_SHARE:
        later = came.second + dice.randint(*STALLED_SECONDS)
        if dice.random() < STALLED_FOR_GOOD_SHARE or later > last_second:
            return []
        window = (later, later)
    ends = dice.choices((book.cash, book.wallets, book.abroad), (5, 3, 2))[0]
    parts = _split(dice, _after_share(dice, came.amount), 2)
    return [Hop(came.target, int(dice.choice(ends)), part, dice.randint(*window)) for part in parts]


def _after_share(dice: Random, amount: int) -> int:
    return amount - int(amount * dice.uniform(0, KEEPS_MOST)) if dice.random() < KEEPS_SHARE else amount


def _split(dice: Random, amount: int, most: int) -> list[int]:
    """One to `most` parts that add up to the amount; small amounts are not split."""
    count = dice.randint(1, most) if amount >= 100 * STEP else 1
    parts: list[int] = []
    for left in range(count, 1, -1):
        remaining = amount - sum(parts)
        parts.append(max(STEP, int(remaining / left * dice.uniform(0.6, 1.35)) // STEP * STEP))
    return [*parts, amount - sum(parts)]
