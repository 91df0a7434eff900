"""A text as the words and values that are compared.

Words are folded as everywhere (`base/text`). A value counts as its kind: which account a text names does not make it another text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from keng.base.text import fold
from keng.engines.align.types import NUMBER, Value

MOST_TOKENS = 2_000  # of one text that are compared; what follows is shown as it stands
MOST_LETTERS = 20 * MOST_TOKENS  # of one text that are read at all
_WORD = re.compile(r"(\w+)")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel lists, one row a word or value in the order of the text.

    `signs`: what is compared, a folded word, or `<kind>`; `kinds`: empty for words; `said`: what tells two values of a kind apart.
    """

    text: str
    starts: list[int]
    ends: list[int]
    signs: list[str]
    kinds: list[str]
    said: list[str]

    def __len__(self) -> int:
        return len(self.signs)


def read(text: str, values: Sequence[Value] = ()) -> Tokens:
    """The words and values of a text. Linear in its length. Values that overlap: the first and longest counts."""
    folded = fold(text[:MOST_LETTERS])
    parts = _WORD.split(folded.text)[: 2 * MOST_TOKENS]  # by turns what stands between words, and a word
    ends_of = list(accumulate(map(len, parts)))
    words, first, last = parts[1::2], ends_of[0::2], ends_of[1::2]
    starts = [folded.starts[place] for place in first[: len(words)]]
    ends = [folded.ends[place - 1] for place in last]
    kinds = [NUMBER if is_number else "" for is_number in map(str.isdigit, words)]
    signs = [f"<{NUMBER}>" if kind else word for kind, word in zip(kinds, words, strict=True)]
    tokens = Tokens(text, starts, ends, signs, kinds, words)
    for value in _in_order(values, min(len(text), MOST_LETTERS)):
        _put(tokens, value)
    return tokens


def _put(tokens: Tokens, value: Value) -> None:
    """The value in the place of the words in which it stands."""
    first = bisect_right(tokens.ends, value.start)
    last = bisect_left(tokens.starts, value.end)
    if first >= last:
        return
    tokens.starts[first:last] = [value.start]
    tokens.ends[first:last] = [value.end]
    tokens.signs[first:last] = [f"<{value.kind}>"]
    tokens.kinds[first:last] = [value.kind]
    tokens.said[first:last] = [value.value or tokens.text[value.start : value.end]]


def _in_order(values: Sequence[Value], length: int) -> list[Value]:
    """Those that stand in the text and do not overlap one before, the last first: so none moves the place of the next."""
    kept: list[Value] = []
    for value in sorted(values, key=lambda one: (one.start, -one.end)):
        if value.start < value.end <= length and (not kept or value.start >= kept[-1].end):
            kept.append(value)
    return kept[::-1]
