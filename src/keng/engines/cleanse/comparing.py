"""Pairs of a record and a candidate compared field by field: Arrow in, arrays of levels out.

One row of a table is one pair; a record without a candidate is one row whose `citizen_id` is null. The rows of a record stand together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from keng.engines.cleanse import dates, names, numbers

Levels = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]

SEX_SAME, SEX_DIFFERS, SEX_UNKNOWN = 0, 1, 2
PRECISION_YEAR, PRECISION_MONTH, PRECISION_DAY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Compared:
    """A level for each field of each pair. `starts`: the first row of each record. `candidate`: whether the row has one."""

    starts: npt.NDArray[np.int64]
    candidate: npt.NDArray[np.bool_]
    number: Levels
    name: Levels
    birth: Levels
    precision: Levels  # of the person's birth date
    sex: Levels
    same_year: npt.NDArray[np.bool_]
    form: list[numbers.Form]  # of the record's number
    person_words: list[tuple[str, ...]]  # bare words of the person's name


def compare(pairs: pa.Table) -> Compared:
    """The levels of each pair. `pairs`: holder_id, full_name, date_of_birth, sex of the record; citizen_id, old_id, p_full_name,
    p_date_of_birth, p_sex of the candidate; record_id. Some 5 us a pair."""
    columns = {name: pairs.column(name).to_pylist() for name in COLUMNS}
    count = len(pairs)
    number = np.full(count, numbers.Number.FAR, np.int8)
    name = np.full(count, names.Name.MISSING, np.int8)
    birth = np.full(count, dates.Birth.MISSING, np.int8)
    precision = np.zeros(count, np.int8)
    sex = np.full(count, SEX_UNKNOWN, np.int8)
    same_year = np.zeros(count, np.bool_)
    candidate = np.zeros(count, np.bool_)
    forms: list[numbers.Form] = []
    person_words: list[tuple[str, ...]] = []
    for row, (holder, full, born, own_sex, citizen, old, p_full, p_born, p_sex) in enumerate(
        zip(*(columns[key] for key in COLUMNS), strict=True)
    ):
        written = numbers.read(holder)
        forms.append(written.form)
        if citizen is None:
            person_words.append(())
            continue
        number[row] = numbers.Number.EQUAL if holder == citizen else numbers.compare(written.text, citizen, old)
        if number[row] == numbers.Number.FAR:  # found by a block, and more than a slip away
            person_words.append(())
            continue
        candidate[row] = True
        name[row] = names.compare(full, p_full)
        ours, theirs = dates.read(born), dates.read(p_born)
        birth[row] = dates.compare(ours, theirs)
        if theirs:
            precision[row] = PRECISION_DAY if theirs[2] else PRECISION_MONTH if theirs[1] else PRECISION_YEAR
            same_year[row] = ours is not None and ours[0] == theirs[0]
        if own_sex is not None and p_sex is not None:
            sex[row] = SEX_SAME if own_sex == p_sex else SEX_DIFFERS
        person_words.append(names.frequency_words(p_full) if p_full else ())
    return Compared(
        record_starts(pairs.column("record_id")),
        candidate,
        number,
        name,
        birth,
        precision,
        sex,
        same_year,
        forms,
        person_words,
    )


COLUMNS = (
    "holder_id",
    "full_name",
    "date_of_birth",
    "sex",
    "citizen_id",
    "old_id",
    "p_full_name",
    "p_date_of_birth",
    "p_sex",
)


def record_starts(ids: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """The first row of each run of equal record ids."""
    if len(ids) == 0:
        return np.empty(0, np.int64)
    array = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    encoded = array.dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
