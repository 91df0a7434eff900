"""Draws the names of people: few families, popular given names by generation, and a tail of rare ones, as in the country."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np

from keng.nation.make.tables import lines, rows, shares

RARE_SHARE = 0.22
TWO_FAMILIES_SHARE = 0.03
OLD_BEFORE, NEW_FROM = 1985, 1995


def draw_names(
    generator: np.random.Generator, sex: np.ndarray, birth_year: np.ndarray, south: np.ndarray
) -> np.ndarray:
    """Full names, one per person. `sex` holds M and F, `south` is true for people born in the south (Huỳnh, Võ)."""
    family = _families(generator, south)
    rest = np.empty(len(sex), dtype=object)
    generation = np.where(birth_year < OLD_BEFORE, "old", np.where(birth_year >= NEW_FROM, "new", "all"))
    for letter in "MF":
        for era in ("old", "all", "new"):
            chosen = np.flatnonzero((sex == letter) & (generation == era))
            rest[chosen] = _popular(generator, letter, era, len(chosen))
        chosen = np.flatnonzero((sex == letter) & (generator.random(len(sex)) < RARE_SHARE))
        rest[chosen] = generator.choice(_rare(letter), len(chosen))
    return np.array([f"{a} {b}" for a, b in zip(family, rest, strict=True)], dtype=object)


def _families(generator: np.random.Generator, south: np.ndarray) -> np.ndarray:
    table = rows("family_names.csv")
    names = np.array([r["name"] for r in table], dtype=object)
    north_weights = shares([float(r["per_mille"]) * (2 - min(float(r["south"]), 1.9)) for r in table])
    south_weights = shares([float(r["per_mille"]) * float(r["south"]) for r in table])
    family = np.where(
        south,
        names[generator.choice(len(names), len(south), p=south_weights)],
        names[generator.choice(len(names), len(south), p=north_weights)],
    )
    second = names[generator.integers(1, 13, len(south))]
    doubled = (generator.random(len(south)) < TWO_FAMILIES_SHARE) & (family != second)
    return np.where(doubled, family + " " + second, family)


def _popular(generator: np.random.Generator, sex: str, era: str, count: int) -> np.ndarray:
    middle = _draw_part(generator, sex, "middle", era, count)
    given = _draw_part(generator, sex, "given", era, count)
    same = middle == given
    given[same] = "Bình"
    return middle + " " + given


def _draw_part(generator: np.random.Generator, sex: str, part: str, era: str, count: int) -> np.ndarray:
    table = [r for r in rows("given_names.csv") if (r["sex"], r["part"]) == (sex, part) and r["era"] in ("all", era)]
    names = np.array([r["name"] for r in table], dtype=object)
    return names[generator.choice(len(names), count, p=shares([float(r["weight"]) for r in table]))]


@cache
def _rare(sex: str) -> np.ndarray:
    return np.array(lines("given_male.txt" if sex == "M" else "given_female.txt"), dtype=object)


@cache
def bare_word(word: str) -> str:
    """A word without any mark, in lower case: `Nguyễn` becomes `nguyen`."""
    letters = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def bare(name: str) -> str:
    """A name or a sentence without any mark, in lower case, words divided by one space."""
    return " ".join(bare_word(word) for word in name.split())
