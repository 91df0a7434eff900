"""Reading an amount from a field that asks for đồng."""

from __future__ import annotations

import re

from keng.engines.extract import extract


def read_money(written: str) -> int | None:
    """Whole đồng from what a person writes (`4.800.000`, `4tr8`, `50 triệu`); None if it cannot be told."""
    plain = re.sub(r"vnđ|vnd|[\s.,_đ]", "", written, flags=re.IGNORECASE)
    if plain.isascii() and plain.isdigit() and len(plain) <= 15:
        return int(plain)
    found = {money.amount for money in extract(written).money if money.currency == "VND"}
    return found.pop() if len(found) == 1 else None
