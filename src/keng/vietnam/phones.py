"""Vietnam's telephone numbers: what is one, and the one form in which it is written."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from keng.base.text import bare

COUNTRY_CODE = "84"
MOBILE_DIGITS = 9  # after the leading 0
FIXED_DIGITS = 10  # after the leading 0
SHORT_LENGTHS = range(3, 7)
ABROAD_LENGTHS = range(8, 16)  # country code included; ITU-T E.164 allows up to 15

_NOT_PART_OF_A_NUMBER = re.compile(r"[\s.\-_()·/]+")
_READABLE = re.compile(r"\+?[0-9]{3,20}")


class Line(StrEnum):
    """What kind of line a number is."""

    MOBILE = "mobile"
    FIXED = "fixed"
    SERVICE = "service"
    SHORT = "short"
    ABROAD = "abroad"


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number. `value` is canonical; `first_carrier` was given the prefix and may not serve it now."""

    value: str
    line: Line
    first_carrier: str | None = None


@dataclass(frozen=True, slots=True)
class NumberPlan:
    """The tables of data/phones.toml, keyed for look-up."""

    mobile: dict[str, str]
    moved_in_2018: dict[str, str]
    areas: frozenset[str]
    service_prefixes: frozenset[str]
    service_lengths: frozenset[int]
    short: frozenset[str]
    abroad: frozenset[str]


@cache
def number_plan() -> NumberPlan:
    tables = tomllib.loads(files("keng.vietnam").joinpath("data/phones.toml").read_text("utf-8"))
    return NumberPlan(
        mobile={prefix: carrier for carrier, prefixes in tables["mobile"].items() for prefix in prefixes},
        moved_in_2018=tables["moved_in_2018"],
        areas=frozenset(tables["fixed"]["areas"]),
        service_prefixes=frozenset(tables["service"]["prefixes"]),
        service_lengths=frozenset(tables["service"]["lengths"]),
        short=frozenset(tables["short"]["known"]),
        abroad=frozenset(tables["abroad"]["codes"].split()),
    )


def parse_phone(number: str) -> Phone | None:
    """The telephone number that a text consisting of nothing else writes, or None.

    Spaces, dots, hyphens and brackets do not matter; a national number begins with 0, +84, 84 or 0084, one of another
    country with + or 00. Three to six digits are a short code.
    """
    written = bare(number).strip()
    compact = _NOT_PART_OF_A_NUMBER.sub("", written).removeprefix("tel:")
    if not _READABLE.fullmatch(compact):
        return None
    digits = compact.removeprefix("+")
    if len(digits) in SHORT_LENGTHS and digits == compact:
        return Phone(digits, Line.SHORT)
    return read_digits(digits, international=digits != compact)


def canonical_phone(number: str) -> str | None:
    """E.164, or the bare digits of a 1800 or 1900 number or a short code; None if it is no telephone number."""
    phone = parse_phone(number)
    return phone.value if phone else None


def read_digits(digits: str, *, international: bool = False) -> Phone | None:
    """What telephone number these ASCII digits are, if one; `international` if a plus stood before. No short codes."""
    plan = number_plan()
    if digits.startswith("00") and not international:
        digits, international = digits[2:], True
    if digits.startswith(COUNTRY_CODE) and (international or len(digits) in (11, 12)):
        national = _read_national(digits[2:].removeprefix("0"), plan)
        if national or international:
            return national
    if international:
        known = any(digits[:length] in plan.abroad for length in (1, 2, 3))
        return Phone(f"+{digits}", Line.ABROAD) if known and len(digits) in ABROAD_LENGTHS else None
    if digits.startswith("0"):
        return _read_national(digits[1:], plan)
    if digits[:4] in plan.service_prefixes and len(digits) in plan.service_lengths:
        return Phone(digits, Line.SERVICE)
    return None


def is_known_short(digits: str) -> bool:
    """Whether a short code is one of the public numbers of the plan, such as 113 or 156."""
    return digits in number_plan().short


def _read_national(digits: str, plan: NumberPlan) -> Phone | None:
    """Of the digits after the leading 0."""
    if len(digits) == FIXED_DIGITS and digits[:3] in plan.moved_in_2018:
        digits = plan.moved_in_2018[digits[:3]] + digits[3:]
    if len(digits) == MOBILE_DIGITS and digits[:2] in plan.mobile:
        return Phone(f"+{COUNTRY_CODE}{digits}", Line.MOBILE, plan.mobile[digits[:2]])
    if len(digits) == FIXED_DIGITS and (digits[:2] in plan.areas or digits[:3] in plan.areas):
        return Phone(f"+{COUNTRY_CODE}{digits}", Line.FIXED)
    if digits[:4] in plan.service_prefixes and len(digits) in plan.service_lengths:
        return Phone(digits, Line.SERVICE)
    return None
