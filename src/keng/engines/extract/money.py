"""Amounts of money: `50tr`, `2 triệu 5`, `1,5 tỷ`, `500.000đ`, `5-10 triệu`, `$500`, and bare ones beside a cue."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from keng.base.text import bare
from keng.engines.extract.cues import ACCOUNT, MONEY, phrases
from keng.engines.extract.types import Claim, Money, Page
from keng.vietnam.phones import read_digits

LARGEST_AMOUNT = (1 << 63) - 1
CUE_REACH = 28  # characters between a word for money and a bare amount
RANGE_REACH = 18
VND = "VND"
PREFIXES = ("vnd", "usd", "eur", "$", "€", "₫")  # before an amount

# All groups of three or none: a lookahead says so, for before 3.11.5 Python forgets what follows a possessive group.
_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?![.,]\d{3})(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,3})?(?!\d)"
_GROUPED = re.compile(r"(?<![\w.,:/*\-])[1-9]\d{0,2}(?:(?P<sep>[.,])\d{3})(?:(?P=sep)\d{3})*(?![\w*%]|[.,:/]\d)")
_ROUND = re.compile(r"(?<![\w.,:/*\-])[1-9]\d{1,7}000(?![\w*]|[.,:/]\d)")
_LOWER_END = re.compile(rf"(?<![\w.,/:\-])(?P<low>{_NUMBER}) ?(?:-|~|den|toi) ?$")
_DONG_AFTER = re.compile(r" ?(?:dong|vnd|d|₫)(?![\w])(?! (?:y|ho|thoi)\b)")
_SPLIT_REST = re.compile(
    r"(?P<glued>\d{1,3})(?![\w.,]*\d|\w)| (?P<apart>\d{1,3})(?![\w.,%]*\d|\w| ?%)(?: ?(?P<next>[a-z]+))?"
)
_PREFIX = re.compile(r"[vue$€₫](?:(?<=[$€₫])|(?<=v)nd|(?<=u)sd|(?<=e)ur) ?\d")
_NEXT_WORD = re.compile(r" ?([a-z]+)")
_HALF = re.compile(r" ruoi(?!\w)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of money: `amount` of the smallest unit of `currency`; the rest: when it means another thing."""

    currency: str
    amount: int
    written: frozenset[str]
    splits: bool = False
    bare_needs_cue: frozenset[str] = frozenset()
    bare_at_least: tuple[tuple[str, int], ...] = ()
    not_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Part:
    """An amount in the making, in the folded text."""

    amount: Decimal
    unit: Unit
    start: int
    end: int


def find_money(page: Page) -> Iterator[Money]:
    """Amounts with their unit or currency written; claims them on the page."""
    reach = 0
    begins_with_number = not _PREFIX.search(page.text)
    matches = page.matches_at_numbers(_with_unit()) if begins_with_number else _with_unit().finditer(page.text)
    for match in matches:
        if match.start() < reach or not page.is_free(*match.span()):
            continue
        part = _read(page, match)
        if part is None:
            continue
        parts = [part, *_lower_end(page, match, part)]
        whole = _continued(page, part)
        parts[0] = whole
        reach = whole.end
        yield from _claimed(page, parts)


def find_bare_money(page: Page) -> Iterator[Money]:
    """Amounts without a unit: grouped by thousands, or round and beside a word for money. For what is still free."""
    for pattern in (_GROUPED, _ROUND):
        for match in page.matches_at_numbers(pattern):
            if page.is_free(*match.span()) and _is_bare_amount(page.text, match):
                amount = Decimal(re.sub(r"[.,]", "", match[0]))
                yield from _claimed(page, [_Part(amount, _DONG, *match.span())])


_DONG = Unit(VND, 1, frozenset())


def _read(page: Page, match: re.Match[str]) -> _Part | None:
    name = match["unit"] or match["prefix"]
    unit = units()[name]
    number = match["number"] or match["number_after"]
    plain = number.replace(".", "").replace(",", "")
    if plain.startswith("0") and len(plain) > 1 and plain == number:
        return None
    amount = _decimal(number, large=unit.amount >= units()["trieu"].amount)
    written = unicodedata.normalize(
        "NFC", page.folded.written(*match.span("unit" if match["unit"] else "prefix"))
    ).lower()
    written = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", written))
    if written not in unit.written or not _means_money(page.text, match, unit, written, amount):
        return None
    return _Part(amount, unit, match.start("number") if match["unit"] else match.start("prefix"), match.end())


def _means_money(text: str, match: re.Match[str], unit: Unit, written: str, amount: Decimal) -> bool:
    following = _NEXT_WORD.match(text, match.end())
    if following and following[1] in unit.not_before:
        return False
    too_little = any(written == name and amount < least for name, least in unit.bare_at_least)
    return not (too_little or written in unit.bare_needs_cue) or _has_cue(text, match.start())


def _continued(page: Page, part: _Part) -> _Part:
    """The amount with what follows it: `2 triệu 5`, `2tr350`, `1 tỷ 500 triệu`, `rưỡi`, `đồng`."""
    text, amount, unit, end = page.text, part.amount * part.unit.amount, part.unit, part.end
    if unit.splits:
        half = _HALF.match(text, end)
        smaller = _with_unit().match(text, end + 1 if text[end : end + 1] == " " else end)
        lower = _read(page, smaller) if smaller and smaller["unit"] else None
        rest = _SPLIT_REST.match(text, end)
        if half:
            amount, end = amount + Decimal(unit.amount) / 2, half.end()
        elif lower and 1 < lower.unit.amount < unit.amount and lower.unit.currency == VND:
            amount, end = amount + lower.amount * lower.unit.amount, lower.end
        elif rest and not _is_counted(page, rest):
            digits = rest["glued"] or rest["apart"]
            amount, end = (
                amount + Decimal(digits) * unit.amount / 10 ** len(digits),
                rest.end("glued" if rest["glued"] else "apart"),
            )
    if unit.currency == VND and unit.amount > 1 and (after := _DONG_AFTER.match(text, end)):
        end = after.end()
    return _Part(amount, Unit(unit.currency, 1, unit.written), part.start, end)


def _lower_end(page: Page, match: re.Match[str], part: _Part) -> list[_Part]:
    """The lower end of a range, which shares the unit of the upper: the 5 of `5-10 triệu`."""
    low = _LOWER_END.search(page.text, max(match.start() - RANGE_REACH, 0), match.start()) if match["unit"] else None
    if low is None or not page.is_free(*low.span("low")):
        return []
    amount = _decimal(low["low"], large=part.unit.amount >= units()["trieu"].amount)
    return [_Part(amount, part.unit, *low.span("low"))] if 0 < amount < part.amount else []


def _claimed(page: Page, parts: list[_Part]) -> Iterator[Money]:
    for part in parts:
        amount = int(part.amount * part.unit.amount)
        if amount <= LARGEST_AMOUNT:
            page.claim(part.start, part.end, Claim.QUANTITY)
            yield Money(amount, part.unit.currency, *page.folded.span(part.start, part.end))


def _is_bare_amount(text: str, match: re.Match[str]) -> bool:
    digits = re.sub(r"[.,]", "", match[0])
    if read_digits(digits) or _called_account(text, match.start()):
        return False
    groups = len(re.findall(r"[.,]", match[0]))
    return groups >= 2 or _has_cue(text, match.start())


def _decimal(number: str, *, large: bool) -> Decimal:
    """1.500.000 and 1,500,000 are grouped; 1,5 and 1.5 are not; `large` units read one comma as decimal."""
    separators = re.findall(r"[.,]", number)
    if not separators:
        return Decimal(number)
    last = number[max(number.rfind("."), number.rfind(",")) + 1 :]
    one_decimal_group = len(separators) == 1 and (number.startswith("0") or (large and separators[0] == ","))
    grouped = len(last) == 3 and not one_decimal_group
    if grouped:
        return Decimal(re.sub(r"[.,]", "", number))
    whole = re.sub(r"[.,]", "", number[: -len(last) - 1])
    return Decimal(f"{whole}.{last}")


def _has_cue(text: str, start: int) -> bool:
    return _cue_pattern(MONEY).search(text, max(start - CUE_REACH, 0), start) is not None


def _called_account(text: str, start: int) -> bool:
    return _cue_pattern(ACCOUNT).search(text, max(start - CUE_REACH, 0), start) is not None


@cache
def units() -> dict[str, Unit]:
    """The units of data/money.toml by how they fold."""
    tables = _tables()
    found = {
        name: Unit(
            VND,
            row["amount"],
            frozenset(row["written"]),
            row.get("splits", False),
            frozenset(row.get("bare_needs_cue", ())),
            tuple(row.get("bare_at_least", {}).items()),
            frozenset(row.get("not_before", ())),
        )
        for name, row in tables["unit"].items()
    }
    for name, row in tables["currency"].items():
        found[name] = Unit(row["code"], row["minor"], frozenset(row["written"]))
    return found


@cache
def _with_unit() -> re.Pattern[str]:
    splitting = [name for name, unit in units().items() if unit.splits]
    others = [name for name, unit in units().items() if not unit.splits]
    return re.compile(
        rf"(?<![\w.,])(?P<number>{_NUMBER}) ?(?P<unit>(?:{_either(splitting)})(?![a-z₫])|(?:{_either(others)})(?!\w))"
        rf"|(?<!\w)(?P<prefix>{_either(PREFIXES)}) ?(?P<number_after>{_NUMBER})(?![\w])"
    )


@cache
def _cue_pattern(name: str) -> re.Pattern[str]:
    words = sorted((" ".join(words) for words, lists in phrases().items() if name in lists), key=len, reverse=True)
    gap = r"[^.!?\n\d]{0,16}" if name == MONEY else r"\W{0,4}(?:so|la)?\W{0,3}"
    return re.compile(rf"(?<!\w)(?:{_either(words)})(?!\w){gap}[+\-]?$")


def _is_counted(page: Page, rest: re.Match[str]) -> bool:
    """Whether the word after the digits says what they count: marked words as they stand, bare ones if not ambiguous."""
    if rest["next"] is None:
        return False
    written = unicodedata.normalize("NFC", page.folded.written(*rest.span("next"))).lower()
    marked, unmarked = _counted()
    return written in marked or written in unmarked


@cache
def _counted() -> tuple[frozenset[str], frozenset[str]]:
    words = _tables()["counted"]["words"]
    return frozenset(words), frozenset(map(bare, words)) - frozenset(_tables()["counted"]["not_bare"])


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("keng.engines.extract").joinpath("data/money.toml").read_text("utf-8"))


def _either(words: tuple[str, ...] | list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
