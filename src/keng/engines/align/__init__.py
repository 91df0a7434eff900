"""Many texts of one trick laid beside each other: the template that they share, and in each what is template and what varies.

>>> texts = [f"Con bi tai nan, me chuyen {sum} vao tai khoan nay gap" for sum in ("2tr", "5tr", "900k")]
>>> found = align(texts)
>>> [piece.words or "..." for piece in found.templates[0].pieces]
['Con bi tai nan, me chuyen', '...', 'vao tai khoan nay gap']
>>> [texts[1][span.start : span.end] for span in found.texts[1].spans if span.kind]
['5tr']
"""

from __future__ import annotations

from collections.abc import Sequence

from keng.engines.align.grouping import Group, group
from keng.engines.align.telling import tell, untold
from keng.engines.align.tokens import read
from keng.engines.align.types import NAME, NUMBER, WORDS, Aligned, Alignment, Piece, Slot, Span, Template, Value

__all__ = ["NAME", "NUMBER", "WORDS", "Aligned", "Alignment", "Piece", "Slot", "Span", "Template", "Value", "align"]


def align(texts: Sequence[str], values: Sequence[Sequence[Value]] = ()) -> Alignment:
    """The templates of the texts, and the spans of each text, which make up the whole of it.

    `values`: what each text names and where (none: nothing is known). A text is of a template if half of the words of both are
    common, in order, and it says half of the template's. A word is of the template if half of its texts say it, of which those
    that say the same words count once. At most six templates; of a text the first 2,000 words are compared. The order of the
    texts changes nothing but the order of the result. Never raises on any text. Linear in the number and length of texts: 200 of
    1,000 letters take some 60 ms.
    """
    tokens = [read(text, values[number] if number < len(values) else ()) for number, text in enumerate(texts)]
    same: dict[tuple[str, ...], list[int]] = {}
    for number, one in enumerate(tokens):
        same.setdefault(tuple(one.signs), []).append(number)
    told = [
        tell(each, tokens)
        for each in _of_all(group(list(same), [len(members) for members in same.values()]), list(same.values()))
    ]
    told.sort(key=lambda one: -len(one.template.members))
    rows = {number: (place, *row) for place, one in enumerate(told) for number, row in one.texts.items()}
    return Alignment(
        tuple(one.template for one in told),
        tuple(
            Aligned(*rows[number]) if number in rows else Aligned(None, untold(one), 0.0)
            for number, one in enumerate(tokens)
        ),
    )


def _of_all(groups: list[Group], members: list[list[int]]) -> list[Group]:
    """The same groups with every text in the place of the one that stood for all of the same words."""
    return [
        Group(one.words, {text: places for number, places in one.places.items() for text in members[number]})
        for one in groups
    ]
