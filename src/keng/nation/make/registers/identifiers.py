"""Numbers that the registers are about: phone numbers of today's plan, and account numbers in the shapes of real banks."""

from __future__ import annotations

import numpy as np

from keng.nation.make.people.citizen_ids import repeats
from keng.nation.make.tables import banks, rows, shares

FIRST_SIM_RECORD = 700_000_001
PREFIX_DIGIT = 10**7


def make_phones(draw: np.random.Generator, count: int, last: tuple[int, int] = (0, PREFIX_DIGIT)) -> list[str]:
    """Distinct mobile numbers with leading zero: `0912345678`. `last`: the last seven digits are from the first to below the
    second."""
    table = rows("phones.csv")
    prefixes = np.array([int(r["prefix"]) for r in table])
    head = prefixes[draw.choice(len(prefixes), count, p=shares([float(r["weight"]) for r in table]))] * PREFIX_DIGIT
    numbers = head + draw.integers(*last, count)
    while len(again := repeats(numbers)):
        numbers[again] = head[again] + draw.integers(*last, len(again))
    return [f"{number:010d}" for number in numbers.tolist()]


def make_accounts(draw: np.random.Generator, count: int) -> list[str]:
    """Distinct accounts as `BIN:number`, more at larger banks."""
    table = banks()
    weights = shares([bank.weight for bank in table])
    made: dict[str, None] = {}
    while len(made) < count:
        chosen = draw.choice(len(table), count - len(made), p=weights)
        shape, digits = draw.random(len(chosen)), draw.integers(0, 10**15, len(chosen))
        for which, luck, number in zip(chosen, shape, digits, strict=True):
            bank = table[which]
            made[f"{bank.bin}:{_filled(bank.shapes[int(luck * len(bank.shapes))], f'{number:015d}')}"] = None
    return list(made)


def _filled(shape: str, digits: str) -> str:
    """The shape with its # places filled from the digits."""
    left = iter(digits)
    return "".join(next(left) if sign == "#" else sign for sign in shape)
