"""What extraction gives. Offsets are Unicode code points of the text as it came, end exclusive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from keng.base.indicators import Kind
from keng.base.text import Folded

_NUMBER_START = re.compile(r"\d(?<!\w.)")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read some digits, with its probability."""

    kind: Kind
    value: str
    p: float


@dataclass(frozen=True, slots=True)
class Found:
    """An indicator. `start` and `end` are None if it came from the sender field. `p` only where `others` exist."""

    kind: Kind
    value: str
    start: int | None
    end: int | None
    text: str
    p: float | None = None
    others: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest unit of its currency (VND has none; USDT: millionths of a token)."""

    amount: int
    currency: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time as precise as the text tells it: `2025-03-05`, `14:30`, `2025-03-05T14:30`, `--03-05`."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one message, each list sorted by start, end (and kind); what has no place comes last."""

    indicators: tuple[Found, ...]
    money: tuple[Money, ...]
    times: tuple[Moment, ...]


class Claim(IntEnum):
    """As what a stretch of a page is understood."""

    NOTHING = 0
    QUANTITY = 1  # money or time
    INDICATOR = 2


@dataclass(slots=True)
class Page:
    """A folded text while it is read: each step claims what it has understood, and no later step reads that again."""

    folded: Folded
    text: str = field(init=False)
    _taken: bytearray = field(init=False)
    _number_starts: list[int] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.text = self.folded.text
        self._taken = bytearray(len(self.text))

    def claim(self, start: int, end: int, what: Claim = Claim.INDICATOR) -> None:
        self._taken[start:end] = bytes((what,)) * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        return self._taken.count(Claim.NOTHING, start, end) == end - start

    def is_claimed(self, position: int, what: Claim) -> bool:
        return self._taken[position] == what

    def matches_at_numbers(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """As `finditer`, for a pattern that can begin only with a digit that no letter, digit or `_` stands before.

        Those places are looked for once, and trying them alone is several times faster than trying every place.
        """
        if self._number_starts is None:
            self._number_starts = [place.start() for place in _NUMBER_START.finditer(self.text)]
        reach = 0
        for start in self._number_starts:
            if start >= reach and (match := pattern.match(self.text, start)):
                reach = match.end()
                yield match

    def found(self, kind: Kind, value: str, start: int, end: int) -> Found:
        """An indicator at a stretch of the folded text."""
        first, last = self.folded.span(start, end)
        return Found(kind, value, first, last, self.folded.original[first:last])
