"""Writes one row of a register, right or with one named flaw, so that contract section 6 leaves no doubt about its verdict.

`errors` of the truth names the flaw and every disguise; a disguise (`name_bare`, `id_spaced`, ...) alone leaves a row `verified`.
A flaw that would by chance be none (the typing error gives the same text, or somebody else's number) is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from keng.nation.make.people.citizen_ids import as_citizen_text, as_old_text
from keng.nation.make.people.full_names import bare
from keng.nation.make.people.population import People
from keng.nation.make.registers.disguises import disguise_date, disguise_name, disguise_number
from keng.nation.make.registers.subjects import Ghost, tax_code

UNREADABLE = (
    "0",
    "000000",
    "123456",
    "KHONG CO",
    "CMND",
    "chưa cập nhật",
    "NULL",
    "?",
    "12345",
    "111111",
    "N/A",
    "999999999999999",
)
LOOK_ALIKE_FAMILIES = {"Hoàng": "Huỳnh", "Huỳnh": "Hoàng", "Vũ": "Võ", "Võ": "Vũ"}
PROVINCE_DIFFERS_SHARE, EMPTY_SHARE = 0.06, 0.02
Flaw = Callable[["Row", "Scribe"], "Row"]


class Row(NamedTuple):
    """One row before it is disguised. `person` is the row number of the true holder among the people, -1 for nobody."""

    person: int
    holder_id: str | None
    name: str | None
    birth: str | None
    male: bool
    sex_known: bool = True


@dataclass(frozen=True, slots=True)
class Scribe:
    """Who writes rows: the people, all numbers that are taken, and dice."""

    people: People
    taken: frozenset[str]
    dice: Random

    def of_person(self, person: int) -> Row:
        people = self.people
        return Row(
            person,
            as_citizen_text(int(people.number[person])),
            people.name[person],
            people.birth_text[person],
            bool(people.male[person]),
            bool(people.sex_known[person]),
        )

    def of_ghost(self, ghost: Ghost) -> Row:
        return Row(-1, ghost.number, ghost.name, ghost.birth_text, ghost.male)

    def disguised(self, row: Row) -> tuple[Row, list[str]]:
        """The row as it stands in the register, and what was done to it beside its flaw."""
        done: list[str] = []
        if row.holder_id and row.holder_id.isdigit() and len(row.holder_id) in (9, 12):
            number, done = disguise_number(self.dice, row.holder_id)
            row = row._replace(holder_id=number)
        if row.name:
            name, more = disguise_name(self.dice, row.name)
            row, done = row._replace(name=name), done + more
        if row.birth:
            row = row._replace(birth=disguise_date(self.dice, row.birth))
        return row, done


def _retyped(scribe: Scribe, number: str, change: Callable[[str, int], str]) -> str:
    """A typing error in a number that makes it nobody's."""
    while True:
        typed = change(number, scribe.dice.randrange(1, len(number) - 1))
        if typed != number and typed not in scribe.taken:
            return typed


def _digit_wrong(row: Row, scribe: Scribe) -> Row:
    dice = scribe.dice
    return row._replace(
        holder_id=_retyped(scribe, row.holder_id, lambda n, at: f"{n[:at]}{dice.randrange(10)}{n[at + 1 :]}")
    )


def _digits_swapped(row: Row, scribe: Scribe) -> Row:
    return row._replace(
        holder_id=_retyped(scribe, row.holder_id, lambda n, at: n[:at] + n[at + 1] + n[at] + n[at + 2 :])
    )


def _digit_missing(row: Row, scribe: Scribe) -> Row:
    return row._replace(holder_id=_retyped(scribe, row.holder_id, lambda n, at: n[:at] + n[at + 1 :]))


def _digit_extra(row: Row, scribe: Scribe) -> Row:
    return row._replace(holder_id=_retyped(scribe, row.holder_id, lambda n, at: n[:at] + n[at] + n[at:]))


def _digit_unreadable(row: Row, scribe: Scribe) -> Row:
    sign = scribe.dice.choice("?xX*")
    return row._replace(holder_id=_retyped(scribe, row.holder_id, lambda n, at: n[:at] + sign + n[at + 1 :]))


def _id_old(row: Row, scribe: Scribe) -> Row:
    return row._replace(holder_id=as_old_text(int(scribe.people.old_number[row.person])))


def _word_missing(row: Row, _scribe: Scribe) -> Row:
    words = row.name.split()
    return row._replace(name=" ".join([words[0], *words[2:]]))


def _letter_wrong(row: Row, scribe: Scribe) -> Row:
    """A base letter typed wrong in the given name, so that the name differs with and without marks."""
    words = row.name.split()
    last = words[-1]
    changes = [last + "g", last + last[-1], "Th" + last.lower(), last[0] + "r" + last[1:]]
    if len(last) > 2:
        changes.append(last[:-1])
    return row._replace(name=" ".join([*words[:-1], scribe.dice.choice([c for c in changes if bare(c) != bare(last)])]))


def _middle_other(row: Row, scribe: Scribe) -> Row:
    words = row.name.split()
    if words[0] in LOOK_ALIKE_FAMILIES:
        return row._replace(name=" ".join([LOOK_ALIKE_FAMILIES[words[0]], *words[1:]]))
    others = [w for w in ("Thành", "Phương", "Mạnh", "Diệu", "Khắc", "Mỹ") if bare(w) != bare(words[1])]
    return row._replace(name=" ".join([words[0], scribe.dice.choice(others), *words[2:]]))


def _turned(row: Row, _scribe: Scribe) -> Row:
    """The family name last, as forms from abroad have it."""
    words = row.name.split()
    return row._replace(name=" ".join([*words[1:], words[0]]))


def _shortened(row: Row, scribe: Scribe) -> Row:
    """All but the given name cut to a letter or two: `Nguyễn Thị Hoa` becomes `Ng. T. Hoa` or `N.T.Hoa`."""
    words = row.name.split()
    if scribe.dice.random() < 0.5:
        return row._replace(name="".join(f"{word[0]}." for word in words[:-1]) + words[-1])
    return row._replace(name=" ".join([f"{words[0][:2]}.", *(f"{word[0]}." for word in words[1:-1]), words[-1]]))


SCANNED = (("o", "0"), ("l", "1"), ("i", "l"), ("m", "rn"), ("h", "b"), ("n", "u"), ("g", "q"), ("c", "e"), ("u", "v"))


def _scanned(row: Row, scribe: Scribe) -> Row:
    """One letter of the bare name misread by a scanner."""
    plain = bare(row.name)
    places = [(at, wrong) for at, letter in enumerate(plain) for right, wrong in SCANNED if letter == right]
    at, wrong = scribe.dice.choice(places or [(len(plain), "j")])
    return row._replace(name=f"{plain[:at]}{wrong}{plain[at + 1 :]}".title())


LUNAR_DAYS_BEHIND = (20, 50)  # how far the lunar calendar's day and month lie behind


def _lunar(row: Row, scribe: Scribe) -> Row:
    """The birthday by the lunar calendar, which families keep: no engine of ours knows this kind of error."""
    born = date.fromisoformat(row.birth) - timedelta(days=scribe.dice.randint(*LUNAR_DAYS_BEHIND))
    return row._replace(birth=born.isoformat())


def _two_digits_wrong(row: Row, scribe: Scribe) -> Row:
    """Two digits of the number wrong, far from each other: name and date alone make no person."""
    dice = scribe.dice
    while True:
        first, second = dice.randrange(3, 6), dice.randrange(8, 12)
        typed = list(row.holder_id)
        for at in (first, second):
            typed[at] = str((int(typed[at]) + dice.randrange(1, 10)) % 10)
        number = "".join(typed)
        if not ({number} | _slips(number)) & scribe.taken:
            return row._replace(person=-1, holder_id=number)


def _slips(number: str) -> set[str]:
    """All numbers of the same length one slip away."""
    swapped = {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(len(number) - 1)}
    return swapped | {f"{number[:at]}{d}{number[at + 1 :]}" for at in range(len(number)) for d in "0123456789"}


def _day_month_swapped(row: Row, scribe: Scribe) -> Row:
    year, month, day = row.birth.split("-")
    return (
        row._replace(birth=f"{year}-{day}-{month}")
        if int(day) <= 12 and day != month
        else _date_digit_wrong(row, scribe)
    )


def _date_digit_wrong(row: Row, scribe: Scribe) -> Row:
    born = date.fromisoformat(row.birth)
    shift = scribe.dice.choice(("year", "year", "day", "decade"))
    if shift == "day":
        return row._replace(birth=born.replace(day=born.day - 1 if born.day > 1 else 2).isoformat())
    years = 1 if shift == "year" else 10
    return row._replace(birth=born.replace(year=born.year - years, day=min(born.day, 28)).isoformat())


def _number_of_another(row: Row, scribe: Scribe) -> Row:
    """The number stays; name and birth date become those of somebody else who shares neither, nor the family name."""
    people, mine = scribe.people, bare(row.name).split()
    while True:
        other = scribe.of_person(scribe.dice.randrange(len(people)))
        theirs = bare(other.name).split()
        if (
            theirs[0] != mine[0]
            and theirs[-1] != mine[-1]
            and other.birth[:4] != row.birth[:4]
            and len(other.birth) == len("1990-01-01")
        ):
            return other._replace(person=-1, holder_id=row.holder_id)


def _passport(row: Row, scribe: Scribe) -> Row:
    letters, length = scribe.dice.choice((("C", 7), ("N", 7), ("P", 8), ("E", 8), ("M", 8), ("EG", 7), ("PA", 7)))
    return row._replace(holder_id=letters + "".join(scribe.dice.choices("0123456789", k=length)))


FLAWS: dict[str, Flaw] = {
    "id_old": _id_old,
    "id_digit_wrong": _digit_wrong,
    "id_digits_swapped": _digits_swapped,
    "id_digit_missing": _digit_missing,
    "id_digit_extra": _digit_extra,
    "id_digit_unreadable": _digit_unreadable,
    "name_word_missing": _word_missing,
    "name_letter_wrong": _letter_wrong,
    "name_middle_other": _middle_other,
    "name_turned": _turned,
    "name_shortened": _shortened,
    "name_scanned": _scanned,
    "name_empty": lambda row, _scribe: row._replace(name=None),
    "dob_day_month_swapped": _day_month_swapped,
    "dob_digit_wrong": _date_digit_wrong,
    "dob_year_only": lambda row, _scribe: row._replace(birth=row.birth[:4]),
    "dob_lunar": _lunar,
    "dob_empty": lambda row, _scribe: row._replace(birth=None),
    "sex_wrong": lambda row, _scribe: row._replace(male=not row.male),
    "id_two_digits_wrong": _two_digits_wrong,
    "number_of_another": _number_of_another,
    "number_empty": lambda row, scribe: row._replace(person=-1, holder_id=scribe.dice.choice((None, "", " "))),
    "number_unreadable": lambda row, scribe: row._replace(person=-1, holder_id=scribe.dice.choice(UNREADABLE)),
    "name_and_dob_empty": lambda row, _scribe: row._replace(name=None, birth=None),
    "passport": _passport,
    "organisation": lambda row, scribe: row._replace(holder_id=tax_code(scribe.dice), birth=None, sex_known=False),
}
