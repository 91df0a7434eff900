"""The number of a record's holder: what it is, what stands one slip from it, and how it relates to a person's numbers.

Numbers are compared as digits. Blocks: the twelve digits are four blocks of three; a digit wrong, or two neighbours swapped
within one block, leaves the keys named in `Block` alone, so persons one slip away are found by equal keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache

CITIZEN_DIGITS, OLD_DIGITS = 12, 9
_REMOVED = re.compile(r"[\s.\-‐‑‒–—―'\"’‘“”`´\u200b\ufeff]+")
_READ_AS_DIGITS = str.maketrans("OIlSB", "01158")
_FOREIGN = re.compile(r"[A-Za-z]{1,3}[0-9]{6,9}")
TAX_WEIGHTS = (
    31,
    29,
    23,
    19,
    17,
    13,
    7,
    5,
    3,
)  # source: Circular 80/2021/TT-BTC's structure of the tax code, as vn-ident has it
TAX_LENGTHS = (10, 13)  # 13: with the number of a branch
_DIGITS = "0123456789"


class Form(Enum):
    """What a record's number is, before anybody is looked up."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    ORGANISATION = "organisation"
    CITIZEN = "citizen"  # twelve digits
    OLD = "old"  # nine digits
    NEAR_CITIZEN = "near"  # one slip from twelve digits
    NEAR_OLD = "near_old"  # one slip from nine digits: counts only if somebody has that number


class Number(IntEnum):
    """How a record's number relates to a person's."""

    EQUAL = 0
    WRONG_DIGIT = 1
    SWAPPED = 2
    MISSING_DIGIT = 3
    EXTRA_DIGIT = 4
    NO_DIGIT = 5
    OLD_EQUAL = 6
    OLD_SLIP = 7
    FAR = 8


class Block(IntEnum):
    """The keys by which candidates are found."""

    CITIZEN = 0  # the whole number
    FIRST = 1  # all but the last three digits
    MIDDLE = 2  # all but the third three
    SECOND = 3  # all but the second three
    LAST = 4  # all but the first three
    OLD = 5  # the whole old number; its nine digits are three blocks
    OLD_FIRST = 6  # all but the last three digits
    OLD_MIDDLE = 7  # all but the middle three
    OLD_LAST = 8  # the last six


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written. `text`: cleaned, letters that stand for digits read as such."""

    form: Form
    text: str


def clean(raw: str) -> str:
    """The number without spaces, dots, hyphens and quotes."""
    return _REMOVED.sub("", raw)


@lru_cache(1 << 14)
def read(raw: str | None) -> Written:
    """What a record's number is.

    >>> read(" 0O1.203-004 567'").form.value, read("B1234567").form.value
    ('citizen', 'foreign')
    """
    if raw is None:
        return Written(Form.EMPTY, "")
    text = clean(raw)
    if not text:
        return Written(Form.EMPTY, "")
    digits = text.translate(_READ_AS_DIGITS)
    length, odd = len(digits), 0 if digits.isascii() and digits.isdecimal() else sum(c not in _DIGITS for c in digits)
    if _FOREIGN.fullmatch(text):
        return Written(Form.FOREIGN, digits)
    if length in TAX_LENGTHS and not odd and is_tax_code(digits):
        return Written(Form.ORGANISATION, digits)
    return Written(form_of(length, odd), digits)


def form_of(length: int, odd: int) -> Form:
    """What a text of so many characters is, so many of which are no digits, if it is no foreigner's nor an organisation's."""
    if odd == 0 and length == CITIZEN_DIGITS:
        return Form.CITIZEN
    if odd == 0 and length == OLD_DIGITS:
        return Form.OLD
    if _is_slip(length, odd, CITIZEN_DIGITS):
        return Form.NEAR_CITIZEN
    return Form.NEAR_OLD if _is_slip(length, odd, OLD_DIGITS) else Form.UNREADABLE


def _is_slip(length: int, odd: int, wanted: int) -> bool:
    return (length == wanted and odd == 1) or (length == wanted - 1 and odd == 0) or (length == wanted + 1 and odd <= 1)


def is_tax_code(digits: str) -> bool:
    """Whether ten digits, or ten and a branch's three, carry the check digit of a tax code."""
    check = 10 - sum(weight * int(digit) for weight, digit in zip(TAX_WEIGHTS, digits, strict=False)) % 11
    return check < 10 and int(digits[9]) == check


def keys(text: str) -> list[tuple[int, int]]:
    """(block, key) pairs of everybody whose number is one slip from a cleaned text of the wrong length or with a letter."""
    if (
        len(text) in (CITIZEN_DIGITS, OLD_DIGITS) and text.isascii() and text.isdecimal()
    ):  # looks foreign, reads as a number
        return [(int(Block.CITIZEN if len(text) == CITIZEN_DIGITS else Block.OLD), int(text))]
    odd = [place for place, c in enumerate(text) if c not in _DIGITS]
    return [
        (int(block), int(number))
        for block, wanted in ((Block.CITIZEN, CITIZEN_DIGITS), (Block.OLD, OLD_DIGITS))
        if len(odd) <= 1 and abs(len(text) - wanted) <= 1
        for number in _one_slip_to(text, wanted, odd)
    ]


def _swap(text: str, place: int) -> str:
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _one_slip_to(text: str, wanted: int, odd: list[int]) -> set[str]:
    """All numbers of `wanted` digits one slip (no digit in its place, one missing, one too many) from the text. `odd`: the
    places in it that hold no digit."""
    if len(text) == wanted and len(odd) == 1:
        place = odd[0]
        return {text[:place] + digit + text[place + 1 :] for digit in _DIGITS}
    if len(text) == wanted + 1 and len(odd) == 1:
        return {text[: odd[0]] + text[odd[0] + 1 :]}
    if len(text) == wanted + 1 and not odd:
        return {text[:place] + text[place + 1 :] for place in range(len(text))}
    if len(text) == wanted - 1 and not odd:
        return {text[:place] + digit + text[place:] for place in range(wanted) for digit in _DIGITS}
    return set()


def compare(text: str, citizen_id: str | None, old_id: str | None) -> Number:
    """How a cleaned number relates to a person's two numbers; FAR if it is more than one slip from both.

    >>> compare("001203004576", "001203004567", None).name
    'SWAPPED'
    """
    if text == citizen_id:
        return Number.EQUAL
    if old_id is not None and text == old_id:
        return Number.OLD_EQUAL
    slip = slip_between(text, citizen_id) if citizen_id else Number.FAR
    if slip is not Number.FAR:
        return slip
    if old_id and slip_between(text, old_id) is not Number.FAR:
        return Number.OLD_SLIP
    return Number.FAR


def slip_between(text: str, number: str) -> Number:
    """The one slip that makes `text` of `number`, or FAR."""
    extra = len(text) - len(number)
    if extra == 0:
        wrong = [place for place in range(len(text)) if text[place] != number[place]]
        if len(wrong) == 1:
            return Number.WRONG_DIGIT if text[wrong[0]] in _DIGITS else Number.NO_DIGIT
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1 and _swap(text, wrong[0]) == number:
            return Number.SWAPPED
        return Number.FAR
    if extra == -1:
        return Number.MISSING_DIGIT if _is_one_more(number, text) else Number.FAR
    if extra == 1 and _is_one_more(text, number):
        return Number.EXTRA_DIGIT
    return Number.FAR


def _is_one_more(longer: str, shorter: str) -> bool:
    place = 0
    while place < len(shorter) and longer[place] == shorter[place]:
        place += 1
    return longer[place + 1 :] == shorter[place:]
