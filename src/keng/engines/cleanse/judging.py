"""From compared pairs to a verdict for each record: who is accepted, what differs, and why.

What is left open here: `over_limit`, which needs the whole file, and whether somebody far from the number has this name and birth
date, which needs another look at the population (`searching.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

import numpy as np
import pyarrow as pa

from keng.engines.cleanse import dates, names, numbers
from keng.engines.cleanse.comparing import SEX_DIFFERS, Compared, compare
from keng.engines.cleanse.dates import Birth
from keng.engines.cleanse.model import Model, Weighed, weigh
from keng.engines.cleanse.names import Name
from keng.engines.cleanse.numbers import Form, Number
from keng.engines.cleanse.reasons import in_order

DECIMALS = 6


class Verdict(StrEnum):
    """In the order in which the first that applies is given."""

    NOT_COVERED = "not_covered"
    DECEASED = "deceased"
    MINOR = "minor"
    MISMATCH = "mismatch"
    OVER_LIMIT = "over_limit"
    VERIFIED = "verified"
    MALFORMED = "malformed"
    CONFLICT = "conflict"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Options:
    """What a run decides by. `limit`: subscribers of one person, None for no limit; `as_of`: for records without a date of opening."""

    as_of: date
    minor_age: int
    limit: int | None
    bound: float = 0.99


NUMBER_REASONS = {
    Number.WRONG_DIGIT: ("id_digit_wrong",),
    Number.SWAPPED: ("id_digits_swapped",),
    Number.MISSING_DIGIT: ("id_digit_missing",),
    Number.EXTRA_DIGIT: ("id_digit_extra",),
    Number.NO_DIGIT: ("id_not_digit",),
    Number.OLD_EQUAL: ("id_old",),
}
NAME_REASONS = {
    Name.BARE: "name_bare",
    Name.MARKS: "name_marks",
    Name.ORDER: "name_order",
    Name.SHORT: "name_short",
    Name.NEAR: "name_slip",
    Name.PARTIAL: "name_differs",
    Name.OTHER: "name_differs",
    Name.MISSING: "name_missing",
}
OLD_SLIP_REASONS = {Number.WRONG_DIGIT, Number.SWAPPED, Number.MISSING_DIGIT, Number.EXTRA_DIGIT, Number.NO_DIGIT}
HARMLESS = frozenset({"name_bare", "province_differs", "beyond_limit", "minor"}) | {
    "died_before_opening",
    "died_since_opening",
    "death_date_unknown",
}
JUDGED = [
    ("verdict", pa.string()),
    ("person_id", pa.string()),
    ("probability", pa.float64()),
    ("reasons", pa.list_(pa.string())),
    ("open", pa.bool_()),
]


def judged_schema(record_id: pa.DataType) -> pa.Schema:
    """The columns of `judge`. `open`: whether the population is still to be searched by name and date."""
    return pa.schema([("record_id", record_id), *JUDGED])


def judge(pairs: pa.Table, model: Model, options: Options) -> pa.Table:
    """One row for each record of the pairs (their rows in any order): its verdict but for `over_limit`.

    Some 15 us a record. The columns are those of `comparing.compare` and province_code, opened, p_province_code, p_status, p_status_date.
    """
    pairs = pairs.sort_by([("record_id", "ascending"), ("citizen_id", "ascending")]).combine_chunks()
    compared = compare(pairs)
    weighed = weigh(model, compared)
    columns = {name: pairs.column(name).to_pylist() for name in _USED}
    ends = np.append(compared.starts, len(pairs))
    rows = [
        _judge(columns, compared, weighed, record, int(ends[record]), int(ends[record + 1]), options)
        for record in range(len(compared.starts))
    ]
    ids = pairs.column("record_id").take(pa.array(compared.starts))
    arrays = [pa.array([row[place] for row in rows], kind) for place, (_, kind) in enumerate(JUDGED)]
    schema = judged_schema(ids.type)
    return pa.Table.from_arrays([ids, *arrays], schema=schema)


_USED = (
    "holder_id",
    "full_name",
    "date_of_birth",
    "province_code",
    "opened",
    "citizen_id",
    "old_id",
    "p_date_of_birth",
    "p_province_code",
    "p_status",
    "p_status_date",
)
Judged = tuple[str, str | None, float | None, tuple[str, ...], bool]


def _judge(
    columns: dict[str, list], compared: Compared, weighed: Weighed, record: int, start: int, end: int, options: Options
) -> Judged:
    written = numbers.read(columns["holder_id"][start])
    best = start + int(np.argmax(weighed.match[start:end]))
    if weighed.match[best] >= options.bound and not _says_nothing(columns, compared, best):
        citizen = columns["citizen_id"][best]
        if not (_is_foreign(written) and numbers.compare(written.text, citizen, None) is Number.FAR):
            return _accepted(columns, compared, weighed, best, written, options)
    if _is_foreign(written):
        return Verdict.NOT_COVERED, None, None, (f"id_{written.form.value}",), False
    return _nobody(columns, compared, weighed, record, start, end, written, options)


def _is_foreign(written: numbers.Written) -> bool:
    return written.form in (Form.FOREIGN, Form.ORGANISATION)


def _says_nothing(columns: dict[str, list], compared: Compared, row: int) -> bool:
    """Whether neither name nor birth date of the record can be read, or the number is nobody's near."""
    if compared.number[row] == Number.FAR:
        return True
    return names.is_missing(columns["full_name"][row]) and dates.read(columns["date_of_birth"][row]) is None


def _accepted(
    columns: dict[str, list], compared: Compared, weighed: Weighed, row: int, written: numbers.Written, options: Options
) -> Judged:
    codes = differences(columns, compared, row, written)
    opened = columns["opened"][row]
    born = dates.read(columns["p_date_of_birth"][row])
    deceased = columns["p_status"][row] == "deceased"
    if deceased:
        codes.add(_death_reason(columns["p_status_date"][row], opened))
    on = opened or options.as_of
    minor = born is not None and dates.age(born, (on.year, on.month, on.day)) < options.minor_age
    if minor:
        codes.add("minor")
    if deceased:
        verdict = Verdict.DECEASED
    elif minor:
        verdict = Verdict.MINOR
    else:
        verdict = Verdict.VERIFIED if codes <= HARMLESS else Verdict.MISMATCH
    return verdict, columns["citizen_id"][row], round(float(weighed.match[row]), DECIMALS), in_order(codes), False


def differences(columns: dict[str, list], compared: Compared, row: int, written: numbers.Written) -> set[str]:
    """The codes of all that parts a record from its person."""
    codes = set(number_codes(Number(compared.number[row]), written.text, columns["old_id"][row]))
    if code := NAME_REASONS.get(Name(compared.name[row])):
        codes.add(code)
    codes |= birth_codes(Birth(compared.birth[row]), columns["date_of_birth"][row], columns["p_date_of_birth"][row])
    if compared.sex[row] == SEX_DIFFERS:
        codes.add("sex_differs")
    ours, theirs = columns["province_code"][row], columns["p_province_code"][row]
    if ours is not None and theirs is not None and ours != theirs:
        codes.add("province_differs")
    return codes


def number_codes(level: Number, text: str, old_id: str | None) -> tuple[str, ...]:
    """How a number differs from the citizen's; a slip in an old number is both."""
    if level is Number.OLD_SLIP and old_id:
        return ("id_old", *NUMBER_REASONS[numbers.slip_between(text, old_id)])
    return NUMBER_REASONS.get(level, ())


@lru_cache(1 << 14)
def birth_codes(level: Birth, record: str | None, person: str | None) -> frozenset[str]:
    """How a birth date differs; one may be both less precise and another."""
    if level is Birth.MISSING:
        ours = dates.read(record)
        return frozenset({"dob_missing" if not (record or "").strip() or ours else "dob_unreadable"})
    codes = {Birth.LESS: {"dob_year_only"}, Birth.NEAR: {"dob_slip"}, Birth.OTHER: {"dob_differs"}}.get(level, set())
    if level in (Birth.NEAR, Birth.OTHER) and dates.is_less_precise(dates.read(record), dates.read(person)):
        codes = codes | {"dob_year_only"}
    return frozenset(codes)


def _death_reason(died: date | None, opened: date | None) -> str:
    if died is None:
        return "death_date_unknown"
    return "died_before_opening" if opened is not None and died < opened else "died_since_opening"


def _nobody(
    columns: dict[str, list],
    compared: Compared,
    weighed: Weighed,
    record: int,
    start: int,
    end: int,
    written: numbers.Written,
    options: Options,
) -> Judged:
    """The verdict on a record for which nobody is accepted."""
    born, nameless = dates.read(columns["date_of_birth"][start]), names.is_missing(columns["full_name"][start])
    codes: set[str] = set()
    if nameless:
        codes.add("name_missing")
    if born is None:
        codes |= birth_codes(Birth.MISSING, columns["date_of_birth"][start], None)
    if written.form is Form.EMPTY:
        codes.add("id_empty")
    elif written.form in (Form.UNREADABLE, Form.NEAR_OLD):
        codes.add("id_unreadable")
    if written.form in (Form.EMPTY, Form.UNREADABLE, Form.NEAR_OLD) or (nameless and born is None):
        return Verdict.MALFORMED, None, None, in_order(codes), False
    rows = range(start, end)
    owners = [row for row in rows if compared.number[row] in (Number.EQUAL, Number.OLD_EQUAL)]
    known = [row for row in owners if compared.name[row] <= Name.BARE or compared.birth[row] == Birth.EQUAL]
    if owners and not known:
        return Verdict.CONFLICT, None, None, in_order(codes | {"id_of_another"}), False
    fitting = [row for row in rows if compared.candidate[row] and weighed.match[row] > 1 - options.bound]
    if known or len(fitting) > 1 or any(_has_name_and_birth(compared, row) for row in rows):
        best = round(float(weighed.match[start:end].max()), DECIMALS)
        return Verdict.AMBIGUOUS, None, best, in_order(codes | {"several_fit_number"}), not nameless and born is not None
    nobody = round(float(weighed.nobody[record]), DECIMALS)
    return (
        Verdict.NOT_FOUND,
        None,
        nobody,
        in_order(codes | {"not_in_population"}),
        not nameless and born is not None,
    )


def _has_name_and_birth(compared: Compared, row: int) -> bool:
    return bool(compared.candidate[row] and compared.name[row] <= Name.BARE and compared.birth[row] == Birth.EQUAL)
