"""Why a message is called what it is called: the stretches without which it would not be.

What each token adds is known, because the model only adds. The strongest stretches are named, neighbours as one, until what
is left would fall below the line; that is tried out, and stretches are widened to their clauses if it does not. If five
clauses are not enough, the whole message is the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise, repeat

from keng.engines.classify.features import FEWEST_WORDS, occurrences
from keng.engines.classify.model import Model
from keng.engines.classify.reading import Reading, without_edges
from keng.engines.classify.reasons import WORDING, reason_of_meaning
from keng.engines.classify.types import Why

MOST_SPANS = 5
CLAUSE_ENDS = ".!?;:,\n"
NARROWEST_SHARE = 0.04  # of what speaks for the verdict: less is not worth naming

Span = tuple[int, int]  # first and last stretch


@dataclass(slots=True)
class _Part:
    """Stretches that belong together: how much they weigh, and the reason that weighs most in them."""

    first: int
    last: int
    weight: float
    reason: str


def explain(
    model: Model, reading: Reading, kind: int, margin: float, holds: Callable[[Reading], bool]
) -> tuple[Why, ...]:
    """At most five reasons, strongest first.

    `kind`: 0 for spam, 1 for scam; `margin`: by how much it leads; `holds` tells whether a reading is still called so.
    """
    weights, named = _weights_of_stretches(model, reading, kind)
    parts = _parts(weights, named)
    for widen in (False, True):
        chosen = _enough(parts, margin, reading, holds)
        if chosen is not None:
            return _shown(chosen, reading)
        if not widen:
            parts = _clauses(parts, weights, reading)
    return (Why(None, None, parts[0].reason if parts else WORDING),)


def _weights_of_stretches(
    model: Model, reading: Reading, kind: int
) -> tuple[list[float], dict[int, tuple[float, str]]]:
    """What each stretch adds, and the meaning that adds most to it with its weight."""
    tokens, places = reading.tokens, reading.places
    value = 1 / max(len(set(tokens)), FEWEST_WORDS) ** 0.5
    weights = [0.0] * (max(places) + 1)
    named: dict[int, tuple[float, str]] = {}
    for place, weight in zip(places, map(model.words_alone[kind].get, tokens, repeat(0.0)), strict=True):
        if weight:
            weights[place] += weight * value
    for at, weight in enumerate(map(model.couples_alone[kind].get, pairwise(tokens), repeat(0.0))):
        if weight:
            weights[places[at]] += weight * value / 2
            weights[places[at + 1]] += weight * value / 2
    present: dict[str, list[Span]] = {}
    for meaning, first, last in occurrences(reading, model.phrases):
        present.setdefault(meaning, []).append((places[first], places[last]))
    reasons = reason_of_meaning()
    for meaning, weight in _weights_of_meanings(model, present, kind).items():
        reason = reasons.get(meaning)
        for first, last in present[meaning]:
            share = weight / (last - first + 1)
            for place in range(first, last + 1):
                weights[place] += share
                if reason and share > named.get(place, (0.0, ""))[0]:
                    named[place] = (share, reason)
    return weights, named


def _weights_of_meanings(model: Model, present: Iterable[str], kind: int) -> dict[str, float]:
    """What each meaning adds, alone and half of what it adds together with each other."""
    names = sorted(present)
    alone, pairs = model.meanings_alone[kind], model.pairs_alone[kind]
    totals = {name: alone.get(name, 0.0) for name in names}
    for at, row in enumerate(map(pairs.get, names), 1):
        if not row:
            continue
        for other, weight in zip(names[at:], map(row.get, names[at:]), strict=True):
            if weight:
                totals[names[at - 1]] += weight / 2
                totals[other] += weight / 2
    return totals


def _parts(weights: list[float], named: dict[int, tuple[float, str]]) -> list[_Part]:
    """Neighbouring stretches that speak for the verdict, strongest first."""
    total = sum([weight for weight in weights if weight > 0])
    parts: list[_Part] = []
    strongest: list[float] = []
    for place in [place for place, weight in enumerate(weights) if weight > 0.005 * total]:
        share, reason = named.get(place, (0.0, WORDING))
        if parts and place - parts[-1].last <= 2:
            part = parts[-1]
            part.last, part.weight = place, part.weight + weights[place]
            if share > strongest[-1]:
                part.reason, strongest[-1] = reason, share
        else:
            parts.append(_Part(place, place, weights[place], reason))
            strongest.append(share)
    return sorted(parts, key=lambda part: (-part.weight, part.first))


def _clauses(parts: list[_Part], weights: list[float], reading: Reading) -> list[_Part]:
    """The parts widened to the clauses in which they stand; clauses that touch become one if there are more than five."""
    bounds = _clause_bounds(reading)
    widened: dict[Span, _Part] = {}
    for part in parts:
        first, last = bounds[part.first][0], bounds[min(part.last, len(bounds) - 1)][1]
        key = (first, last)
        if key not in widened:
            weight = sum(weights[first : last + 1])
            widened[key] = _Part(first, last, weight, part.reason)
    return _merged(sorted(widened.values(), key=lambda part: part.first))


def _merged(parts: list[_Part]) -> list[_Part]:
    merged: list[_Part] = []
    for part in parts:
        if merged and part.first <= merged[-1].last + 1:
            before = merged[-1]
            reason = part.reason if part.weight > before.weight else before.reason
            merged[-1] = _Part(before.first, max(before.last, part.last), before.weight + part.weight, reason)
        else:
            merged.append(part)
    return sorted(merged, key=lambda part: (-part.weight, part.first))


def _clause_bounds(reading: Reading) -> list[Span]:
    """For each stretch the first and the last one of its clause."""
    text = reading.folded.text
    stretches = reading.stretches()
    bounds: list[Span] = []
    first = 0
    for place, stretch in enumerate(stretches):
        _, end = without_edges(text, *stretch)
        is_last = place + 1 == len(stretches)
        following = len(text) if is_last else without_edges(text, *stretches[place + 1])[0]
        if is_last or any(sign in CLAUSE_ENDS for sign in text[end:following]):
            bounds += [(first, place)] * (place + 1 - first)
            first = place + 1
    return bounds


def _enough(
    parts: list[_Part], margin: float, reading: Reading, holds: Callable[[Reading], bool]
) -> list[_Part] | None:
    """The fewest of the strongest parts without which the verdict falls, by what they weigh; None if five are too few."""
    weight, count = 0.0, 0
    while count < len(parts[:MOST_SPANS]) and weight <= margin:
        weight += parts[count].weight
        count += 1
    for chosen in (parts[:count], parts[:MOST_SPANS]):
        if chosen and not holds(reading.without(_places(chosen))):
            return chosen
    return None


def _places(parts: Iterable[_Part]) -> set[int]:
    return {place for part in parts for place in range(part.first, part.last + 1)}


def _shown(parts: list[_Part], reading: Reading) -> tuple[Why, ...]:
    folded, stretches = reading.folded, reading.stretches()
    shown = []
    for part in parts:
        start, _ = without_edges(folded.text, *stretches[part.first])
        _, end = without_edges(folded.text, *stretches[part.last])
        shown.append(Why(*folded.span(start, end), part.reason))
    return tuple(shown)
