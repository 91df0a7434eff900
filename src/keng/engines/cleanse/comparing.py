"""Pairs of a record and a candidate compared field by field: Arrow in, arrays of levels out.

One row of a table is one pair; a record without a candidate is one row whose `citizen_id` is null. A record's rows stand together.
What whole columns can settle is settled so; the rest goes to the functions of `numbers`, `names` and `dates`, which say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse import dates, names, numbers

Levels = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

SEX_SAME, SEX_DIFFERS, SEX_UNKNOWN = 0, 1, 2
PRECISION_YEAR, PRECISION_MONTH, PRECISION_DAY = 0, 1, 2

# Members as plain numbers: reading one off an Enum class takes longer than comparing a pair.
EQUAL, WRONG, SWAPPED, FAR = (
    int(numbers.Number.EQUAL),
    int(numbers.Number.WRONG_DIGIT),
    int(numbers.Number.SWAPPED),
    int(numbers.Number.FAR),
)
NAME_EQUAL, NAME_BARE, NAME_MISSING = int(names.Name.EQUAL), int(names.Name.BARE), int(names.Name.MISSING)
BIRTH_EQUAL, BIRTH_LESS, BIRTH_NEAR, BIRTH_OTHER, BIRTH_MISSING = map(int, dates.Birth)
FORMS = tuple(numbers.Form)
FORM_PLACE = {form: place for place, form in enumerate(FORMS)}
CITIZEN_FORM = FORM_PLACE[numbers.Form.CITIZEN]


@dataclass(frozen=True, slots=True)
class Births:
    """Birth dates in columns: 0 for a month or day that is not told, and for everything where `known` is false."""

    year: Integers
    month: Integers
    day: Integers
    known: Flags


@dataclass(frozen=True, slots=True)
class Compared:
    """A level for each field of each pair. `starts`: the first row of each record. `candidate`: whether the row has one."""

    starts: Integers
    candidate: Flags
    number: Levels
    name: Levels
    birth: Levels
    precision: Levels  # of the person's birth date
    sex: Levels
    same_year: Flags
    less_precise: Flags  # the record's birth date leaves out what the person's has
    form: Levels  # of the record's number: its place in FORMS
    record_birth: Births
    person_birth: Births
    person_name: pa.Array


def compare(pairs: pa.Table) -> Compared:
    """The levels of each pair. `pairs`: record_id, holder_id, full_name, date_of_birth, sex of the record; citizen_id, old_id,
    p_full_name, p_date_of_birth, p_sex of the candidate."""
    form, written = read_numbers(column(pairs, "holder_id"))
    citizen = column(pairs, "citizen_id")
    number = _compare_numbers(form, written, citizen, column(pairs, "old_id"))
    candidate = number != FAR  # who was found by a block may be more than a slip away
    person_name = column(pairs, "p_full_name")
    name = _compare_names(column(pairs, "full_name"), person_name, candidate)
    ours, theirs = read_births(column(pairs, "date_of_birth")), read_births(column(pairs, "p_date_of_birth"))
    less = ours.known & theirs.known & (((theirs.month > 0) & (ours.month == 0)) | ((theirs.day > 0) & (ours.day == 0)))
    precision = (theirs.month > 0).astype(np.int8) + (theirs.day > 0).astype(np.int8)
    return Compared(
        record_starts(pairs.column("record_id")),
        candidate,
        number,
        name,
        compare_births(ours, theirs, less),
        precision,
        _compare_sexes(column(pairs, "sex"), column(pairs, "p_sex")),
        ours.known & theirs.known & (ours.year == theirs.year),
        less,
        form,
        ours,
        theirs,
        person_name,
    )


def column(table: pa.Table, name: str) -> pa.Array:
    """A column in one piece."""
    found = table.column(name)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def once_each(values: pa.Array, function: Callable[[Any], Any]) -> tuple[list[Any], Integers]:
    """What a function makes of each different value, and for each row the place of its own; null is a value."""
    encoded = values.dictionary_encode(null_encoding="encode")
    return [function(value) for value in encoded.dictionary.to_pylist()], encoded.indices.to_numpy(
        zero_copy_only=False
    ).astype(np.int64)


def flags(values: pa.Array) -> Flags:
    """Truth values with null as false."""
    found: Flags = pc.fill_null(values, False).to_numpy(zero_copy_only=False).astype(np.bool_)
    return found


def read_numbers(raw: pa.Array) -> tuple[Levels, list[str]]:
    """The form and the cleaned text of each number."""
    texts = pc.fill_null(raw, "").to_pylist()
    form = np.full(len(texts), CITIZEN_FORM, np.int8)
    form[flags(pc.match_substring_regex(raw, r"^[0-9]{9}$"))] = FORM_PLACE[numbers.Form.OLD]
    plain = flags(pc.match_substring_regex(raw, r"^([0-9]{9}|[0-9]{12})$"))
    for row in np.flatnonzero(~plain).tolist():
        written = numbers.read(texts[row])
        form[row] = FORM_PLACE[written.form]
        texts[row] = written.text
    return form, texts


def _compare_numbers(form: Levels, written: list[str], citizen: pa.Array, old: pa.Array) -> Levels:
    """As `numbers.compare`, twelve digits against twelve at once; FAR where there is no candidate."""
    level = np.full(len(written), FAR, np.int8)
    ids = citizen.to_pylist()
    has = flags(pc.is_valid(citizen))
    twelve = has & (form == CITIZEN_FORM) & flags(pc.match_substring_regex(citizen, r"^[0-9]{12}$"))
    rows = np.flatnonzero(twelve)
    if len(rows):
        ours = _digits([written[row] for row in rows.tolist()])
        level[rows] = _compare_digits(ours, _digits([ids[row] for row in rows.tolist()]))
    others = np.flatnonzero(has & ~twelve).tolist()
    if others:
        olds = old.to_pylist()
        for row in others:
            level[row] = numbers.compare(written[row], ids[row], olds[row])
    return level


def _digits(texts: list[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("".join(texts).encode("ascii"), np.uint8).reshape(-1, numbers.CITIZEN_DIGITS)


def _compare_digits(ours: npt.NDArray[np.uint8], theirs: npt.NDArray[np.uint8]) -> Levels:
    wrong = ours != theirs
    count = wrong.sum(axis=1)
    level = np.full(len(ours), FAR, np.int8)
    level[count == 0] = EQUAL
    level[count == 1] = WRONG
    two = np.flatnonzero(count == 2)
    first = wrong[two].argmax(axis=1)
    second = np.minimum(first + 1, numbers.CITIZEN_DIGITS - 1)
    swapped = wrong[two, second] & (ours[two, first] == theirs[two, second]) & (ours[two, second] == theirs[two, first])
    level[two[swapped]] = SWAPPED
    return level


def _compare_names(ours: pa.Array, theirs: pa.Array, candidate: Flags) -> Levels:
    """As `names.compare`; the same text, and a text without any mark, without looking at letters."""
    level = np.full(len(candidate), NAME_MISSING, np.int8)
    low, person = pc.utf8_lower(ours), pc.utf8_lower(theirs)
    lettered = flags(pc.match_substring_regex(low, r"[a-z]")) & candidate
    same = flags(pc.equal(low, person)) & lettered
    level[same] = NAME_EQUAL
    rest = np.flatnonzero(candidate & ~same)
    if not len(rest):
        return level
    chosen = pa.array(rest)
    low, person = _tidied(low.take(chosen)), _tidied(person.take(chosen))
    same = flags(pc.equal(low, person)) & lettered[rest]
    level[rest[same]] = NAME_EQUAL
    rest, low, person = rest[~same], low.filter(pa.array(~same)), person.filter(pa.array(~same))
    bare = flags(pc.equal(low, bare_text(person))) & lettered[rest]  # the person's is not the same text: it has a mark
    level[rest[bare]] = NAME_BARE
    left = np.flatnonzero(~bare)
    chosen = pa.array(rest[left])
    pairs = zip(ours.take(chosen).to_pylist(), theirs.take(chosen).to_pylist(), strict=True)
    level[rest[left]] = np.fromiter((names.compare(mine, its) for mine, its in pairs), np.int8, len(left))
    return level


def _tidied(low: pa.Array) -> pa.Array:
    """Lower-case names composed, one space between words."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.utf8_normalize(low, "NFC"), r"\s+", " "))


def bare_text(low: pa.Array) -> pa.Array:
    """Lower-case names without their marks."""
    return pc.replace_substring(pc.replace_substring_regex(pc.utf8_normalize(low, "NFD"), r"\p{Mn}+", ""), "đ", "d")


def read_births(raw: pa.Array) -> Births:
    """The birth dates of a column, each different text read once."""
    parts, place = once_each(raw, dates.read)
    table = np.array([part or (0, 0, 0) for part in parts] or [(0, 0, 0)], np.int64).reshape(-1, 3)
    known = np.array([part is not None for part in parts] or [False], np.bool_)
    return Births(table[place, 0], table[place, 1], table[place, 2], known[place])


def compare_births(ours: Births, theirs: Births, less: Flags) -> Levels:
    """As `dates.compare`."""
    known = ours.known & theirs.known
    year, month, day = ours.year == theirs.year, ours.month == theirs.month, ours.day == theirs.day
    equal = year & ((theirs.month == 0) | month) & ((theirs.day == 0) | day)
    short = less & year & ((ours.month == 0) | month) & ((ours.day == 0) | day)
    swapped = year & (ours.day == theirs.month) & (ours.month == theirs.day)
    near = swapped | _one_slip(_packed(ours), _packed(theirs))
    level = np.select([~known, equal, short, near], [BIRTH_MISSING, BIRTH_EQUAL, BIRTH_LESS, BIRTH_NEAR], BIRTH_OTHER)
    return level.astype(np.int8)


def _packed(births: Births) -> Integers:
    return births.year * 10000 + births.month * 100 + births.day


def _one_slip(ours: Integers, theirs: Integers) -> Flags:
    """Whether of eight digits one is wrong, or two neighbours are swapped."""
    places = 10 ** np.arange(7, -1, -1)
    mine, its = ours[:, None] // places % 10, theirs[:, None] // places % 10
    wrong = mine != its
    count = wrong.sum(axis=1)
    first = wrong.argmax(axis=1)
    second = np.minimum(first + 1, 7)
    row = np.arange(len(ours))
    swapped = wrong[row, second] & (mine[row, first] == its[row, second]) & (mine[row, second] == its[row, first])
    slip: Flags = (count == 1) | ((count == 2) & swapped)
    return slip


def _compare_sexes(ours: pa.Array, theirs: pa.Array) -> Levels:
    same = pc.equal(ours, theirs)
    level = np.where(flags(pc.is_null(same)), SEX_UNKNOWN, np.where(flags(same), SEX_SAME, SEX_DIFFERS))
    return level.astype(np.int8)


def record_starts(ids: pa.ChunkedArray) -> Integers:
    """The first row of each run of equal record ids."""
    if len(ids) == 0:
        return np.empty(0, np.int64)
    array = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    changes = flags(pc.not_equal(array.slice(1), array.slice(0, len(array) - 1)))
    return np.flatnonzero(np.concatenate([[True], changes]))
