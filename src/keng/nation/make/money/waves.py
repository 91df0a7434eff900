"""Scam waves: a crew with one trick, its mule accounts, and the victims who pay it within a day or two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import numpy as np

from keng.nation.make.money.book import Book, Transfers
from keng.nation.make.money.layers import Hop, Mules, empty_account
from keng.nation.make.money.life import HOURS, TRANSFER_LIMIT, Habits
from keng.nation.make.plan import DAY_SECONDS, DAYS, Plan
from keng.nation.make.registers.register import Register
from keng.nation.make.tables import rows

PEOPLE_PER_VICTIM, PEOPLE_PER_WAVE, FEWEST_WAVES, FIRST_WAVES, PEOPLE_PER_LATER_WAVE = 25, 60, 3, 34, 2500
VICTIMS_PER_WAVE = 13
ROUND_AMOUNT_SHARE = 0.6
LAST_LOSS_BEFORE_END = 8 * 3600  # so that reports and stalled money fit into the week
MULE_IDENTITIES = (("none", 0.6), ("number_of_another", 0.2), ("person_invented", 0.2))
GARBLED = {"name_mojibake", "name_legacy_font"}  # a victim could not copy such a holder's name
MULES_AT_MOST = 0.25  # of the accounts of each identity


@dataclass(frozen=True, slots=True)
class Trick:
    """A trick and its sizes, from tricks.csv."""

    code: str
    weight: float
    loss: float
    spread: float
    payments: int
    ages: tuple[int, int]
    notice_minutes: float
    pays: bool


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a victim. `row` is its place among the wave transfers, `victim` the place of the victim's main account."""

    row: int
    victim: int
    hop: Hop


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave. Its code is both the truth's `wave` and `campaign`."""

    code: str
    trick: Trick
    start: int
    end: int
    mules: Mules
    payments: tuple[Payment, ...]


def read_tricks() -> list[Trick]:
    return [
        Trick(r["code"], float(r["weight"]), float(r["loss"]), float(r["spread"]), int(r["payments"]),
              (int(r["from_age"]), int(r["to_age"])), float(r["notice"]), r["pays"] == "1")
        for r in rows("tricks.csv")
    ]  # fmt: skip


def hire_mules(plan: Plan, register: Register) -> list[Mules]:
    """Mule accounts for every wave: hired ones (verified in truth), with stolen numbers (conflict), of nobody (not_found)."""
    dice, count = plan.dice("mules"), count_waves(plan)
    per_wave = 6 + min(6, plan.people // 5000)
    wanted = count * per_wave
    chosen: list[int] = []
    for flaw, share in MULE_IDENTITIES:
        places = [at for at in np.flatnonzero(register.flaw == flaw).tolist() if not GARBLED & set(register.errors[at])]
        chosen += dice.sample(places, min(int(wanted * share), math.ceil(len(places) * MULES_AT_MOST)))
    dice.shuffle(chosen)
    each = max(3, len(chosen) // count)
    crews = [chosen[at * each : (at + 1) * each] for at in range(count)]
    return [_split_crew(crew) for crew in crews if len(crew) >= 3]


def count_waves(plan: Plan) -> int:
    return max(FEWEST_WAVES, min(FIRST_WAVES, plan.people // PEOPLE_PER_WAVE)) + plan.people // PEOPLE_PER_LATER_WAVE


def _split_crew(crew: list[int]) -> Mules:
    first = max(1, len(crew) // 5)
    second = first + max(1, len(crew) * 2 // 5)
    return Mules(tuple(crew[:first]), tuple(crew[first:second]), tuple(crew[second:]))


def make_waves(plan: Plan, book: Book, habits: Habits, crews: list[Mules]) -> tuple[list[Wave], Transfers]:
    """All waves and their transfers, payments and hops, in the order of the waves."""
    dice = plan.dice("waves")
    tricks = _tricks_of_waves(dice, len(crews))
    free = list(range(len(habits.main)))
    dice.shuffle(free)
    hops: list[Hop] = []
    owners: list[int] = []
    waves = []
    for number, (trick, mules) in enumerate(zip(tricks, crews, strict=True)):
        start = plan.first_second + int(dice.random() * (DAYS - 1.6) * DAY_SECONDS)
        end = min(start + int(dice.uniform(0.15, 2.2) * DAY_SECONDS), plan.last_second - LAST_LOSS_BEFORE_END)
        victims = _choose_victims(dice, plan, trick, habits, free, len(crews)) if trick.pays else []
        payments = []
        for victim in victims:
            payments += _pay(plan, dice, trick, mules, int(habits.main[victim]), (start, end), book, hops)
        owners += [number] * (len(hops) - len(owners))
        waves.append(Wave(f"W{number + 1:05d}", trick, start, end, mules, tuple(payments)))
    columns = [[getattr(hop, name) for hop in hops] for name in Hop.__slots__]
    return waves, Transfers.of(*columns, owners)


def _tricks_of_waves(dice: Random, count: int) -> list[Trick]:
    """Every trick once, in a mixed order in which those that pay come first, then by weight."""
    tricks = read_tricks()
    dice.shuffle(tricks)
    tricks.sort(key=lambda trick: not trick.pays)
    later = dice.choices(tricks, [trick.weight for trick in tricks], k=count)
    return (tricks + later)[:count]


def _choose_victims(dice: Random, plan: Plan, trick: Trick, habits: Habits, free: list[int], waves: int) -> list[int]:
    """People of the trick's age who were nobody's victim yet; few waves have many victims."""
    share = max(1.0, min(VICTIMS_PER_WAVE, plan.people / PEOPLE_PER_VICTIM / waves))
    wanted = max(1, min(int(dice.lognormvariate(0, 0.8) * share), int(6 * share)))
    chosen = []
    for place in range(len(free) - 1, max(-1, len(free) - 60 * wanted), -1):
        if trick.ages[0] <= habits.age[free[place]] <= trick.ages[1] and len(chosen) < wanted:
            chosen.append(free.pop(place))
    return chosen


def _pay(
    plan: Plan,
    dice: Random,
    trick: Trick,
    mules: Mules,
    victim: int,
    span: tuple[int, int],
    book: Book,
    hops: list[Hop],
) -> list[Payment]:
    """One victim's payments, each larger than the one before, and what the crew does with each. Adds to `hops`."""
    times = sorted(_daytime(plan, dice, span) for _ in range(dice.randint(1, trick.payments)))
    amount, collector, paid = (
        dice.lognormvariate(0, trick.spread) * trick.loss * 1000,
        dice.choice(mules.collectors),
        [],
    )
    for which, second in enumerate(dict.fromkeys(times)):
        hop = Hop(victim, collector, _rounded(dice, amount * (1 + which * dice.uniform(0.5, 1.5))), second)
        paid.append(Payment(len(hops), victim, hop))
        hops.append(hop)
        hops += empty_account(dice, book, mules, hop, plan.last_second)
    return paid


def _daytime(plan: Plan, dice: Random, span: tuple[int, int]) -> int:
    """A moment within the span at which people are awake, by the hours of ordinary life."""
    while True:
        second = dice.randint(*span)
        hour = (second - plan.first_second) % DAY_SECONDS // 3600
        if dice.random() * max(HOURS) < HOURS[hour] + 1:
            return second


def _rounded(dice: Random, amount: float) -> int:
    step = 10 ** max(4, len(str(int(amount))) - 2) if dice.random() < ROUND_AMOUNT_SHARE else 1000
    return int(min(TRANSFER_LIMIT, max(100_000, round(amount / step) * step)))
