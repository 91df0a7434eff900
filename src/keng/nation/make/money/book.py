"""The shapes that money takes between the modules: rows of transfers, ends outside the banks, and the accounts that may be used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keng.nation.make.people.population import People
from keng.nation.make.registers.register import Register
from keng.nation.make.tables import banks, shares

TOWNS_ABROAD = (
    "KHM-BAVET",
    "KHM-SIHANOUK",
    "MMR-MYAWADDY",
    "LAO-BOKEO",
    "PHL-MANILA",
    "HKG",
    "SGP",
    "USA",
    "AUS",
    "JPN",
    "KOR",
)
WALLETS = ("momo", "zalopay", "viettelmoney", "vnpay", "usdt")


@dataclass(frozen=True, slots=True)
class Transfers:
    """Columns of transfers. `source`, `target`: places in `Book.names`; `second`: Unix time; `wave`: -1 in ordinary life."""

    source: np.ndarray
    target: np.ndarray
    amount: np.ndarray
    second: np.ndarray
    wave: np.ndarray

    def __len__(self) -> int:
        return len(self.source)

    @classmethod
    def of(cls, source, target, amount, second, wave=None) -> Transfers:
        columns = [np.asarray(column, dtype=np.int64) for column in (source, target, amount, second)]
        none = np.full(len(columns[0]), -1, dtype=np.int64)
        return cls(*columns, none if wave is None else np.asarray(wave, dtype=np.int64))

    @classmethod
    def joined(cls, parts: list[Transfers]) -> Transfers:
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__))

    def taken(self, rows: np.ndarray) -> Transfers:
        return Transfers(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Book:
    """Every account and end by place: accounts of the register first, then ends. `owner` is a person's row or -1."""

    names: np.ndarray
    accounts: int
    owner: np.ndarray
    organisations: np.ndarray
    cash: np.ndarray
    wallets: np.ndarray
    abroad: np.ndarray


def make_book(draw: np.random.Generator, people: People, register: Register) -> Book:
    """The book of all accounts. An account is a person's own if the person lives and the register's row names that person."""
    count = len(register)
    living = np.where(register.person >= 0, ~people.deceased[register.person], False)
    adult = np.where(register.person >= 0, people.age[register.person] >= 15, False)
    cash = _cash_machines(draw, 12 + count // 400)
    wallets = _wallet_numbers(draw, 40 + count // 40)
    abroad = [f"abroad:{town}-{number:05d}" for town in TOWNS_ABROAD for number in draw.integers(0, 10**5, 3).tolist()]
    starts = np.cumsum([count, len(cash), len(wallets), len(abroad)])
    return Book(
        names=np.array([*register.record_id, *cash, *wallets, *abroad], dtype=object),
        accounts=count,
        owner=np.where(living & adult, register.person, -1),
        organisations=np.flatnonzero(register.flaw == "organisation"),
        cash=np.arange(starts[0], starts[1]),
        wallets=np.arange(starts[1], starts[2]),
        abroad=np.arange(starts[2], starts[3]),
    )


def _cash_machines(draw: np.random.Generator, count: int) -> list[str]:
    table = banks()
    chosen = draw.choice(len(table), count, p=shares([bank.weight for bank in table]))
    return [f"cash:{table[which].bin}-ATM{number:05d}" for number, which in enumerate(chosen, start=1)]


def _wallet_numbers(draw: np.random.Generator, count: int) -> list[str]:
    kinds = draw.choice(len(WALLETS), count, p=[0.45, 0.25, 0.15, 0.1, 0.05])
    return [f"wallet:{WALLETS[kind]}-{number:07d}" for number, kind in enumerate(kinds, start=1)]
