"""Data that were to be preserved: a copy of what was known of an object, under a number of its own, erased at the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keng.nation.robot.books.deeds import IN_FORCE
from keng.nation.robot.books.store import Transaction
from keng.nation.robot.clock import from_millis, to_millis


@dataclass(frozen=True, slots=True)
class Copy:
    """What was kept for a request."""

    number: int
    request_id: str
    made_at: datetime
    content: dict[str, Any]


def keep_copy(tx: Transaction, request_id: str, content: dict[str, Any], now: datetime) -> int:
    """Keep one; returns its number. A copy that is there is not changed: what was preserved stays as it was."""
    known = "SELECT number FROM copy WHERE request_id = ? AND content IS NOT NULL"
    row = tx.execute(known, (request_id,)).fetchone()
    if row is not None:
        return int(row["number"])
    made = "INSERT INTO copy (request_id, made_at_ms, content) VALUES (?, ?, ?)"
    text = json.dumps(content, ensure_ascii=False)
    return int(tx.execute(made, (request_id, to_millis(now), text)).lastrowid or 0)


def erase_copy(tx: Transaction, request_id: str) -> None:
    """The content goes; that there was a copy, and when, stays."""
    tx.execute("UPDATE copy SET content = NULL WHERE request_id = ?", (request_id,))


def list_copies(tx: Transaction, now: datetime) -> Sequence[Copy]:
    """Every copy that may be read at this moment, oldest first: none whose time is over, erased or not yet."""
    query = f"""
        SELECT copy.* FROM copy JOIN deed USING (request_id) WHERE content IS NOT NULL AND {IN_FORCE} ORDER BY copy.number
    """  # noqa: S608 - a constant
    rows = tx.execute(query, (to_millis(now),))
    return [
        Copy(row["number"], row["request_id"], from_millis(row["made_at_ms"]), json.loads(row["content"]))
        for row in rows
    ]
