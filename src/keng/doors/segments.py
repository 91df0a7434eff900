"""A text cut where indicators stand, for showing them marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from keng.engines.extract import Extraction


class Placed(Protocol):
    """Something found at a place: code points, end exclusive; both None if it is not in the text."""

    kind: Any
    value: str
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text; `kind` is None between indicators."""

    text: str
    kind: str | None


def segments_of(text: str, found: Extraction) -> list[Segment]:
    """The whole text as pieces."""
    return cut(text, found.indicators)


def cut(text: str, places: Iterable[Placed]) -> list[Segment]:
    """The whole text as pieces; of places that overlap (a link and its host) the first and longest counts."""
    pieces: list[Segment] = []
    done = 0
    placed = [place for place in places if place.start is not None and place.end is not None]
    for place in sorted(placed, key=lambda place: (place.start, -(place.end or 0))):
        start, end = place.start or 0, place.end or 0
        if start < done or end > len(text):
            continue
        if start > done:
            pieces.append(Segment(text[done:start], None))
        pieces.append(Segment(text[start:end], str(place.kind)))
        done = end
    if done < len(text):
        pieces.append(Segment(text[done:], None))
    return pieces
