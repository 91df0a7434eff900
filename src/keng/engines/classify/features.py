"""What of a reading is weighed: words, couples of words, meanings (phrases of the model's lists) and pairs of meanings.

Presence counts, not how often. Words weigh by the square root of how many there are, so that a long text does not win by
length; meanings weigh as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import sqrt

from keng.engines.classify.reading import Reading

LONGEST_PHRASE = 4  # words
FEWEST_WORDS = 10  # by which the words of a shorter message are weighed

Phrase = str | tuple[str, ...]  # one word, or several
Meanings = Mapping[Phrase, tuple[str, ...]]  # the meanings of each phrase


@dataclass(frozen=True, slots=True)
class Features:
    """What there is of each kind. `word_value`: how much one word counts."""

    words: frozenset[str]
    couples: frozenset[tuple[str, str]]
    meanings: tuple[str, ...]  # sorted
    word_value: float

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each two meanings, in the order of their names."""
        return combinations(self.meanings, 2)


def features_of(reading: Reading, sender: str | None, meanings: Meanings) -> Features:
    """The features of a message. `sender` is the mark of its sender."""
    tokens = reading.tokens
    words = frozenset(tokens)
    couples = frozenset(pairwise(tokens))
    found = {token for token in words if token[0] == "~"}
    for phrases in (words, couples, _runs(tokens, 3), _runs(tokens, 4)):
        for codes in filter(None, map(meanings.get, phrases)):
            found.update(codes)
    if sender:
        found.add(sender)
    return Features(words, couples, tuple(sorted(found)), 1 / sqrt(max(len(words), FEWEST_WORDS)))


def occurrences(reading: Reading, meanings: Meanings) -> Iterator[tuple[str, int, int]]:
    """(meaning, first token, last token) of every phrase and mark."""
    tokens = reading.tokens
    for start, token in enumerate(tokens):
        if token[0] == "~":
            yield token, start, start
    for length in range(1, LONGEST_PHRASE + 1):
        runs = tokens if length == 1 else zip(*(tokens[start:] for start in range(length)), strict=False)
        for start, codes in enumerate(map(meanings.get, runs)):
            for code in codes or ():
                yield code, start, start + length - 1


def _runs(tokens: tuple[str, ...], length: int) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(*(tokens[start:] for start in range(length)), strict=False))
