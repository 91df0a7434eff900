"""Citizen numbers of 12 digits, identity numbers of 9, and numbers that surely belong to nobody.

A citizen number is the birth province (3), century and sex (1), year of birth (2), and six digits; there is no check digit.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

YEAR_DIGIT, CENTURY_DIGIT, PROVINCE_DIGIT = 10**6, 10**8, 10**9
OLD_LOW, OLD_HIGH = 10_000_000, 390_000_000
CANDIDATES_AT_A_TIME = 100_000


def draw_citizen_numbers(
    generator: np.random.Generator, province: np.ndarray, male: np.ndarray, year: np.ndarray, serials: tuple[int, int]
) -> np.ndarray:
    """Distinct 12-digit numbers as integers (leading zeros are lost; `as_citizen_text` brings them back). `serials`: the last
    six digits are from the first to below the second."""
    century = (year // 100 - 19) * 2 + np.where(male, 0, 1)
    head = province * PROVINCE_DIGIT + century * CENTURY_DIGIT + (year % 100) * YEAR_DIGIT
    return _distinct(lambda count, where: head[where] + generator.integers(*serials, count), len(head))


def draw_old_numbers(generator: np.random.Generator, count: int, numbers: tuple[int, int]) -> np.ndarray:
    """Distinct 9-digit numbers from the first to below the second. They began with the police unit's number, 01 to 38."""
    return _distinct(lambda size, _where: generator.integers(*numbers, size), count)


def _distinct(draw: Callable[[int, np.ndarray], np.ndarray], count: int) -> np.ndarray:
    """Draw until all differ; what was drawn first stays."""
    numbers = draw(count, np.arange(count))
    while True:
        again = repeats(numbers)
        if not len(again):
            return numbers
        numbers[again] = draw(len(again), again)


def repeats(numbers: np.ndarray) -> np.ndarray:
    """The places, in order, of numbers that stand somewhere before. (`np.setdiff1d` of NumPy 2.4 takes a hundred times as long.)"""
    in_order = np.argsort(numbers, kind="stable")
    is_again = numbers[in_order[1:]] == numbers[in_order[:-1]]
    return np.sort(in_order[1:][is_again])


def as_citizen_text(number: int) -> str:
    return f"{number:012d}"


def as_old_text(number: int) -> str:
    return f"{number:09d}"


def far_from_everybody(candidates: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """True where a 12-digit candidate equals no taken number, nor becomes one by one wrong digit or two swapped neighbours. `taken`
    is in order, and not empty.

    Memory: 120 integers for each of CANDIDATES_AT_A_TIME.
    """
    parts = [candidates[at : at + CANDIDATES_AT_A_TIME] for at in range(0, len(candidates), CANDIDATES_AT_A_TIME)]
    return np.concatenate([_are_far(part, taken) for part in parts])


def _are_far(candidates: np.ndarray, taken: np.ndarray) -> np.ndarray:
    powers = 10 ** np.arange(12, dtype=np.int64)
    digits = (candidates[:, None] // powers) % 10
    changed = [candidates[:, None] + (value - digits) * powers for value in range(10)]
    swapped = candidates[:, None] + (digits[:, 1:] - digits[:, :-1]) * (powers[:-1] - powers[1:])
    near = np.concatenate([*changed, swapped], axis=1)
    place = np.searchsorted(taken, near)
    return ~(taken[np.minimum(place, len(taken) - 1)] == near).any(axis=1)
