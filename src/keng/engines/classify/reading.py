"""A message as tokens: its words, folded and with their hiding undone, and marks for links, numbers, amounts and hidden writing.

Each token knows the stretch between two spaces from which it came, so that what weighed can be shown as it was written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

from keng.base.text import Folded, fold
from keng.engines.classify.writing import HIDDEN, MONEY_WORDS, Writing, money_in_words, money_size, number_mark

FEWEST_SPACED = 4  # letters with spaces between them that are read as one word
FOREIGN_LETTERS = "~foreign_letters"

_STRETCH = re.compile(r"\S+")
_DIGIT = re.compile(r"[0-9]")
_RUNS_OF_LETTERS = re.compile(b"\\x01+")
# Letters that no Vietnamese or English word has: other scripts, letterlike symbols, marks of other languages.
_FOREIGN = re.compile(
    "[\u0104-\u010f\u0112-\u0127\u012c-\u0167\u016a-\u019f\u01a2-\u01ae\u01b1-\u02af\u0370-\u058f\u1d00-\u1dbf\u1e00-\u1e9f"
    "\u2c60-\u2c7f\ua720-\ua7ff\uff21-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f189]"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message read. `places[i]`: which stretch token i came from; `folded` shows where the stretches lie."""

    folded: Folded
    tokens: tuple[str, ...]
    places: tuple[int, ...]

    def stretches(self) -> list[tuple[int, int]]:
        """Where each stretch between two spaces lies in the folded text."""
        return [match.span() for match in _STRETCH.finditer(self.folded.text)]

    def without(self, blanked: set[int]) -> Reading:
        """The same with some stretches taken out."""
        kept = [place not in blanked for place in self.places]
        return Reading(self.folded, tuple(compress(self.tokens, kept)), tuple(compress(self.places, kept)))


def read(text: str, writing: Writing) -> Reading:
    """The tokens of a text. Linear in its length, never raises."""
    folded = fold(text)
    stretches = folded.text.split()
    tokens: list[str] = []
    places: list[int] = []
    for place, found in enumerate(map(writing.letters_kept.__getitem__, stretches)):
        if len(found) == 1:
            tokens.append(found[0])
            places.append(place)
        else:
            tokens += found
            places += [place] * len(found)
    if 1 in map(len, stretches):
        tokens, places = _join_letters(tokens, places, writing)
    if _DIGIT.search(folded.text):
        tokens, places = _join_numbers(tokens, places)
    if tokens and not text.isascii():
        foreign = _FOREIGN.search(text)
        if foreign:
            tokens.append(FOREIGN_LETTERS)
            places.append(_place_of(folded, foreign.start()))
    return Reading(folded, tuple(tokens), tuple(places))


def _join_letters(tokens: list[str], places: list[int], writing: Writing) -> tuple[list[str], list[int]]:
    """Letters with a space after each, read as the words that they spell; a lone one as the shorthand that it may be."""
    joined: list[str] = []
    where: list[int] = []
    at = 0
    for start, end, words in _pieces(tokens, writing):
        joined += tokens[at:start]
        where += places[at:start]
        letter = 0
        for word in words:
            joined.append(word)
            where.append(places[min(start + letter, end - 1)])
            letter += len(word) if end > start + 1 else 0
        at = end
    return joined + tokens[at:], where + places[at:]


def _pieces(tokens: list[str], writing: Writing) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """What stands for other words: first token, the one after the last, and the words."""
    is_letter = bytes([len(token) == 1 or (len(token) == 2 and token[0] == "#") for token in tokens])
    for run in _RUNS_OF_LETTERS.finditer(is_letter):
        start, end = run.span()
        letters = "".join([token.removeprefix("#") for token in tokens[start:end]])
        words = _spelt(letters, writing) if end - start >= FEWEST_SPACED and not letters.isdigit() else ()
        if words:
            yield start, end, (*words, HIDDEN)
            continue
        for index in range(start, end):
            if tokens[index].isalpha():
                yield index, index + 1, writing[tokens[index]]


def _spelt(letters: str, writing: Writing) -> tuple[str, ...]:
    """The words of spelt-out letters, piece by piece so that long runs stay linear."""
    words: list[str] = []
    for start in range(0, len(letters), 36):
        piece = letters[start : start + 36]
        words += writing.cut(piece) or writing[piece]
    return tuple(words)


def _join_numbers(tokens: list[str], places: list[int]) -> tuple[list[str], list[int]]:
    """Digits written in groups read as one number, and an amount with the word that counts it."""
    joined: list[str] = []
    where: list[int] = []
    at = 0
    for start in [index for index, token in enumerate(tokens) if token[0] == "#"]:
        if start < at:
            continue
        end, mark = _number_at(tokens, start)
        joined += [*tokens[at:start], mark]
        where += places[at : start + 1]
        at = end
    return joined + tokens[at:], where + places[at:]


def _number_at(tokens: list[str], start: int) -> tuple[int, str]:
    """The token after the number that begins here, and its mark."""
    digits, index = tokens[start][1:], start + 1
    while index < len(tokens) and _continues(tokens[index]) and number_mark(digits) != "~phone" and len(digits) < 20:
        digits += tokens[index][1:]
        index += 1
    if index < len(tokens) and tokens[index] in MONEY_WORDS:
        return index + 1, money_in_words(digits, tokens[index])
    if len(digits) > 3 and digits.endswith("000") and not digits.startswith("0") and len(digits) < 12:
        return index, money_size(float(digits))
    return index, number_mark(digits)


def _continues(token: str) -> bool:
    """Whether it may be the next group of a number's digits; `+44` begins another."""
    return token[0] == "#" and token[1:2] != "+"


def _place_of(folded: Folded, position: int) -> int:
    """Which stretch holds a place of the original."""
    ends = [match.end() for match in _STRETCH.finditer(folded.text)]
    at = bisect_right(folded.ends, position)
    return min(bisect_right(ends, at), len(ends) - 1)


def without_edges(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the punctuation at its edges; whole if it is nothing else."""
    first, last = start, end
    while first < last and not text[first].isalnum():
        first += 1
    while last > first and not (text[last - 1].isalnum() or text[last - 1] in "%$€£₫"):
        last -= 1
    return (first, last) if first < last else (start, end)
