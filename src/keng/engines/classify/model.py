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
from typing import Any

from keng.base.text import bare
from keng.engines.classify.features import LONGEST_PHRASE, Features, Meanings, Phrase
from keng.engines.classify.reading import read
from keng.engines.classify.writing import Writing

FORMAT = 1

Weights = tuple[float, float]  # of spam and of scam, against a true message
Pair = tuple[str, str]
TrickWeights = tuple[tuple[int, float], ...]  # place of the trick among the codes, weight


class UnusableModelError(Exception):
    """A file is no model of this format. The message says which file."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the features by kind. Words and couples count by `Features.word_value`, the others as they are."""

    version: str
    temperature: float
    start: Weights
    words: Mapping[str, Weights]
    couples: Mapping[Pair, Weights]
    meanings: Mapping[str, Weights]
    pairs: Mapping[Pair, Weights]
    trick_codes: tuple[str, ...]
    trick_start: tuple[float, ...]  # of each of the codes
    trick_words: Mapping[str, TrickWeights]
    trick_meanings: Mapping[str, TrickWeights]
    phrases: Meanings
    writing: Writing

    def scores(self, features: Features) -> Weights:
        """How much speaks for spam and for scam, against a true message. 0 is even."""
        word_spam, word_scam = _sums(self.words, features.words)
        couple_spam, couple_scam = _sums(self.couples, features.couples)
        spam, scam = _sums(self.meanings, features.meanings)
        pair_spam, pair_scam = _sums(self.pairs, features.pairs())
        value = features.word_value
        return (
            (self.start[0] + spam + pair_spam + (word_spam + couple_spam) * value) / self.temperature,
            (self.start[1] + scam + pair_scam + (word_scam + couple_scam) * value) / self.temperature,
        )

    def trick(self, features: Features) -> str:
        """The likeliest trick of a scam."""
        totals = list(self.trick_start)
        value = features.word_value
        for weights in filter(None, map(self.trick_words.get, features.words)):
            for number, weight in weights:
                totals[number] += weight * value
        for weights in filter(None, map(self.trick_meanings.get, features.meanings)):
            for number, weight in weights:
                totals[number] += weight
        return self.trick_codes[totals.index(max(totals))]


def probabilities(scores: Weights) -> Weights:
    """The probabilities of spam and of scam."""
    top = max(0.0, *scores)
    true, spam, scam = exp(-top), exp(scores[0] - top), exp(scores[1] - top)
    total = true + spam + scam
    return spam / total, scam / total


@cache
def shipped() -> Model:
    """The model that the program carries."""
    return _parse(
        files("keng.engines.classify").joinpath("data/model.json").read_text("utf-8"), "the program's own model"
    )


@cache
def load(path: str) -> Model:
    """The model in a file; raises UnusableModelError."""
    try:
        return _parse(Path(path).read_text("utf-8"), path)
    except (OSError, UnicodeDecodeError) as problem:
        raise UnusableModelError(f"cannot read the model {path}") from problem


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
            if key is not None:
                found[key] = (*found.get(key, ()), code)
    return found


def _parse(text: str, name: str) -> Model:
    try:
        body: dict[str, Any] = json.loads(text)
        if body["format"] != FORMAT:
            raise UnusableModelError(f"{name} has a format that this program does not know")
        weights, tricks, codes = body["weights"], body["trick_weights"], tuple(body["trick_start"])
        return Model(
            version=str(body["version"]),
            temperature=float(body["temperature"]),
            start=(body["start"]["spam"], body["start"]["scam"]),
            words=weights["word"],
            couples=_by_pair(weights["couple"]),
            meanings=weights["meaning"],
            pairs=_by_pair(weights["pair"]),
            trick_codes=codes,
            trick_start=tuple(body["trick_start"].values()),
            trick_words=_by_place(tricks["word"], codes),
            trick_meanings=_by_place(tricks["meaning"], codes),
            phrases={_key(phrase): tuple(codes) for phrase, codes in body["phrases"].items()},
            writing=Writing(frozenset(body["known"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UnusableModelError(f"{name} is no model of `keng classify`") from problem


def _key(phrase: str) -> Phrase:
    words = tuple(phrase.split(" "))
    return words if len(words) > 1 else words[0]


def _by_place(weights: Mapping[str, Mapping[str, float]], codes: tuple[str, ...]) -> dict[str, TrickWeights]:
    places = {code: number for number, code in enumerate(codes)}
    return {name: tuple([(places[code], weight) for code, weight in row.items()]) for name, row in weights.items()}


def _by_pair(weights: Mapping[str, Weights]) -> dict[Pair, Weights]:
    found: dict[Pair, Weights] = {}
    for names, values in weights.items():
        first, _, second = names.partition(" ")
        found[first, second] = values
    return found


def _sums(weights: Mapping[Any, Weights], names: Iterable[Any]) -> Weights:
    spam = scam = 0.0
    for of_spam, of_scam in filter(None, map(weights.get, names)):
        spam += of_spam
        scam += of_scam
    return spam, scam
