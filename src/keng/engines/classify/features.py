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

LONGEST_PHRASE = 4  # words; `_heads` and what uses it know it too
FEWEST_WORDS = 10  # by which the words of a shorter message are weighed

Phrase = str | tuple[str, ...]  # one word, or several


@dataclass(frozen=True, slots=True)
class Meanings:
    """The meanings of each phrase. `heads`: the first two words of those of three and more."""

    codes: Mapping[Phrase, tuple[str, ...]]
    heads: frozenset[tuple[str, ...]]


def as_meanings(codes: Mapping[Phrase, tuple[str, ...]]) -> Meanings:
    """The same with what finds long phrases fast."""
    return Meanings(codes, frozenset(phrase[:2] for phrase in codes if isinstance(phrase, tuple) and len(phrase) > 2))


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
    tokens, codes_of = reading.tokens, meanings.codes
    in_twos = list(pairwise(tokens))
    words, couples = frozenset(tokens), frozenset(in_twos)
    found = {token for token in words if token[0] == "~"}
    found.update(*filter(None, map(codes_of.get, words)), *filter(None, map(codes_of.get, couples)))
    for start in _heads(in_twos, meanings):
        found.update(codes_of.get(tokens[start : start + 3], ()), codes_of.get(tokens[start : start + 4], ()))
    if sender:
        found.add(sender)
    return Features(words, couples, tuple(sorted(found)), 1 / sqrt(max(len(words), FEWEST_WORDS)))


def occurrences(reading: Reading, meanings: Meanings) -> list[tuple[str, int, int]]:
    """(meaning, first token, last token) of every phrase and mark."""
    tokens, codes_of = reading.tokens, meanings.codes
    in_twos = list(pairwise(tokens))
    found = [(token, start, start) for start, token in enumerate(tokens) if token[0] == "~"]
    found += [(code, start, start) for start, codes in enumerate(map(codes_of.get, tokens)) if codes for code in codes]
    found += [
        (code, start, start + 1) for start, codes in enumerate(map(codes_of.get, in_twos)) if codes for code in codes
    ]
    heads = _heads(in_twos, meanings)
    for length in (3, 4):
        for start in heads:
            run = tokens[start : start + length]
            if len(run) == length:
                found += [(code, start, start + length - 1) for code in codes_of.get(run, ())]
    return found


def _heads(in_twos: list[tuple[str, str]], meanings: Meanings) -> list[int]:
    """Where two words stand with which a phrase of three or four begins."""
    heads = meanings.heads
    return [start for start, couple in enumerate(in_twos) if couple in heads]
