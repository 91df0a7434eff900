"""What a report can be called: a trick, advertising, or nothing that the machine knows."""

from __future__ import annotations

from functools import cache

from keng.base.errors import Said
from keng.engines.classify import tricks

SPAM, TRUE = "spam", "true"
SAID = {
    SPAM: Said("Quảng cáo", "Advertising"),
    TRUE: Said("Không thấy thủ đoạn", "No trick found"),
}


@cache
def calls() -> dict[str, Said]:
    """Every call with its name: the tricks in the order of their list, then the two others."""
    return {trick.code: Said(trick.name_vi, trick.name_en) for trick in tricks()} | SAID


def said_of(call: str) -> Said:
    """The name of a call; one that an earlier version knew stands for itself."""
    return calls().get(call) or Said(call, call)
