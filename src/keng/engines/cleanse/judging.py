"""From compared pairs to a verdict for each record: who is accepted, what differs, and why.

What is left open here: `over_limit`, which needs the whole file, and whether somebody far from the number has this name and birth
date, which needs another look at the population (`searching.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse.alike import Levels
from keng.engines.cleanse.columns import Flags, Integers, flags, have_letters
from keng.engines.cleanse.comparing import (
    FORM_PLACE,
    FORMS,
    SEX_DIFFERS,
    Compared,
    Floats,
    by_record,
    column,
    compare,
    read_numbers,
)
from keng.engines.cleanse.dates import TOLD, Birth
from keng.engines.cleanse.model import Model, Weighed, weigh
from keng.engines.cleanse.names import Name
from keng.engines.cleanse.numbers import Form, Number
from keng.engines.cleanse.reasons import in_order
from keng.engines.cleanse.slips import slips_between

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
    """What a run decides by. `limit`: subscribers of one person, None: any; `as_of`: for records without a date of opening."""

    as_of: date
    minor_age: int
    limit: int | None
    bound: float = 0.99


NUMBER_REASONS = {
    Number.WRONG_DIGIT: "id_digit_wrong",
    Number.SWAPPED: "id_digits_swapped",
    Number.MISSING_DIGIT: "id_digit_missing",
    Number.EXTRA_DIGIT: "id_digit_extra",
    Number.NO_DIGIT: "id_not_digit",
    Number.OLD_EQUAL: "id_old",
    Number.OLD_SLIP: "id_old",
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
BIRTH_REASONS = {Birth.LESS: "dob_year_only", Birth.NEAR: "dob_slip", Birth.OTHER: "dob_differs"}
DEATH_REASONS = (None, "died_before_opening", "died_since_opening", "death_date_unknown")
LIVING, DIED_BEFORE, DIED_SINCE, DIED_UNKNOWN = range(len(DEATH_REASONS))
NOT_DIFFERENCES = frozenset({"name_bare", "province_differs", "minor", *DEATH_REASONS[1:]})
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


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict and its reasons follow from. There are some hundreds of kinds of records, however many records."""

    accepted: bool
    form: Form
    number: Number
    old_slip: Number  # the slip in an old number, EQUAL if there is none
    name: Name
    birth: Birth
    less_precise: bool
    birth_told: bool  # the record's birth date holds something, though it may be unreadable
    sex_differs: bool
    province_differs: bool
    death: int
    minor: bool
    nameless: bool
    birthless: bool
    owned: bool  # the number is somebody's
    owner_known: bool  # whose name or birth date is the record's
    fits: bool  # more than one, or somebody by name and birth date, and not surely


def judge(pairs: pa.Table, model: Model, options: Options) -> pa.Table:
    """One row for each record of the pairs (their rows in any order): its verdict but for `over_limit`.

    The columns are those of `comparing.compare` and province_code, opened, p_province_code, p_status, p_status_date.
    """
    return judge_by(pairs, lambda: model, options)


def judge_by(pairs: pa.Table, learnt: Callable[[], Model], options: Options) -> pa.Table:
    """As `judge`, by a model that may still be learnt while the pairs are compared."""
    pairs = by_record(pairs)
    compared = compare(pairs)
    weighed = weigh(learnt(), compared)
    starts = compared.starts
    schema = judged_schema(pairs.schema.field("record_id").type)
    if not len(starts):
        return schema.empty_table()
    best = _best(weighed.match, starts)
    kinds, kind = _kinds(pairs, compared, weighed, best, options)
    told = [conclude(facts) for facts in kinds]
    verdicts, reasons, is_open = (pa.array([one[place] for one in told], of) for place, of in enumerate(_TOLD))
    accepted = np.array([facts.accepted for facts in kinds])[kind]
    verdict = verdicts.take(kind_places := pa.array(kind))
    return pa.Table.from_arrays(
        [
            column(pairs, "record_id").take(pa.array(starts)),
            verdict,
            pc.if_else(pa.array(accepted), column(pairs, "citizen_id").take(pa.array(best)), None),
            _probability(told, kind, weighed, best),
            reasons.take(kind_places),
            is_open.take(kind_places),
        ],
        schema=schema,
    )


_TOLD = (pa.string(), pa.list_(pa.string()), pa.bool_())


def _best(match: Floats, starts: Integers) -> Integers:
    """The row of each record's likeliest candidate, the first of equals."""
    sizes = np.diff(np.append(starts, len(match)))
    places = np.where(match == np.repeat(np.maximum.reduceat(match, starts), sizes), np.arange(len(match)), len(match))
    found: Integers = np.minimum.reduceat(places, starts)
    return found


def _probability(told: list[Conclusion], kind: Integers, weighed: Weighed, best: Integers) -> pa.Array:
    """Of the accepted person or the best candidate, or that it is nobody; null where the contract has none."""
    of_person = {Verdict.DECEASED, Verdict.MINOR, Verdict.MISMATCH, Verdict.VERIFIED, Verdict.AMBIGUOUS}
    person = np.array([verdict in of_person for verdict, _, _ in told])[kind]
    nobody = np.array([verdict == Verdict.NOT_FOUND for verdict, _, _ in told])[kind]
    values = np.round(np.where(person, weighed.match[best], weighed.nobody), DECIMALS)
    return pa.array(values, mask=~(person | nobody))


def _where(wanted: Flags, values: pa.Array, rows: Integers) -> pa.Array:
    return values.take(pa.array(rows[wanted]))


def _kinds(
    pairs: pa.Table, compared: Compared, weighed: Weighed, best: Integers, options: Options
) -> tuple[list[Facts], Integers]:
    """The different kinds of records, and the kind of each."""
    starts = compared.starts
    chosen = pa.array(best)
    named, birthless = compared.name[best] < Name.MISSING, ~compared.record_birth.known[best]
    named[~named] = have_letters(_where(~named, column(pairs, "full_name"), best), r"\p{L}")
    nameless, told = ~named, ~birthless
    told[birthless] = flags(pc.match_substring_regex(_where(birthless, column(pairs, "date_of_birth"), best), TOLD))
    form = compared.form[best]
    foreign = np.isin(form, [FORM_PLACE[Form.FOREIGN], FORM_PLACE[Form.ORGANISATION]])
    number = compared.number[best]
    accepted = weighed.match[best] >= options.bound
    # A slip in an old number is too little to call a passport's number, or a tax code, a citizen's.
    accepted &= (number != Number.FAR) & ~(nameless & birthless) & ~(foreign & (number == Number.OLD_SLIP))
    owner = (compared.number == Number.EQUAL) | (compared.number == Number.OLD_EQUAL)
    same_name, same_birth = compared.candidate & (compared.name <= Name.BARE), compared.birth == Birth.EQUAL
    fitting = (compared.candidate & (weighed.match > 1 - options.bound)).astype(np.int64)
    death, minor = _death(pairs, best), _minor(pairs, compared, best, options)
    ours, theirs = column(pairs, "province_code").take(chosen), column(pairs, "p_province_code").take(chosen)
    province = flags(pc.and_(pc.not_equal(ours, theirs), pc.and_(pc.not_equal(ours, ""), pc.not_equal(theirs, ""))))
    facts = (
        accepted,
        form,
        number,
        _old_slips(pairs, compared, best),
        compared.name[best],
        compared.birth[best],
        compared.less_precise[best],
        told,
        compared.sex[best] == SEX_DIFFERS,
        province,
        death,
        minor,
        nameless,
        birthless,
        np.maximum.reduceat(owner, starts),
        np.maximum.reduceat(owner & (same_name | same_birth), starts),
        (np.add.reduceat(fitting, starts) > 1) | np.maximum.reduceat(same_name & same_birth, starts),
    )
    codes = np.zeros(len(best), np.int64)
    for values, radix in zip(facts, _RADIX, strict=True):
        codes *= radix
        codes += values
    encoded = pa.array(codes).dictionary_encode()
    kind = encoded.indices.to_numpy().astype(np.int64)
    one = np.empty(len(encoded.dictionary), np.int64)
    one[kind] = np.arange(len(kind))  # a record of each kind, whichever
    return [_facts(list(map(int, row))) for row in zip(*(values[one].tolist() for values in facts), strict=True)], kind


_RADIX = (2, len(Form), len(Number), len(Number), len(Name), len(Birth), 2, 2, 2, 2, 4, 2, 2, 2, 2, 2, 2)


def _facts(row: list[int]) -> Facts:
    accepted, form, number, old_slip, name, birth, less, told, sex, province, death, *rest = row
    return Facts(
        bool(accepted),
        FORMS[form],
        Number(number),
        Number(old_slip),
        Name(name),
        Birth(birth),
        bool(less),
        bool(told),
        bool(sex),
        bool(province),
        death,
        *map(bool, rest),
    )


def _old_slips(pairs: pa.Table, compared: Compared, best: Integers) -> Levels:
    """Which slip parts a record's number from an old one."""
    slips = np.zeros(len(best), np.int8)
    places = np.flatnonzero(compared.number[best] == Number.OLD_SLIP)
    rows = pa.array(best[places])
    _, written = read_numbers(column(pairs, "holder_id").take(rows))
    slips[places] = slips_between(written, column(pairs, "old_id").take(rows))
    return slips


def _death(pairs: pa.Table, best: Integers) -> Integers:
    chosen = pa.array(best)
    dead = flags(pc.equal(column(pairs, "p_status").take(chosen), "deceased"))
    died, opened = column(pairs, "p_status_date").take(chosen), column(pairs, "opened").take(chosen)
    before = flags(pc.less(died, opened))
    kind = np.where(before, DIED_BEFORE, np.where(flags(pc.is_null(died)), DIED_UNKNOWN, DIED_SINCE))
    return np.where(dead, kind, LIVING)


def _minor(pairs: pa.Table, compared: Compared, best: Integers, options: Options) -> Flags:
    """Whether the person was certainly too young; as `dates.age`."""
    born = compared.person_birth
    opened = pc.fill_null(column(pairs, "opened").take(pa.array(best)), options.as_of)
    year, month, day = (part(opened).to_numpy() for part in (pc.year, pc.month, pc.day))
    whole = (born.month[best] > 0) & (born.day[best] > 0)
    born_month, born_day = np.where(whole, born.month[best], 1), np.where(whole, born.day[best], 1)
    before = (month < born_month) | ((month == born_month) & (day < born_day))
    age = year - born.year[best] - before
    minor: Flags = born.known[best] & (age < options.minor_age)
    return minor


Conclusion = tuple[Verdict, tuple[str, ...], bool]


def conclude(facts: Facts) -> Conclusion:
    """The verdict, all reasons in order, and whether to search by name and birth date."""
    if facts.accepted:
        return _accepted(facts)
    if facts.form in (Form.FOREIGN, Form.ORGANISATION):
        return Verdict.NOT_COVERED, (f"id_{facts.form.value}",), False
    return _nobody(facts)


def _accepted(facts: Facts) -> Conclusion:
    codes = differences(facts)
    if death := DEATH_REASONS[facts.death]:
        codes.add(death)
    if facts.minor:
        codes.add("minor")
    if facts.death != LIVING:
        verdict = Verdict.DECEASED
    elif facts.minor:
        verdict = Verdict.MINOR
    else:
        verdict = Verdict.VERIFIED if codes <= NOT_DIFFERENCES else Verdict.MISMATCH
    return verdict, in_order(codes), False


def differences(facts: Facts) -> set[str]:
    """The codes of all that parts a record from its person; a slip in an old number is both, a date may be."""
    codes = {NUMBER_REASONS.get(facts.number), NAME_REASONS.get(facts.name), BIRTH_REASONS.get(facts.birth)} - {None}
    if facts.number is Number.OLD_SLIP:
        codes.add(NUMBER_REASONS[facts.old_slip])
    if facts.birth is Birth.MISSING:
        codes.add(_birthless_reason(facts))
    if facts.less_precise:
        codes.add("dob_year_only")
    if facts.sex_differs:
        codes.add("sex_differs")
    if facts.province_differs:
        codes.add("province_differs")
    return {code for code in codes if code}


def _birthless_reason(facts: Facts) -> str:
    return "dob_unreadable" if facts.birth_told and facts.birthless else "dob_missing"


def _nobody(facts: Facts) -> Conclusion:
    """On a record for which nobody is accepted."""
    codes: set[str] = set()
    if facts.nameless:
        codes.add("name_missing")
    if facts.birthless:
        codes.add(_birthless_reason(facts))
    unreadable = facts.form in (Form.UNREADABLE, Form.NEAR_OLD)
    if facts.form is Form.EMPTY or unreadable:
        codes.add("id_unreadable" if unreadable else "id_empty")
        return Verdict.MALFORMED, in_order(codes), False
    if facts.nameless and facts.birthless:
        return Verdict.MALFORMED, in_order(codes), False
    if facts.owned and not facts.owner_known:
        return Verdict.CONFLICT, in_order(codes | {"id_of_another"}), False
    can_search = not facts.nameless and not facts.birthless
    if facts.owner_known or facts.fits:
        return Verdict.AMBIGUOUS, in_order(codes | {"several_fit_number"}), can_search
    return Verdict.NOT_FOUND, in_order(codes | {"not_in_population"}), can_search
