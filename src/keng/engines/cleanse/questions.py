"""One record against a few people: what `judging.judge` says, without a table.

For a question at the counter, where making tables takes longer than comparing. Levels come from the plain functions, weights and
conclusions from the same places as those of whole registers; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from keng.engines.cleanse import dates, names, numbers
from keng.engines.cleanse.comparing import FORM_PLACE, SEX_DIFFERS, SEX_SAME, SEX_UNKNOWN, Births, Compared
from keng.engines.cleanse.dates import Birth
from keng.engines.cleanse.judging import (
    DECIMALS,
    DIED_BEFORE,
    DIED_SINCE,
    DIED_UNKNOWN,
    LIVING,
    Facts,
    Options,
    Verdict,
    conclude,
)
from keng.engines.cleanse.model import Model, weigh
from keng.engines.cleanse.names import Name
from keng.engines.cleanse.numbers import Form, Number

_TOLD = re.compile(dates.TOLD)
_NOBODY: Mapping[str, Any] = {}
_OF_PERSON = (Verdict.DECEASED, Verdict.MINOR, Verdict.MISMATCH, Verdict.VERIFIED, Verdict.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Judged:
    """As a row of `judging.judge`."""

    verdict: Verdict
    person_id: str | None
    probability: float | None
    reasons: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    number: Number
    name: Name
    birth: Birth
    sex: int
    born: dates.Parts | None


def judge_one(record: Mapping[str, Any], people: Sequence[Mapping[str, Any]], model: Model, options: Options) -> Judged:
    """The verdict on a record against the people given, but for `over_limit`. Keys: `explaining.RECORD` and `PERSON`; texts, and
    days for `opened` and `status_date`; absent ones are null."""
    people = sorted(people, key=lambda one: one["citizen_id"]) or [_NOBODY]
    written, born = numbers.read(record.get("holder_id")), dates.read(record.get("date_of_birth"))
    pairs = [_compare(record, written, born, person) for person in people]
    compared = _compared(written.form, born, people, pairs)
    weighed = weigh(model, compared)
    best = int(weighed.match.argmax())
    facts = _facts(record, written, born, people, pairs, weighed.match, options)
    verdict, reasons, is_open = conclude(facts)
    found = (
        weighed.match[best] if verdict in _OF_PERSON else weighed.nobody[0] if verdict == Verdict.NOT_FOUND else None
    )
    return Judged(
        verdict,
        people[best]["citizen_id"] if facts.accepted else None,
        None if found is None else float(np.round(found, DECIMALS)),
        reasons,
        is_open,
    )


def _compare(
    record: Mapping[str, Any], written: numbers.Written, born: dates.Parts | None, person: Mapping[str, Any]
) -> _Pair:
    citizen = person.get("citizen_id")
    number = Number.FAR if citizen is None else numbers.compare(written.text, citizen, person.get("old_id"))
    name = Name.MISSING if number is Number.FAR else names.compare(record.get("full_name"), person.get("full_name"))
    theirs = dates.read(person.get("date_of_birth"))
    ours, its = record.get("sex"), person.get("sex")
    sex = SEX_UNKNOWN if ours is None or its is None else SEX_SAME if ours == its else SEX_DIFFERS
    return _Pair(number, name, dates.compare(born, theirs), sex, theirs)


def _compared(
    form: Form, born: dates.Parts | None, people: Sequence[Mapping[str, Any]], pairs: Sequence[_Pair]
) -> Compared:
    count = len(pairs)
    number = np.array([pair.number for pair in pairs], np.int8)
    theirs = [pair.born for pair in pairs]
    return Compared(
        np.zeros(1, np.int64),
        number != Number.FAR,
        number,
        np.array([pair.name for pair in pairs], np.int8),
        np.array([pair.birth for pair in pairs], np.int8),
        np.array([its is not None and (its[1] > 0) + (its[2] > 0) for its in theirs], np.int8),
        np.array([pair.sex for pair in pairs], np.int8),
        np.array([born is not None and its is not None and born[0] == its[0] for its in theirs], np.bool_),
        np.array([dates.is_less_precise(born, its) for its in theirs], np.bool_),
        np.full(count, FORM_PLACE[form], np.int8),
        _births([born] * count),
        _births(theirs),
        pa.array([person.get("full_name") for person in people], pa.string()),
    )


def _births(parts: Sequence[dates.Parts | None]) -> Births:
    table = np.array([one or (0, 0, 0) for one in parts], np.int64)
    return Births(table[:, 0], table[:, 1], table[:, 2], np.array([one is not None for one in parts], np.bool_))


def _facts(
    record: Mapping[str, Any],
    written: numbers.Written,
    born: dates.Parts | None,
    people: Sequence[Mapping[str, Any]],
    pairs: Sequence[_Pair],
    match: np.ndarray[Any, np.dtype[np.float64]],
    options: Options,
) -> Facts:
    best = int(match.argmax())
    pair, person = pairs[best], people[best]
    nameless = not any(map(str.isalpha, record.get("full_name") or ""))
    foreign = written.form in (Form.FOREIGN, Form.ORGANISATION)
    owners = [one for one in pairs if one.number in (Number.EQUAL, Number.OLD_EQUAL)]
    same = [(one.number is not Number.FAR and one.name <= Name.BARE, one.birth is Birth.EQUAL) for one in pairs]
    fitting = sum(one.number is not Number.FAR and m > 1 - options.bound for one, m in zip(pairs, match, strict=True))
    ours, theirs = record.get("province_code"), person.get("province_code")
    old_slip = pair.number is Number.OLD_SLIP
    return Facts(
        accepted=bool(match[best] >= options.bound)
        and pair.number is not Number.FAR
        and not (nameless and born is None)
        and not (foreign and old_slip),
        form=written.form,
        number=pair.number,
        old_slip=numbers.slip_between(written.text, person["old_id"]) if old_slip else Number.EQUAL,
        name=pair.name,
        birth=pair.birth,
        less_precise=dates.is_less_precise(born, pair.born),
        birth_told=bool(_TOLD.search(record.get("date_of_birth") or "")),
        sex_differs=pair.sex == SEX_DIFFERS,
        province_differs=bool(ours and theirs and ours != theirs),
        death=_death(person, record.get("opened")),
        minor=_is_minor(pair.born, record.get("opened") or options.as_of, options.minor_age),
        nameless=nameless,
        birthless=born is None,
        owned=bool(owners),
        owner_known=any(one.name <= Name.BARE or one.birth is Birth.EQUAL for one in owners),
        fits=fitting > 1 or any(name and birth for name, birth in same),
    )


def _death(person: Mapping[str, Any], opened: date | None) -> int:
    if person.get("status") != "deceased":
        return LIVING
    died = person.get("status_date")
    if died is None:
        return DIED_UNKNOWN
    return DIED_BEFORE if opened is not None and died < opened else DIED_SINCE


def _is_minor(born: dates.Parts | None, opened: date, minor_age: int) -> bool:
    return born is not None and dates.age(born, (opened.year, opened.month, opened.day)) < minor_age
