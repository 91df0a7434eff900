"""Reads the nation's own tables (`keng/nation/data`). Lines that begin with `#` are the provenance of a file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent.parent / "data"


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a list, in order, without provenance and blank lines."""
    text = (DATA / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a CSV table, every value as text."""
    return tuple(csv.DictReader(lines(name)))


def shares(weights: list[float]) -> np.ndarray:
    """Weights as probabilities that sum to one."""
    array = np.asarray(weights, dtype=float)
    return array / array.sum()


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank: its BIN, how people write it, and the shapes of its account numbers (# is a digit)."""

    bin: str
    code: str
    name: str
    weight: float
    spoken: tuple[str, ...]
    shapes: tuple[str, ...]


@cache
def banks() -> tuple[Bank, ...]:
    """Every bank of the nation, largest first."""
    return tuple(
        Bank(
            r["bin"], r["code"], r["name"], float(r["weight"]), tuple(r["spoken"].split("|")), tuple(r["shape"].split())
        )
        for r in rows("banks.csv")
    )


@cache
def bank_of() -> dict[str, Bank]:
    """BIN to bank."""
    return {bank.bin: bank for bank in banks()}


@dataclass(frozen=True, slots=True)
class Birthplace:
    """One of the 63 provinces whose three-digit code stands in citizen numbers, and the one of today's 34 it lies in."""

    code3: int
    name: str
    today: str
    today_name: str
    region: str
    thousands: float


@cache
def birthplaces() -> tuple[Birthplace, ...]:
    """The 63 provinces, in the order of their codes."""
    return tuple(
        Birthplace(int(r["birth"]), r["birth_name"], r["code"], r["name"], r["region"], float(r["thousands"]))
        for r in rows("provinces.csv")
    )
