"""Whose rows a register holds: pools of people for each kind of row, and people who do not exist."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random

import numpy as np

from keng.nation.make.people.citizen_ids import as_citizen_text, draw_citizen_numbers, far_from_everybody
from keng.nation.make.people.full_names import bare, draw_names
from keng.nation.make.people.population import People, name_and_birth_keys
from keng.nation.make.tables import birthplaces

ADULT_AGE, CHILD_NOW_AT_MOST, CHILD_AT_LEAST = 19, 20, 9
GHOST_BORN = (1970, 2006)  # later than anybody whose birth date is known to the year only


@dataclass(frozen=True, slots=True)
class Ghost:
    """Somebody invented: nobody in the population has this name and birth date, or a number like this one."""

    number: str
    name: str
    birth_text: str
    male: bool


def make_pools(people: People) -> dict[str, np.ndarray]:
    """Pool name to row numbers of people. `unique` people share name and birth date with nobody."""
    keys = name_and_birth_keys(people)
    times = Counter(keys)
    living = ~people.deceased
    adult = living & (people.age >= ADULT_AGE)
    full = adult & people.full_date
    unique = full & np.fromiter((times[key] == 1 for key in keys), bool, len(people))
    child = living & (people.age >= CHILD_AT_LEAST) & (people.age <= CHILD_NOW_AT_MOST) & people.full_date
    masks = {
        "adult": adult,
        "full_date": full,
        "unique": unique,
        "old_id": adult & (people.old_number >= 0),
        "sex_known": adult & people.sex_known,
        "deceased": people.deceased,
        "child": child,
    }
    return {name: np.flatnonzero(mask) for name, mask in masks.items()}


def make_ghosts(draw: np.random.Generator, people: People, count: int) -> list[Ghost]:
    """People who do not exist, in any wished number."""
    taken_keys, taken_numbers = set(name_and_birth_keys(people)), np.sort(people.number)
    codes = np.array([place.code3 for place in birthplaces()])
    ghosts: list[Ghost] = []
    while len(ghosts) < count:
        size = count - len(ghosts) + 20
        male, year = draw.random(size) < 0.6, draw.integers(*GHOST_BORN, size)
        names = draw_names(draw, np.where(male, "M", "F"), year, draw.random(size) < 0.45)
        days = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + draw.integers(0, 365, size)
        numbers = draw_citizen_numbers(draw, draw.choice(codes, size), male, year, people.serials)
        far = far_from_everybody(numbers, taken_numbers)
        for row in np.flatnonzero(far):
            key = f"{bare(names[row])}|{days[row]}"
            if key not in taken_keys:
                ghosts.append(Ghost(as_citizen_text(int(numbers[row])), names[row], str(days[row]), bool(male[row])))
    return ghosts[:count]


def tax_code(dice: Random) -> str:
    """A ten-digit tax code of an enterprise with its check digit (Circular 105/2020)."""
    while True:
        digits = [0, *(dice.randrange(10) for _ in range(8))]
        check = 10 - sum(d * w for d, w in zip(digits, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True)) % 11
        if check < 10:
            return "".join(map(str, [*digits, check]))
