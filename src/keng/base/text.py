"""One folding of text for matching, with a map back to the original.

Invariant: `folded.original` is never changed, and every character of `folded.text` stands for one stretch of it,
so whatever is found in the folded text can be shown, and cut out, as it was written. Offsets are Unicode code points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Letters of other scripts that are drawn like Latin ones and used in their place: a choice from Unicode TS 39.
_LOOKALIKES = dict(
    zip(
        "абвгԁезһіјкӏмпорсԛтуѡхѕԝүαβγεηικνορτυχωıɑɡⅼ∕⁄ѵոօսŧħƀɩᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
        "abbrdeehijkimnopcqtuwxswyabyenikvoptuxwiagl//vnouthbiabcdefghijklmnoprstuvwyz",
        strict=True,
    )
)
_HYPHENS = "‐‑‒–—―−⁃﹘﹣－"
_FULL_STOPS = "。｡．․﹒"
_MIDDLE_DOTS = "·•∙‧⋅●◦・"
_LETTERS_WITHOUT_DECOMPOSITION = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe"}
_DRAWS_NOTHING = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_TAKES_NO_ROOM = ("Cf", "Mn", "Me")


def is_whole(text: str) -> bool:
    """Whether every character can be kept: no half of a surrogate pair, and no NUL, which PostgreSQL does not store."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def is_invisible(character: str) -> bool:
    """Whether a character takes no room: zero-width, bidirectional control, variation selector, soft hyphen."""
    if character in _DRAWS_NOTHING:
        return True
    category = unicodedata.category(character)
    return category == "Cf" or (category == "Mn" and unicodedata.combining(character) == 0)


class _Folds(dict[str, str]):
    """What each character folds to, worked out when first seen. Bounded by the number of code points."""

    def __missing__(self, character: str) -> str:
        folded = "".join(map(_fold_part, unicodedata.normalize("NFKD", character)))
        self[character] = folded
        return folded


def _fold_part(part: str) -> str:
    if part == "\n":
        return part
    if part.isspace():
        return " "
    if part in _HYPHENS:
        return "-"
    if part in _FULL_STOPS:
        return "."
    if part in _MIDDLE_DOTS:
        return "·"
    if part in _DRAWS_NOTHING or unicodedata.category(part) in _TAKES_NO_ROOM:
        return ""
    digit = unicodedata.digit(part, None)
    if digit is not None:
        return str(digit)
    low = "".join(c for c in part.lower() if not unicodedata.combining(c))
    return _LETTERS_WITHOUT_DECOMPOSITION.get(low, _LOOKALIKES.get(low, low))


_FOLDS = _Folds()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in the form for matching. `starts[i]`, `ends[i]`: where folded character i lies in `original`."""

    original: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original (code points, end exclusive) behind a non-empty stretch of the folded text."""
        return self.starts[start], self.ends[end - 1]

    def written(self, start: int, end: int) -> str:
        """The original characters behind a stretch of the folded text, hiding included; empty for an empty stretch."""
        return self.original[self.starts[start] : self.ends[end - 1]] if end > start else ""


def fold(text: str) -> Folded:
    """The text without case, diacritics (đ included), invisible characters, width variants and look-alike letters.

    Spaces of every kind become a plain one (a line feed stays), hyphens `-`, full stops `.`, bullets `·`, digits ASCII.
    A combining mark belongs to the letter before it. Linear in the length of the text.

    >>> folded = fold("Số ĐT: ０９１２")
    >>> folded.text, folded.span(7, 11)
    ('so dt: 0912', (7, 11))
    """
    if text.isascii():
        plain = text.translate(_ASCII_SPACES).lower()
        return Folded(text, plain, range(len(text)), range(1, len(text) + 1))
    pieces = list(map(_FOLDS.__getitem__, text))
    folded = "".join(pieces)
    if len(folded) == len(text) and all(pieces):
        return Folded(text, folded, range(len(text)), range(1, len(text) + 1))
    starts, ends = _map_back(text, pieces)
    return Folded(text, folded, starts, ends)


_ASCII_SPACES = dict.fromkeys((*range(9, 10), *range(11, 14), *range(28, 32)), " ")


def _map_back(text: str, pieces: list[str]) -> tuple[list[int], list[int]]:
    starts: list[int] = []
    ends: list[int] = []
    for index, piece in enumerate(pieces):
        for _ in piece:
            starts.append(index)
            ends.append(index + 1)
        if not piece and ends and unicodedata.combining(text[index]):
            ends[-1] = index + 1
    return starts, ends


def without_invisible(text: str) -> str:
    """The text without characters that take no room; combining marks that change a letter stay."""
    return text if text.isascii() else "".join(c for c in text if not is_invisible(c))


def bare(text: str) -> str:
    """Only the folded text, for keys and look-ups where no offset is needed."""
    return fold(text).text
