"""How many of each verdict a sample holds, and into which coarse groups a sampled record falls.

Groups are told so that a register that errs against one of them is seen. They say nothing of anybody's origin: a name's group is
how common its first word is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from keng.base.text import bare

HARMLESS = ("verified", "not_covered")
"""Verdicts that bring nobody anything. They get a tenth of the sample: enough to see them fail altogether."""
HARMLESS_SHARE = 0.1
FEWEST = 5  # of each verdict with consequences, if there are so many
COMMON_NAMES = frozenset(
    ("tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo", "duong", "ly")
)
"""source: the general census' list of surnames as widely quoted, without the commonest; as of 2026-11; made by hand"""
AGE_BANDS = ((18, "0-17"), (40, "18-39"), (60, "40-59"), (200, "60+"))
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Row:
    """What groups are told by, as the record has it."""

    province: str | None
    sex: str | None
    date_of_birth: str | None
    full_name: str | None


def places(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """How many of each verdict to draw: proportional among those with consequences, a few of each at least."""
    harmless = {verdict: count for verdict, count in counts.items() if verdict in HARMLESS}
    grave = {verdict: count for verdict, count in counts.items() if verdict not in HARMLESS}
    for_harmless = round(size * HARMLESS_SHARE) if grave else size
    return {**_shared(grave, size - for_harmless, FEWEST), **_shared(harmless, for_harmless, 1)}


def _shared(counts: Mapping[str, int], size: int, fewest: int) -> dict[str, int]:
    total = sum(counts.values())
    return {verdict: min(count, max(fewest, -(-size * count // total))) for verdict, count in counts.items() if count}


def groups_of(row: Row, as_of: date) -> dict[str, str]:
    """`{"province", "sex", "age_band", "name_group"}`; empty where the record does not tell."""
    return {
        "province": row.province or "",
        "sex": row.sex or "",
        "age_band": _age_band(row.date_of_birth, as_of),
        "name_group": _name_group(row.full_name),
    }


def _age_band(born: str | None, as_of: date) -> str:
    year = _YEAR.search(born or "")
    if year is None:
        return ""
    age = as_of.year - int(year[0])
    return next((name for below, name in AGE_BANDS if age < below), "")


def _name_group(name: str | None) -> str:
    words = bare(name or "").lower().split()
    if not words:
        return ""
    if len(words) == 1:
        return "single"
    if words[0] == "nguyen":
        return "nguyen"
    return "common" if words[0] in COMMON_NAMES else "rare"
