"""What the engine gives: a verdict with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

LINE = 0.5  # of both probabilities


@dataclass(frozen=True, slots=True)
class Why:
    """A stretch of the message (code points, end exclusive; both null: the whole message) and the code of a reason."""

    start: int | None
    end: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely a message tries to defraud, and how likely it is unwanted advertising and no fraud: together at most 1.

    `trick` is None exactly when `scam` lies below `LINE`. `why`: at most five, strongest first; none for a message that
    is neither.
    """

    scam: float
    spam: float
    trick: str | None
    why: tuple[Why, ...]

    @property
    def called(self) -> str:
        """What the message is called: the trick's code, `spam`, or `true` for one in which nothing known was found."""
        return self.trick or ("spam" if self.spam >= LINE else "true")

    @property
    def is_nothing(self) -> bool:
        """True if there was no word to judge."""
        return self is NOTHING  # not by value: a sure verdict of a true message rounds to zeros too


NOTHING = Verdict(0.0, 0.0, None, ())
