"""Names of companies, shops and utilities: the holders of accounts that are nobody's own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keng.nation.make.tables import birthplaces, lines, rows, shares

KINDS = ("employer", "shop", "utility")


def organisation_names(draw: np.random.Generator, count: int) -> Iterator[str]:
    """As many names as asked, of every kind. Names may repeat, as in the country."""
    table = rows("organisations.csv")
    forms = [r["name"] for r in table]
    chosen = draw.choice(len(forms), count, p=shares([float(r["weight"]) for r in table]))
    words, places = lines("organisation_words.txt"), birthplaces()
    first, second = draw.integers(0, len(words), count), draw.integers(0, len(places), count)
    for form, word, place in zip(chosen, first, second, strict=True):
        yield forms[form].format(word=words[word], place=places[place].name)


def organisation_kinds(draw: np.random.Generator, count: int) -> np.ndarray:
    """What each account of an organisation is for: it pays wages, sells, or bills for power and water."""
    return np.array(KINDS, dtype=object)[draw.choice(len(KINDS), count, p=[0.4, 0.52, 0.08])]
