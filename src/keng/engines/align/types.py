"""What aligning takes and gives. Offsets are Unicode code points of a text as it came, end exclusive."""

from __future__ import annotations

from dataclasses import dataclass

NAME, NUMBER, WORDS = "name", "number", "words"
"""Kinds of what varies beside those of the values given: words that begin with capitals, bare digits, any other words."""


@dataclass(frozen=True, slots=True)
class Value:
    """Something that a text names at a place: an amount, a number, a link. `value`: its one form, if it has one."""

    kind: str
    start: int
    end: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a template at which texts differ.

    `texts`: how many of its texts say something there; `different`: how many different things these are.
    """

    kind: str
    texts: int
    different: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a template: words that its texts share as most of them write it (`slot` None), or a place at which they differ.

    `texts`: how many of its texts say something at this place, or the word of these that the fewest say.
    """

    words: str
    slot: int | None
    texts: int


@dataclass(frozen=True, slots=True)
class Template:
    """What texts have in common. `members`: their places in the order given."""

    pieces: tuple[Piece, ...]
    slots: tuple[Slot, ...]
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text. `kind` is empty for what the template says too; else what varies.

    `slot` is None where hardly any other text of the template has something.
    """

    start: int
    end: int
    kind: str = ""
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Aligned:
    """One text: its template (None: it is like no other), and its spans, which make up the whole text in order.

    `share` of the template's words that it says, 0 without a template.
    """

    template: int | None
    spans: tuple[Span, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """Templates, that of the most texts first; and each text, in the order given."""

    templates: tuple[Template, ...]
    texts: tuple[Aligned, ...]
