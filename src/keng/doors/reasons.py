"""The reasons of a verdict as a person reads them: in words, with the words of the message that each stands on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from keng.engines.classify import Why, reasons

LONGEST_QUOTE = 120  # characters


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: in words, and the words of the message that say so; `quote` is empty for the message as a whole."""

    words: str
    quote: str


def reasons_of(text: str, why: tuple[Why, ...]) -> tuple[Reason, ...]:
    """Each reason once, with the strongest words that it stands on."""
    is_english = get_language() == "en"
    said = {one.code: one.en if is_english else one.vi for one in reasons()}
    first = {one.reason: one for one in reversed(why)}
    strongest_first = dict.fromkeys(one.reason for one in why)
    return tuple(Reason(said[code], _quote(text, first[code])) for code in strongest_first)


def _quote(text: str, why: Why) -> str:
    """The words as they were written, on one line and not too long."""
    if why.start is None or why.end is None:
        return ""
    words = " ".join(text[why.start : why.end].split())
    return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1].rstrip() + "…"
