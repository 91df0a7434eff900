"""The population: who lives in the nation and who has died.

At the size of a country a popular name and a birth date belong to several people. A town of 2,000 would not show it, so
`NAMESAKE_SHARE` of the people take the name and the birth date of another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from keng.nation.make.people.citizen_ids import OLD_HIGH, OLD_LOW, YEAR_DIGIT, draw_citizen_numbers, draw_old_numbers
from keng.nation.make.people.full_names import bare, draw_names
from keng.nation.make.plan import Plan
from keng.nation.make.tables import birthplaces, rows, shares

DECEASED_SHARE = 0.055
NAMESAKE_SHARE = 0.05
MOVED_SHARE = 0.14
SEX_UNKNOWN_SHARE = 0.003
NEW_YEAR_BIRTHDAY_SHARE = 0.05  # registered years after the birth, as the first of January
YEAR_ONLY_SHARE, YEAR_ONLY_BEFORE = 0.03, 1962
MONTH_ONLY_SHARE = 0.01
OLD_ID_SHARE, OLD_ID_BORN_BEFORE = 0.85, 2003
DEATH_DATE_UNKNOWN_SHARE = 0.06
FIRST_DEATH_YEAR = 2009
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class People:
    """Columns of one row per person; days are days since 1970-01-01. `old_number` and `death_day` are -1 where there is none."""

    number: np.ndarray
    old_number: np.ndarray
    name: np.ndarray
    birth_day: np.ndarray
    birth_text: np.ndarray
    male: np.ndarray
    sex_known: np.ndarray
    province: np.ndarray
    region: np.ndarray
    deceased: np.ndarray
    death_day: np.ndarray
    end_day: int
    serials: tuple[int, int] = (0, YEAR_DIGIT)  # among which the last six digits of their numbers are

    def __len__(self) -> int:
        return len(self.number)

    @property
    def age(self) -> np.ndarray:
        """Years at the end of the week, rounded down to what the days surely give."""
        return (self.end_day - self.birth_day) // 366

    @property
    def full_date(self) -> np.ndarray:
        """True where day and month of birth are known."""
        return np.fromiter((len(text) == 10 for text in self.birth_text), bool, len(self))


def make_people(plan: Plan) -> People:
    """Everybody, in no particular order."""
    draw = plan.generator("people")
    count, end_day = plan.people, plan.end.toordinal() - EPOCH
    male, birth_day, deceased, death_day = _draw_lives(draw, count, end_day)
    places = birthplaces()
    born = draw.choice(len(places), count, p=shares([place.thousands for place in places]))
    lives = np.where(draw.random(count) < MOVED_SHARE, _draw_magnets(draw, count), born)
    region = np.array([place.region for place in places])
    year = birth_day.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    name = draw_names(draw, np.where(male, "M", "F"), year, region[born] == "S")
    _share_names_and_dates(draw, name, birth_day, male, deceased)
    year = birth_day.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    serials = plan.own(0, YEAR_DIGIT)
    has_old = (year < OLD_ID_BORN_BEFORE) & (draw.random(count) < OLD_ID_SHARE)
    return People(
        number=draw_citizen_numbers(draw, np.array([place.code3 for place in places])[born], male, year, serials),
        old_number=np.where(has_old, draw_old_numbers(draw, count, plan.own(OLD_LOW, OLD_HIGH)), -1),
        name=name,
        birth_day=birth_day,
        birth_text=_as_known(draw, birth_day, year),
        male=male,
        sex_known=draw.random(count) >= SEX_UNKNOWN_SHARE,
        province=np.array([place.today for place in places], dtype=object)[lives],
        region=region[lives],
        deceased=deceased,
        death_day=death_day,
        end_day=end_day,
        serials=serials,
    )


def _draw_lives(draw: np.random.Generator, count: int, end_day: int) -> tuple[np.ndarray, ...]:
    table = rows("ages.csv")
    cells = [(int(r["from_age"]), sex) for sex in ("male", "female") for r in table]
    weights = shares([float(r[sex]) for sex in ("male", "female") for r in table])
    cell = draw.choice(len(cells), count, p=weights)
    from_age = np.array([age for age, _ in cells])[cell]
    male = cell < len(table)
    deceased = draw.random(count) < DECEASED_SHARE
    from_age = np.where(deceased, np.clip(draw.normal(68, 14, count), 1, 90).astype(int), from_age)
    birth_day = end_day - (from_age * 365.25).astype(int) - draw.integers(1, 5 * 365, count)
    new_year = birth_day.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]").astype(int)
    registered_late = (from_age >= 35) & (draw.random(count) < NEW_YEAR_BIRTHDAY_SHARE)
    birth_day = np.where(registered_late, new_year, birth_day)
    earliest = np.maximum(birth_day + 300, date(FIRST_DEATH_YEAR, 1, 1).toordinal() - EPOCH)
    died = earliest + (draw.random(count) * (end_day - 40 - earliest)).astype(int)
    unknown = draw.random(count) < DEATH_DATE_UNKNOWN_SHARE
    return male, birth_day, deceased, np.where(deceased & ~unknown, died, -1)


def _draw_magnets(draw: np.random.Generator, count: int) -> np.ndarray:
    """Where people who moved live now: the large cities and the provinces with factories."""
    places = birthplaces()
    pull = {"01": 3.0, "79": 5.0, "75": 2.0, "24": 1.5, "48": 1.0, "31": 1.0}
    weights = shares([place.thousands * pull.get(place.today, 0.1) for place in places])
    return draw.choice(len(places), count, p=weights)


def _share_names_and_dates(
    draw: np.random.Generator, name: np.ndarray, birth_day: np.ndarray, male: np.ndarray, deceased: np.ndarray
) -> None:
    """Give some people another one's name and birth date, within the living of the same sex. Changes both in place."""
    for chosen in (np.flatnonzero(male & ~deceased), np.flatnonzero(~male & ~deceased)):
        pairs = int(len(chosen) * NAMESAKE_SHARE)
        mixed = draw.permutation(chosen)
        name[mixed[:pairs]] = name[mixed[pairs : 2 * pairs]]
        birth_day[mixed[:pairs]] = birth_day[mixed[pairs : 2 * pairs]]


def _as_known(draw: np.random.Generator, birth_day: np.ndarray, year: np.ndarray) -> np.ndarray:
    """Birth dates as the register holds them: of some old people only the year, or the month, is known."""
    text = birth_day.astype("datetime64[D]").astype(str).astype(object)
    luck = draw.random(len(text))
    vague = year < YEAR_ONLY_BEFORE
    for row in np.flatnonzero(vague & (luck < YEAR_ONLY_SHARE + MONTH_ONLY_SHARE)):
        text[row] = text[row][:4] if luck[row] < YEAR_ONLY_SHARE else text[row][:7]
    return text


def name_and_birth_keys(people: People) -> list[str]:
    """One key per person that is equal for people whom a name and a birth date do not tell apart."""
    return [f"{bare(name)}|{text}" for name, text in zip(people.name, people.birth_text, strict=True)]
