"""From words that agree to what is shown: slots with their kinds, the template as most write it, the spans of each text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from keng.engines.align.grouping import Group
from keng.engines.align.tokens import Tokens
from keng.engines.align.types import NAME, WORDS, Piece, Slot, Span, Template

SLOT_SHARE = 0.2  # of the texts must say something at a place, and two of them, for the place to be a slot
MOST_NAME_WORDS = 6
WRITERS = 24  # texts by which it is told how words are written
_SPACES = re.compile(r"\s+")
Gap = int
"""Before which place of the template; its length: at the end."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a text says where it differs: its tokens `first` to `last` (exclusive)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Told:
    """A template, and for each of its texts by number: its spans and the share of the template's words that it says."""

    template: Template
    texts: dict[int, tuple[tuple[Span, ...], float]]


def tell(group: Group, texts: Sequence[Tokens]) -> Told:
    """The template of a group of texts, each by its number among `texts`."""
    fixed = [not sign.startswith("<") for sign in group.words]
    words = {place for place, is_word in enumerate(fixed) if is_word}
    gaps = {number: _gaps(places, fixed) for number, places in group.places.items()}
    slots: list[Slot] = []
    slot_of: dict[Gap, int] = {}
    for gap, sayings in sorted(_by_gap(gaps, texts).items()):
        if len(sayings) >= max(SLOT_SHARE * len(gaps), 2):
            slot_of[gap] = len(slots)
            slots.append(_slot(sayings))
    pieces = _pieces(fixed, slot_of, slots, _Writing(group, texts))
    template = Template(tuple(pieces), tuple(slots), tuple(sorted(gaps)))
    rows = {
        number: (
            _spans(texts[number], own, slot_of),
            round(len(words.intersection(group.places[number])) / max(len(words), 1), 6),
        )
        for number, own in gaps.items()
    }
    return Told(template, rows)


def untold(tokens: Tokens) -> tuple[Span, ...]:
    """The spans of a text that is like no other: its values are marked, its words are not."""
    return _spans(tokens, {number: _Said(number, number + 1) for number, kind in enumerate(tokens.kinds) if kind}, {})


def _by_gap(gaps: Mapping[int, Mapping[Gap, _Said]], texts: Sequence[Tokens]) -> dict[Gap, list[tuple[Tokens, _Said]]]:
    found: dict[Gap, list[tuple[Tokens, _Said]]] = {}
    for number, own in gaps.items():
        for gap, said in own.items():
            found.setdefault(gap, []).append((texts[number], said))
    return found


def _gaps(places: list[int], fixed: list[bool]) -> dict[Gap, _Said]:
    """What the text says between the words of the template, by the word it stands before. A value is always between words.

    Two places without a word of the template between them are one: an account beside a name varies as a whole.
    """
    found: dict[Gap, _Said] = {}
    start, before = 0, -1
    for number, place in enumerate(places):
        if place >= 0 and fixed[place]:
            if number > start:
                found[_gap_after(before, place, fixed)] = _Said(start, number)
            start, before = number + 1, place
    if len(places) > start:
        found[_gap_after(before, len(fixed), fixed)] = _Said(start, len(places))
    return found


def _gap_after(before: int, place: int, fixed: list[bool]) -> Gap:
    """The name of the place between two words of which the text says both: where a value of the template stands, else the first."""
    return next((number for number in range(before + 1, place) if not fixed[number]), before + 1)


def _slot(sayings: list[tuple[Tokens, _Said]]) -> Slot:
    different = {tuple(tokens.said[said.first : said.last]) for tokens, said in sayings}
    kinds = Counter(_kind(tokens, said) for tokens, said in sayings)
    return Slot(min(kinds, key=lambda kind: (-kinds[kind], kind == WORDS, kind)), len(sayings), len(different))


def _kind(tokens: Tokens, said: _Said) -> str:
    """The kind of the first value in it; a name, if it is a few words with capitals; else words."""
    kinds = [kind for kind in tokens.kinds[said.first : said.last] if kind]
    if kinds:
        return kinds[0]
    words = [tokens.text[tokens.starts[at] : tokens.ends[at]] for at in range(said.first, said.last)]
    is_name = 2 <= len(words) <= MOST_NAME_WORDS and all(word[0].isupper() for word in words)
    return NAME if is_name and not tokens.text.isupper() else WORDS


def _spans(tokens: Tokens, gaps: Mapping[Gap, _Said], slot_of: Mapping[Gap, int]) -> tuple[Span, ...]:
    spans: list[Span] = []
    done = 0
    for gap, said in sorted(gaps.items(), key=lambda one: one[1].first):
        start, end = tokens.starts[said.first], tokens.ends[said.last - 1]
        if start > done:
            spans.append(Span(done, start))
        slot = slot_of.get(gap)
        spans.append(Span(start, end, _kind(tokens, said), slot))
        done = end
    if done < len(tokens.text):
        spans.append(Span(done, len(tokens.text)))
    return tuple(spans)


def _pieces(fixed: list[bool], slot_of: Mapping[Gap, int], slots: Sequence[Slot], writing: _Writing) -> list[Piece]:
    """The template: runs of its words, with the slots between them."""
    pieces: list[Piece] = []
    run: list[int] = []

    def close() -> None:
        if run:
            pieces.append(writing.piece(run))
            run.clear()

    for place in range(len(fixed) + 1):
        if place in slot_of:
            close()
            pieces.append(Piece("", slot_of[place], slots[slot_of[place]].texts))
        if place < len(fixed) and fixed[place]:
            run.append(place)
    close()
    return pieces


class _Writing:
    """How the texts write each word of a template and what stands between two of them, and how many texts say it."""

    def __init__(self, group: Group, texts: Sequence[Tokens]) -> None:
        self._signs = group.words
        self._words: list[Counter[str]] = [Counter() for _ in group.words]
        self._after: list[Counter[str]] = [Counter() for _ in group.words]
        self._texts = Counter(chain.from_iterable(group.places.values()))
        for number in sorted(group.places, key=lambda number: texts[number].text)[:WRITERS]:
            self._read(texts[number], group.places[number])

    def _read(self, tokens: Tokens, places: list[int]) -> None:
        text, starts, ends = tokens.text, tokens.starts, tokens.ends
        before, done = -2, 0
        for place, start, end in zip(places, starts, ends, strict=True):
            if place >= 0:
                self._words[place][text[start:end]] += 1
                if place == before + 1:
                    self._after[before][text[done:start]] += 1
            before, done = place if place >= 0 else -2, end

    def piece(self, run: list[int]) -> Piece:
        """Words that follow each other, each as most texts write it."""
        said = [_most(self._words[place]) or self._signs[place] for place in run]
        between = [_SPACES.sub(" ", _most(self._after[place]) or " ") for place in run[:-1]]
        words = "".join(part for pair in zip(said, [*between, ""], strict=True) for part in pair)
        return Piece(words, None, min(self._texts[place] for place in run))


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda one: (-counts[one], one), default="")
