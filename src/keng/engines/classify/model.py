"""The model: weights by name, read from a file that a person can read too, and what they make of a message.

`scam` and `spam` come from a logistic regression over the features; the trick from another one, asked only if it is a scam.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from pathlib import Path
from typing import Any, TypeVar

from keng.base.text import bare
from keng.engines.classify import sums
from keng.engines.classify.features import LONGEST_PHRASE, Features, Meanings, Phrase, as_meanings
from keng.engines.classify.reading import read
from keng.engines.classify.sums import Packed
from keng.engines.classify.writing import Writing

FORMAT = 1

Weights = tuple[float, float]  # of spam and of scam, against a true message
Pair = tuple[str, str]
Key = TypeVar("Key")
Alone = tuple[Mapping[Key, float], ...]  # of spam, of scam


class UnusableModelError(Exception):
    """A file is no model of this format. The message says which file."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the features by kind. Words and couples count by `Features.word_value`, the others as they are.

    Each weight is there twice: `alone`, for spam and for scam, to explain; `summed`, in the form in which they are added up.
    """

    version: str
    temperature: float
    start: Weights
    words_alone: Alone[str]
    couples_alone: Alone[Pair]
    meanings_alone: Alone[str]
    pairs_alone: tuple[Mapping[str, Mapping[str, float]], ...]  # by the name that comes first, then by the other
    trick_codes: tuple[str, ...]
    summed_words: Packed[str]
    summed_couples: Packed[Pair]
    summed_meanings: Packed[str]
    summed_pairs: Mapping[str, Packed[str]]
    trick_start: int
    trick_words: Packed[str]
    trick_meanings: Packed[str]
    phrases: Meanings
    writing: Writing

    def scores(self, features: Features) -> Weights:
        """How much speaks for spam and for scam, against a true message. 0 is even."""
        names = features.meanings
        words = sums.total(self.summed_words, features.words) + sums.total(self.summed_couples, features.couples)
        meanings = sums.total(self.summed_meanings, names)
        for at, row in enumerate(map(self.summed_pairs.get, names), 1):
            if row:
                meanings += sums.total(row, names[at:])
        of_words, of_meanings = sums.unpacked(words, 2), sums.unpacked(meanings, 2)
        value = features.word_value
        return (
            (self.start[0] + of_meanings[0] + of_words[0] * value) / self.temperature,
            (self.start[1] + of_meanings[1] + of_words[1] * value) / self.temperature,
        )

    def trick(self, features: Features) -> str:
        """The likeliest trick of a scam."""
        return self.likeliest(features, 1)[0]

    def likeliest(self, features: Features, most: int) -> list[str]:
        """The likeliest tricks of a scam, the first one first; of two alike the one that stands first in the model."""
        count, value = len(self.trick_codes), features.word_value
        of_words = sums.unpacked(sums.total(self.trick_words, features.words), count)
        of_meanings = sums.unpacked(self.trick_start + sums.total(self.trick_meanings, features.meanings), count)
        totals = [fixed + word * value for fixed, word in zip(of_meanings, of_words, strict=True)]
        order = sorted(range(count), key=lambda place: -totals[place])
        return [self.trick_codes[place] for place in order[:most]]


def probabilities(scores: Weights) -> Weights:
    """The probabilities of spam and of scam."""
    top = max(0.0, *scores)
    true, spam, scam = exp(-top), exp(scores[0] - top), exp(scores[1] - top)
    total = true + spam + scam
    return spam / total, scam / total


@cache
def shipped() -> Model:
    """The model that the program carries."""
    return parse(
        files("keng.engines.classify").joinpath("data/model.json").read_text("utf-8"), "the program's own model"
    )


@cache
def load(path: str) -> Model:
    """The model in a file; raises UnusableModelError."""
    try:
        return parse(Path(path).read_text("utf-8"), path)
    except (OSError, UnicodeDecodeError) as problem:
        raise UnusableModelError(f"cannot read the model {path}") from problem


def parse(text: str, name: str) -> Model:
    """The model in a text; raises UnusableModelError, which calls it `name`."""
    try:
        body: dict[str, Any] = json.loads(text)
        if body["format"] != FORMAT:
            raise UnusableModelError(f"{name} has a format that this program does not know")
        weights, tricks, codes = body["weights"], body["trick_weights"], tuple(body["trick_start"])
        couples, pairs = _by_couple(weights["couple"]), _by_first(weights["pair"])
        return Model(
            version=str(body["version"]),
            temperature=float(body["temperature"]),
            start=(body["start"]["spam"], body["start"]["scam"]),
            words_alone=_alone(weights["word"]),
            couples_alone=_alone(couples),
            meanings_alone=_alone(weights["meaning"]),
            pairs_alone=tuple({first: _alone(row)[kind] for first, row in pairs.items()} for kind in (0, 1)),
            trick_codes=codes,
            summed_words=sums.table(weights["word"]),
            summed_couples=sums.table(couples),
            summed_meanings=sums.table(weights["meaning"]),
            summed_pairs={first: sums.table(row) for first, row in pairs.items()},
            trick_start=sums.packed(enumerate(body["trick_start"].values())),
            trick_words=_by_place(tricks["word"], codes),
            trick_meanings=_by_place(tricks["meaning"], codes),
            phrases=as_meanings({_key(phrase): tuple(codes) for phrase, codes in body["phrases"].items()}),
            writing=Writing(frozenset(body["known"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UnusableModelError(f"{name} is no model of `keng classify`") from problem


def phrase_key(phrase: str, writing: Writing) -> Phrase | None:
    """A phrase as it is found in a reading: its first four words; None if it has none."""
    tokens = read(bare(phrase), writing).tokens[:LONGEST_PHRASE]
    return (tokens[0] if len(tokens) == 1 else tokens) if tokens else None


def phrase_table(phrases: Mapping[str, Iterable[str]], writing: Writing) -> dict[Phrase, tuple[str, ...]]:
    """The meanings of each phrase, from the phrases of each meaning."""
    found: dict[Phrase, tuple[str, ...]] = {}
    for code, written in phrases.items():
        for phrase in written:
            key = phrase_key(phrase, writing)
            if key is not None and code not in found.get(key, ()):
                found[key] = (*found.get(key, ()), code)
    return found


def _key(phrase: str) -> Phrase:
    words = tuple(phrase.split(" "))
    return words if len(words) > 1 else words[0]


def _by_place(weights: Mapping[str, Mapping[str, float]], codes: tuple[str, ...]) -> dict[str, int]:
    places = {code: number for number, code in enumerate(codes)}
    return {name: sums.packed((places[code], weight) for code, weight in row.items()) for name, row in weights.items()}


def _alone(weights: Mapping[Key, Weights]) -> Alone[Key]:
    return tuple({name: row[kind] for name, row in weights.items() if row[kind]} for kind in (0, 1))


def _by_couple(weights: Mapping[str, Weights]) -> dict[Pair, Weights]:
    found: dict[Pair, Weights] = {}
    for names, values in weights.items():
        first, _, second = names.partition(" ")
        found[first, second] = values
    return found


def _by_first(weights: Mapping[str, Weights]) -> dict[str, dict[str, Weights]]:
    found: dict[str, dict[str, Weights]] = {}
    for (first, second), values in _by_couple(weights).items():
        found.setdefault(first, {})[second] = values
    return found
