"""Ordinary life: wages, rent, shops, family, cash, bills and business, by the hours at which people do such things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keng.nation.make.money.book import Book, Transfers
from keng.nation.make.people.population import People
from keng.nation.make.plan import DAY_SECONDS, DAYS, Plan, hanoi
from keng.nation.make.registers.organisations import KINDS, organisation_kinds
from keng.nation.make.tables import shares

# How likely people are to pay in each hour of the day in Hà Nội, midnight first.
HOURS = (2, 1, 1, 1, 1, 3, 8, 14, 18, 22, 24, 26, 24, 18, 18, 20, 22, 26, 30, 32, 30, 24, 14, 6)
OFFICE_HOURS = (0, 0, 0, 0, 0, 0, 0, 2, 12, 20, 22, 14, 4, 10, 18, 20, 16, 6, 1, 0, 0, 0, 0, 0)
PAY_DAYS = (1, 5, 10, 15, 20, 25, 28, 30)
EMPLOYED_SHARE, TENANT_SHARE, BILL_SHARE, STUDENT_ABROAD_SHARE = 0.55, 0.22, 0.2, 0.002
WORKING_AGES = (18, 60)
FAMILY_SIZE = 3
# Transfers per person with an account and week, unless said otherwise.
SHOP_RATE, FAMILY_RATE, CASH_RATE, TOP_UP_RATE, BUSINESS_RATE = 1.5, 0.6, 0.3, 0.25, 4.0
TRANSFER_LIMIT = 499_000_000


@dataclass(frozen=True, slots=True)
class Habits:
    """Who pays with which account: one place in the book per person who has one, and what the organisations are for."""

    main: np.ndarray
    age: np.ndarray
    shops: np.ndarray
    employers: np.ndarray
    utilities: np.ndarray


def make_habits(draw: np.random.Generator, people: People, book: Book, busy: np.ndarray) -> Habits:
    """Each person's main account is the first of their own that is not `busy` with something else (a mule's)."""
    own = np.flatnonzero((book.owner >= 0) & ~np.isin(np.arange(book.accounts), busy))
    persons, first = np.unique(book.owner[own], return_index=True)
    kinds = organisation_kinds(draw, len(book.organisations))
    kinds[: len(KINDS)] = KINDS
    places = {kind: book.organisations[kinds == kind] for kind in KINDS}
    return Habits(own[first], people.age[persons], places["shop"], places["employer"], places["utility"])


def live(plan: Plan, draw: np.random.Generator, book: Book, habits: Habits) -> Transfers:
    """The week's transfers of ordinary life, in no order."""
    parts = [
        _wages(plan, draw, habits),
        _rent(plan, draw, habits),
        _shops(plan, draw, habits),
        _family(plan, draw, habits),
    ]
    parts += [_cash(plan, draw, book, habits), _top_ups(plan, draw, book, habits), _bills(plan, draw, habits)]
    parts += [_business(plan, draw, book), _students_abroad(plan, draw, book, habits)]
    life = Transfers.joined(parts)
    return life.taken(np.flatnonzero((life.source != life.target) & (life.amount > 0)))


def draw_seconds(plan: Plan, draw: np.random.Generator, count: int, hours: tuple[int, ...] = HOURS) -> np.ndarray:
    """Moments of the week, by the hours' weights."""
    hour = draw.choice(24, count, p=shares(list(hours)))
    return plan.first_second + draw.integers(0, DAYS, count) * DAY_SECONDS + hour * 3600 + draw.integers(0, 3600, count)


def _amounts(draw: np.random.Generator, count: int, median: float, spread: float, step: int) -> np.ndarray:
    """Heavy-tailed amounts (logarithmic normal) in whole steps, at least one step and at most what a transfer may carry."""
    raw = draw.lognormal(np.log(median), spread, count)
    return np.clip((raw / step).round().astype(np.int64) * step, step, TRANSFER_LIMIT)


def _payers(draw: np.random.Generator, accounts: np.ndarray, rate: float) -> np.ndarray:
    """Accounts repeated as often as each pays; some people pay much more often than others."""
    return np.repeat(accounts, draw.poisson(rate * draw.gamma(1.6, 1 / 1.6, len(accounts))))


def _wages(plan: Plan, draw: np.random.Generator, habits: Habits) -> Transfers:
    working = (
        (habits.age >= WORKING_AGES[0])
        & (habits.age <= WORKING_AGES[1])
        & (draw.random(len(habits.main)) < EMPLOYED_SHARE)
    )
    staff = habits.main[working]
    employer = draw.integers(0, len(habits.employers), len(staff))
    pay_day = draw.choice(PAY_DAYS, len(habits.employers))
    moment = (draw_seconds(plan, draw, len(habits.employers), OFFICE_HOURS) - plan.first_second) % DAY_SECONDS
    days = {hanoi(plan.first_second + day * DAY_SECONDS).day: day for day in range(DAYS)}
    day = np.array([days.get(int(number), -1) for number in pay_day])
    paid = np.flatnonzero(day[employer] >= 0)
    second = plan.first_second + day[employer[paid]] * DAY_SECONDS + moment[employer[paid]]
    second = np.minimum(second + draw.integers(0, 1200, len(paid)), plan.last_second)
    amount = _amounts(draw, len(paid), 8_700_000, 0.5, 1000)
    return Transfers.of(habits.employers[employer[paid]], staff[paid], amount, second)


def _rent(plan: Plan, draw: np.random.Generator, habits: Habits) -> Transfers:
    tenants = habits.main[draw.random(len(habits.main)) < TENANT_SHARE * DAYS / 30]
    landlords = draw.choice(habits.main, max(1, len(habits.main) // 30))
    amount = _amounts(draw, len(tenants), 2_600_000, 0.5, 50_000)
    return Transfers.of(tenants, draw.choice(landlords, len(tenants)), amount, draw_seconds(plan, draw, len(tenants)))


def _shops(plan: Plan, draw: np.random.Generator, habits: Habits) -> Transfers:
    payers = _payers(draw, habits.main, SHOP_RATE)
    liked = shares(list(1 / (1 + np.arange(len(habits.shops))) ** 0.7))
    amount = _amounts(draw, len(payers), 78_000, 1.0, 1000)
    return Transfers.of(
        payers,
        habits.shops[draw.choice(len(habits.shops), len(payers), p=liked)],
        amount,
        draw_seconds(plan, draw, len(payers)),
    )


def _family(plan: Plan, draw: np.random.Generator, habits: Habits) -> Transfers:
    """People send to a few fixed others: family, friends, neighbours."""
    known = draw.integers(0, len(habits.main), (len(habits.main), FAMILY_SIZE))
    payer = _payers(draw, np.arange(len(habits.main)), FAMILY_RATE)
    to = known[payer, draw.integers(0, FAMILY_SIZE, len(payer))]
    amount = _amounts(draw, len(payer), 900_000, 1.2, 10_000)
    return Transfers.of(habits.main[payer], habits.main[to], amount, draw_seconds(plan, draw, len(payer)))


def _cash(plan: Plan, draw: np.random.Generator, book: Book, habits: Habits) -> Transfers:
    payers = _payers(draw, habits.main, CASH_RATE)
    amount = np.minimum(_amounts(draw, len(payers), 1_400_000, 0.8, 50_000), 10_000_000)
    return Transfers.of(payers, draw.choice(book.cash, len(payers)), amount, draw_seconds(plan, draw, len(payers)))


def _top_ups(plan: Plan, draw: np.random.Generator, book: Book, habits: Habits) -> Transfers:
    payers = _payers(draw, habits.main, TOP_UP_RATE)
    amount = _amounts(draw, len(payers), 190_000, 0.8, 10_000)
    return Transfers.of(payers, draw.choice(book.wallets, len(payers)), amount, draw_seconds(plan, draw, len(payers)))


def _bills(plan: Plan, draw: np.random.Generator, habits: Habits) -> Transfers:
    payers = habits.main[draw.random(len(habits.main)) < BILL_SHARE]
    amount = _amounts(draw, len(payers), 620_000, 0.7, 1)
    return Transfers.of(
        payers, draw.choice(habits.utilities, len(payers)), amount, draw_seconds(plan, draw, len(payers))
    )


def _business(plan: Plan, draw: np.random.Generator, book: Book) -> Transfers:
    payers = _payers(draw, book.organisations, BUSINESS_RATE)
    amount = _amounts(draw, len(payers), 24_000_000, 1.5, 1000)
    return Transfers.of(
        payers,
        draw.choice(book.organisations, len(payers)),
        amount,
        draw_seconds(plan, draw, len(payers), OFFICE_HOURS),
    )


def _students_abroad(plan: Plan, draw: np.random.Generator, book: Book, habits: Habits) -> Transfers:
    payers = habits.main[draw.random(len(habits.main)) < STUDENT_ABROAD_SHARE]
    amount = _amounts(draw, len(payers), 60_000_000, 0.7, 100_000)
    return Transfers.of(
        payers, draw.choice(book.abroad, len(payers)), amount, draw_seconds(plan, draw, len(payers), OFFICE_HOURS)
    )
