"""Which texts are one template, and the words of each: the sign sequences alone, nothing of how they are written.

No order of arrival matters: samples and ties go by what the texts say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

from keng.engines.align.common import Pattern

SAMPLE = 32  # texts that the words of a template are learnt from
ALIKE = 0.5  # of the words of a text and a template together that are common (Dice): below, they are not one
SHORT = 0.75  # of the usual length: a shorter text is not taken for the few usual words that it says
HALF = 0.5  # of a template's texts must say a word of it
FEWEST = 2  # texts make a template
MOST_TEMPLATES = 6
Signs = Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one template. `words`: its signs; `places`: for each member the place of each of its signs among them, or -1."""

    words: list[str]
    places: dict[int, list[int]]


def group(texts: Sequence[Signs], counts: Sequence[int]) -> list[Group]:
    """Templates of two texts or more, each text in one at most, found one after the other.

    Pass each different text once, with how often it came: one that came twice is a template by itself, but what half of the
    texts say is counted by different texts, so that one sent a thousand times does not drown its kin.
    """
    left = [number for number, signs in enumerate(texts) if signs]
    found: list[Group] = []
    for _ in range(MOST_TEMPLATES):
        if sum(counts[number] for number in left) < FEWEST:
            break
        sample = sorted(left, key=lambda number: _rank(texts[number]))[:SAMPLE]
        made = _grown(texts, counts, sample, left)
        if made is None:
            break
        found.append(made)
        left = [number for number in left if number not in made.places]
    return found


def _grown(texts: Sequence[Signs], counts: Sequence[int], sample: list[int], left: list[int]) -> Group | None:
    """The template of the text that has most in common with the rest; of the next one, if that one stands alone."""
    for seed in _by_company(texts, sample):
        words = list(texts[seed])
        for _ in range(2):
            words = _agreed(words, [texts[number] for number in sample])
        made = _members(words, texts, left)
        if sum(counts[number] for number in made.places) >= FEWEST:
            return made
    return None


def _members(words: list[str], texts: Sequence[Signs], left: list[int]) -> Group:
    """The texts that are like these words, and the words that half of them say."""
    pattern = Pattern(words)
    places = {number: found for number in left if (found := _if_alike(pattern, texts[number])) is not None}
    support = Counter(chain.from_iterable(places.values()))
    kept = [place for place in range(len(words)) if support[place] >= HALF * len(places)]
    new = [-1] * (len(words) + 1)  # the last is that of the place -1
    for number, place in enumerate(kept):
        new[place] = number
    moved = {number: [new[place] for place in found] for number, found in places.items()}
    return Group([words[place] for place in kept], moved)


def _if_alike(pattern: Pattern, signs: Signs) -> list[int] | None:
    found = pattern.places_in(signs)
    common = len(found) - found.count(-1)
    enough = 2 * common >= ALIKE * (len(signs) + len(pattern.signs)) and common >= HALF * len(pattern.signs)
    return found if enough and common else None


def _agreed(words: list[str], sample: list[Signs]) -> list[str]:
    """The words of the template that half of the texts like it say, with what half of them say between those."""
    pattern = Pattern(words)
    alike = [(signs, found) for signs in sample if (found := _if_alike(pattern, signs)) is not None]
    least = HALF * len(alike)
    support = Counter(chain.from_iterable(found for _signs, found in alike))
    between = _between(alike, least)
    agreed = list(between.get(-1, ()))
    for place, word in enumerate(words):
        if support[place] >= least:
            agreed.append(word)
        agreed += between.get(place, ())
    return agreed or words


def _between(alike: list[tuple[Signs, list[int]]], least: float) -> dict[int, list[str]]:
    """After which place of the template half of the texts say what else; in the order of the text that says most of it."""
    said: dict[int, list[list[str]]] = {}
    for signs, found in alike:
        after = -1
        own: dict[int, list[str]] = {}
        for sign, place in zip(signs, found, strict=True):
            if place >= 0:
                after = place
            else:
                own.setdefault(after, []).append(sign)
        for place, run in own.items():
            said.setdefault(place, []).append(run)
    agreed = {}
    for place, runs in said.items():
        if len(runs) < least or len(runs) < FEWEST:
            continue
        counts = Counter(sign for run in runs for sign in set(run))
        often = {sign for sign, count in counts.items() if count >= max(least, FEWEST)}
        if often:
            shown = ([sign for sign in run if sign in often] for run in runs)
            agreed[place] = max(shown, key=lambda run: (len(set(run)), -len(run), run))
    return agreed


def _by_company(texts: Sequence[Signs], sample: list[int]) -> list[int]:
    """The sample, those first whose words most others say too on average: not the one that says what two groups say."""
    sets = {number: set(texts[number]) for number in sample}
    counts = Counter(sign for signs in sets.values() for sign in signs)
    usual = sorted(len(signs) for signs in sets.values())[len(sets) // 2]
    scores = {
        number: sum(counts[sign] - 1 for sign in signs) / max(len(signs), usual * SHORT)
        for number, signs in sets.items()
    }
    return sorted(sample, key=lambda number: (-scores[number], _rank(texts[number])))


def _rank(signs: Signs) -> bytes:
    """A random order of texts that no other text moves."""
    return blake2b("\n".join(signs).encode("utf-8", "surrogatepass"), digest_size=16).digest()
