"""People who do nothing wrong and whose accounts look like a mule's: what any sign of mules must be measured on.

Each is a person of ordinary life whose account besides gets and sends money as their part has it. The parts and their figures are
the project's own picture of everyday life in Vietnam, made before any sign was run on them; no survey stands behind them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keng.nation.make.money.book import Transfers
from keng.nation.make.money.life import HOURS, Habits, draw_seconds
from keng.nation.make.plan import DAY_SECONDS, DAYS, Plan

PEOPLE_PER_LOOKALIKE = 400  # for each part; at least two of each
FEWEST = 2
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Lookalike:
    """One such person: the place of the account in the book, and the part."""

    account: int
    role: str


@dataclass(frozen=True, slots=True)
class _Move:
    source: int
    target: int
    amount: int
    second: int


def make_lookalikes(plan: Plan, habits: Habits) -> tuple[list[Lookalike], Transfers]:
    """The people and their transfers, in no order. Each account plays one part."""
    draw = plan.generator("lookalikes")
    each = max(FEWEST, plan.people // PEOPLE_PER_LOOKALIKE)
    accounts = draw.permutation(habits.main)[: each * len(PARTS)]
    people, moves = [], []
    for number, account in enumerate(accounts.tolist()):
        role, play = PARTS[number % len(PARTS)]
        people.append(Lookalike(account, role))
        moves += [move for move in play(plan, draw, habits, account) if _is_possible(plan, move)]
    columns = [[getattr(move, name) for move in moves] for name in _Move.__slots__]
    return people, Transfers.of(*columns)


def _is_possible(plan: Plan, move: _Move) -> bool:
    return move.source != move.target and plan.first_second <= move.second <= plan.last_second


def _rent_collector(plan: Plan, draw: np.random.Generator, habits: Habits, me: int) -> list[_Move]:
    """Gathers a boarding house's rents over two days and sends them on to the owner in the evening."""
    day = _evening_of(plan, draw, last=DAYS - 2)
    owner = _somebody(draw, habits)
    moves = []
    for start in (day, day + DAY_SECONDS):
        rents = [_round(draw, 2_400_000, 0.3, 50_000) for _ in range(draw.integers(5, 16))]
        moves += [
            _Move(_somebody(draw, habits), me, rent, start - int(draw.integers(HOUR, 11 * HOUR))) for rent in rents
        ]
        moves.append(_Move(me, owner, sum(rents) * 95 // 100, start + int(draw.integers(0, HOUR))))
    return moves


def _shop(plan: Plan, draw: np.random.Generator, habits: Habits, me: int) -> list[_Move]:
    """Sells from home: many small payments a day, wholesale paid every other day, the profit stays."""
    moves = []
    for second in draw_seconds(plan, draw, int(draw.integers(60, 200)), HOURS).tolist():
        moves.append(_Move(_somebody(draw, habits), me, _round(draw, 180_000, 0.7, 1000), second))
    for day in range(1, DAYS, 2):
        sold = sum(move.amount for move in moves if move.target == me) // 4
        moves.append(_Move(me, int(draw.choice(habits.shops)), sold * 7 // 10, _evening_of(plan, draw, day)))
    return moves


def _wage_payer(plan: Plan, draw: np.random.Generator, habits: Habits, me: int) -> list[_Move]:
    """A foreman: gets one sum from the employer and pays it to his people within the hour."""
    start = _evening_of(plan, draw)
    wages = [_round(draw, 5_500_000, 0.3, 100_000) for _ in range(draw.integers(8, 26))]
    paid = [_Move(me, _somebody(draw, habits), wage, start + int(draw.integers(60, HOUR))) for wage in wages]
    return [_Move(int(draw.choice(habits.employers)), me, sum(wages) * 105 // 100, start), *paid]


def _family_remitter(plan: Plan, draw: np.random.Generator, habits: Habits, me: int) -> list[_Move]:
    """Brothers and sisters send their shares on one evening; when the last is there, all goes to the parents."""
    start, parents = _evening_of(plan, draw), _somebody(draw, habits)
    shares = [_round(draw, 2_000_000, 0.4, 100_000) for _ in range(draw.integers(4, 9))]
    times = sorted(start + int(draw.integers(0, 3 * HOUR)) for _ in shares)
    came = [_Move(_somebody(draw, habits), me, share, second) for share, second in zip(shares, times, strict=True)]
    return [*came, _Move(me, parents, sum(shares), times[-1] + int(draw.integers(MINUTE, 20 * MINUTE)))]


def _savings_round(plan: Plan, draw: np.random.Generator, habits: Habits, me: int) -> list[_Move]:
    """Keeps a round of hụi: the members pay within a quarter of an hour, and the pot goes at once to whose turn it is."""
    start, winner = _evening_of(plan, draw), _somebody(draw, habits)
    stake, members = _round(draw, 2_000_000, 0.5, 500_000), int(draw.integers(10, 22))
    came = [
        _Move(_somebody(draw, habits), me, stake, start + int(draw.integers(0, 15 * MINUTE))) for _ in range(members)
    ]
    last = max(move.second for move in came)
    return [*came, _Move(me, winner, stake * members, last + int(draw.integers(30, 5 * MINUTE)))]


def _payment_collector(plan: Plan, draw: np.random.Generator, habits: Habits, me: int) -> list[_Move]:
    """Delivers goods: each customer pays at the door, and the carrier passes the money to the shop before the next stop."""
    shop, moves = int(draw.choice(habits.shops)), []
    for day in range(DAYS):
        second = plan.first_second + day * DAY_SECONDS + 8 * HOUR + int(draw.integers(0, HOUR))
        for _ in range(int(draw.integers(8, 25))):
            price = _round(draw, 260_000, 0.6, 1000)
            moves.append(_Move(_somebody(draw, habits), me, price, second))
            moves.append(_Move(me, shop, price, second + int(draw.integers(30, 12 * MINUTE))))
            second += int(draw.integers(10 * MINUTE, 35 * MINUTE))
    return moves


def _night_worker(plan: Plan, draw: np.random.Generator, habits: Habits, me: int) -> list[_Move]:
    """Works at night and pays for what night workers pay, after midnight."""
    moves = []
    for day in range(1, DAYS):
        midnight = plan.first_second + day * DAY_SECONDS
        for _ in range(int(draw.integers(1, 5))):
            to = int(draw.choice(habits.shops))
            moves.append(_Move(me, to, _round(draw, 60_000, 0.6, 1000), midnight + int(draw.integers(0, 5 * HOUR))))
    return moves


PARTS: tuple[tuple[str, Callable[[Plan, np.random.Generator, Habits, int], list[_Move]]], ...] = (
    ("rent_collector", _rent_collector),
    ("shop", _shop),
    ("wage_payer", _wage_payer),
    ("family_remitter", _family_remitter),
    ("savings_round", _savings_round),
    ("payment_collector", _payment_collector),
    ("night_worker", _night_worker),
)


def _somebody(draw: np.random.Generator, habits: Habits) -> int:
    return int(habits.main[draw.integers(0, len(habits.main))])


def _evening_of(plan: Plan, draw: np.random.Generator, day: int | None = None, last: int = DAYS - 1) -> int:
    """A moment between six and nine in the evening of a day."""
    chosen = int(draw.integers(0, last + 1)) if day is None else day
    return plan.first_second + chosen * DAY_SECONDS + 18 * HOUR + int(draw.integers(0, 3 * HOUR))


def _round(draw: np.random.Generator, median: float, spread: float, step: int) -> int:
    return max(step, round(float(draw.lognormal(np.log(median), spread)) / step) * step)
