"""Pairs of a record and a candidate compared field by field: Arrow in, arrays of levels out.

One row of a table is one pair; a record without a candidate is one row whose `citizen_id` is null. A record's rows stand together.
Names are compared by `alike.py`. What whole columns can settle is settled so; the rest goes to the functions of `numbers` and
`dates`, which say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse import dates, numbers
from keng.engines.cleanse.alike import Levels, compare_names
from keng.engines.cleanse.columns import (
    Flags,
    Integers,
    are_digits,
    fixed_letters,
    flags,
    read_plain_dates,
)
from keng.engines.cleanse.slips import slips_between

Floats = npt.NDArray[np.float64]

SEX_SAME, SEX_DIFFERS, SEX_UNKNOWN = 0, 1, 2
PRECISION_YEAR, PRECISION_MONTH, PRECISION_DAY = 0, 1, 2

# Members as plain numbers: reading one off an Enum class takes longer than comparing a pair.
EQUAL, OLD_EQUAL, OLD_SLIP, FAR = (
    int(numbers.Number.EQUAL),
    int(numbers.Number.OLD_EQUAL),
    int(numbers.Number.OLD_SLIP),
    int(numbers.Number.FAR),
)
BIRTH_EQUAL, BIRTH_LESS, BIRTH_NEAR, BIRTH_OTHER, BIRTH_MISSING = map(int, dates.Birth)
FORMS = tuple(numbers.Form)
FORM_PLACE = {form: place for place, form in enumerate(FORMS)}
CITIZEN_FORM, OLD_FORM = FORM_PLACE[numbers.Form.CITIZEN], FORM_PLACE[numbers.Form.OLD]


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
    number = _compare_numbers(written, citizen, column(pairs, "old_id"))
    candidate = number != FAR  # who was found by a block may be more than a slip away
    person_name = column(pairs, "p_full_name")
    name = compare_names(column(pairs, "full_name"), person_name, candidate)
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


def read_numbers(raw: pa.Array) -> tuple[Levels, pa.Array]:
    """The form and the cleaned text of each number, empty for none."""
    raw = pc.fill_null(raw, "")
    form = np.full(len(raw), CITIZEN_FORM, np.int8)
    form[are_digits(raw, numbers.OLD_DIGITS)] = OLD_FORM
    odd = ~are_digits(raw, numbers.OLD_DIGITS, numbers.CITIZEN_DIGITS)
    if not odd.any():
        return form, raw
    left = raw.filter(pa.array(odd))
    text = pc.replace_substring_regex(left, _SEPARATORS, "")
    foreign = flags(pc.match_substring_regex(text, r"^[A-Za-z]{1,3}[0-9]{6,9}$"))
    digits = flags(pc.match_substring_regex(text, r"^[0-9OIlSB]{1,16}$")) & ~foreign
    for letter, digit in ("O0", "I1", "l1", "S5", "B8"):
        text = pc.replace_substring(text, letter, digit)
    rows = np.flatnonzero(odd)
    form[rows[foreign]] = FORM_PLACE[numbers.Form.FOREIGN]
    form[rows[digits]] = _forms_of_digits(text.filter(pa.array(digits)))
    others = ~(foreign | digits)
    told = [numbers.read(one) for one in left.filter(pa.array(others)).to_pylist()]
    form[rows[others]] = [FORM_PLACE[one.form] for one in told]
    text = pc.replace_with_mask(text, pa.array(others), pa.array([one.text for one in told], pa.string()))
    return form, pc.replace_with_mask(raw, pa.array(odd), text)


def _forms_of_digits(texts: pa.Array) -> Levels:
    """The form of each number that is digits and nothing else."""
    form: Levels = _FORM_OF_LENGTH[pc.binary_length(texts).to_numpy(zero_copy_only=False)]
    for length in numbers.TAX_LENGTHS:
        of_length = pc.equal(pc.binary_length(texts), length)
        digits = fixed_letters(texts.filter(of_length), length).astype(np.int64) - ord("0")
        is_tax_code = 10 - digits[:, :9] @ np.array(numbers.TAX_WEIGHTS) % 11 == digits[:, 9]
        form[np.flatnonzero(flags(of_length))[is_tax_code]] = FORM_PLACE[numbers.Form.ORGANISATION]
    return form


_FORM_OF_LENGTH = np.array([FORM_PLACE[numbers.form_of(length, 0)] for length in range(17)], np.int8)
_SEPARATORS = r"[ .'\-]+"  # those that most registers hold; `numbers.clean` knows more


def _compare_numbers(written: pa.Array, citizen: pa.Array, old: pa.Array) -> Levels:
    """As `numbers.compare`; FAR where there is no candidate."""
    level = np.full(len(written), FAR, np.int8)
    level[flags(pc.equal(written, old))] = OLD_EQUAL
    level[flags(pc.equal(written, citizen))] = EQUAL
    left = np.flatnonzero(level == FAR)
    level[left] = slips_between(written.take(pa.array(left)), citizen.take(pa.array(left)))
    left = np.flatnonzero(level == FAR)
    slips = slips_between(written.take(pa.array(left)), old.take(pa.array(left)))
    level[left[slips != FAR]] = OLD_SLIP
    return level


def read_births(raw: pa.Array) -> Births:
    """The birth dates of a column, each different text read once."""
    encoded = raw.dictionary_encode(null_encoding="encode")
    texts, place = encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    table, known, plain = read_plain_dates(texts)
    for row in np.flatnonzero(~plain).tolist():
        parts = dates.read(texts[row].as_py())
        if parts is not None:
            table[row], known[row] = parts, True
    return Births(table[place, 0], table[place, 1], table[place, 2], known[place])


def compare_births(ours: Births, theirs: Births, less: Flags) -> Levels:
    """As `dates.compare`."""
    known = ours.known & theirs.known
    year, month, day = ours.year == theirs.year, ours.month == theirs.month, ours.day == theirs.day
    equal = year & ((theirs.month == 0) | month) & ((theirs.day == 0) | day)
    short = less & year & ((ours.month == 0) | month) & ((ours.day == 0) | day)
    near = year & (ours.day == theirs.month) & (ours.month == theirs.day)
    left = np.flatnonzero(known & ~equal & ~short & ~near)
    near[left] = _one_slip(_packed(ours)[left], _packed(theirs)[left])
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


def by_record(pairs: pa.Table) -> pa.Table:
    """The pairs in the order of records, those of one record in that of citizens; most come so."""
    pairs = pairs.combine_chunks()
    ids, people = column(pairs, "record_id"), pc.fill_null(column(pairs, "citizen_id"), "")
    same, after = pc.equal(ids[1:], ids[:-1]), pc.greater(ids[1:], ids[:-1])
    if pc.all(pc.or_(after, pc.and_(same, pc.greater_equal(people[1:], people[:-1])))).as_py():
        return pairs
    return pairs.sort_by([("record_id", "ascending"), ("citizen_id", "ascending")]).combine_chunks()


def record_starts(ids: pa.ChunkedArray) -> Integers:
    """The first row of each run of equal record ids."""
    if len(ids) == 0:
        return np.empty(0, np.int64)
    array = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    changes = flags(pc.not_equal(array.slice(1), array.slice(0, len(array) - 1)))
    return np.flatnonzero(np.concatenate([[True], changes]))
