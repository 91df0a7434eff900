"""What a nation is made from: how many people, which seed, and the day on which its week of transfers ends."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

import numpy as np

HANOI = timezone(timedelta(hours=7))
DEFAULT_END = date(2026, 11, 20)
DAYS = 7
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Plan:
    """One nation. The same plan gives the same bytes; every part draws from its own stream, so parts do not shift each other."""

    people: int
    seed: int
    end: date = DEFAULT_END
    slice: int = 0  # of a nation that is made in so many slices, each with people and numbers of its own
    slices: int = 1

    def generator(self, part: str) -> np.random.Generator:
        """The stream of one part, for drawing whole columns."""
        seeds = [self.seed, zlib.crc32(part.encode()), *([self.slice] if self.slices > 1 else [])]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seeds)))

    def own(self, low: int, high: int) -> tuple[int, int]:
        """Which of the numbers from `low` to below `high` are this slice's."""
        return low + (high - low) * self.slice // self.slices, low + (high - low) * (self.slice + 1) // self.slices

    def dice(self, part: str) -> Random:
        """The stream of one part, for choosing among few things many times (texts, waves)."""
        return Random(int(self.generator(part).integers(0, 2**63)))

    @property
    def first_second(self) -> int:
        """Unix second at which the week begins: midnight in Hà Nội."""
        midnight = datetime.combine(self.end, datetime.min.time(), HANOI) - timedelta(days=DAYS - 1)
        return int(midnight.timestamp())

    @property
    def last_second(self) -> int:
        """Unix second at which the last day in Hà Nội ends; nothing in the nation is later."""
        return self.first_second + DAYS * DAY_SECONDS - 1


def iso_utc(second: int) -> str:
    """A Unix second as the contract writes times: `2025-03-05T07:30:00Z`."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hanoi(second: int) -> datetime:
    """A Unix second on the clock that people in the country look at."""
    return datetime.fromtimestamp(second, HANOI)
