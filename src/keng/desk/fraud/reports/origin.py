"""What is kept of how a report came: marks that count reports of one source or one wording within a day, and name nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass

from keng.desk.ground.gate.sources import DayKey

NOT_LETTERS = re.compile(r"[\W\d_]+")
FEWEST_LETTERS = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """How a report came: the day's key, its source as a hash of the day (None: one of our own machines), and whether it waits."""

    key: DayKey
    source: bytes | None = None
    later: bool = False

    def wave(self, text: str) -> bytes | None:
        """A mark that reports of the same letters share today: figures, marks and case are left out. None for a few letters."""
        letters = NOT_LETTERS.sub("", text.casefold())
        return self.key.digest("wave", letters.encode()) if len(letters) >= FEWEST_LETTERS else None

    def body(self, original: bytes) -> bytes:
        """A mark that submissions of the very same bytes share today."""
        return self.key.digest("body", original)
