"""What was asked of this partner, at the newest version seen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from keng.nation.robot.books.store import Transaction
from keng.nation.robot.clock import from_millis, to_millis
from keng.nation.robot.modes import Mode
from keng.nation.robot.wire.messages import Grounds, Request, Target


class Stage(StrEnum):
    """Where the partner is with a request."""

    WAITING = "waiting"  # a person or a queue has it
    DECIDED = "decided"
    IGNORED = "ignored"  # a silent partner
    OVER = "over"  # released


@dataclass(frozen=True, slots=True)
class Filed:
    """A request as it is in the books."""

    request: Request
    behaviour: Mode
    stage: Stage


def remember_message(tx: Transaction, message_id: str, now: datetime) -> bool:
    """False if a message of this id was taken before."""
    row = "INSERT OR IGNORE INTO seen_message VALUES (?, ?)"
    return tx.execute(row, (message_id, to_millis(now))).rowcount == 1


def find_request(tx: Transaction, request_id: str) -> Filed | None:
    row = tx.execute("SELECT * FROM request WHERE request_id = ?", (request_id,)).fetchone()
    return None if row is None else _read(row)


def file_request(tx: Transaction, request: Request, behaviour: Mode, stage: Stage) -> None:
    """Write down a new request, or a newer version of a known one."""
    row = """
        INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
        ON CONFLICT (request_id) DO UPDATE SET version = excluded.version, amount = excluded.amount,
            until_ms = excluded.until_ms, confirmed = excluded.confirmed, grounds = excluded.grounds
    """
    target, grounds = request.target, json.dumps(asdict(request.grounds), ensure_ascii=False)
    asked = (request.action, target.kind, target.value, request.amount, request.currency, to_millis(request.until))
    tx.execute(row, (request.request_id, request.version, *asked, request.confirmed, grounds, behaviour, stage))


def set_stage(tx: Transaction, request_id: str, stage: Stage, decide_at: datetime | None = None) -> None:
    """Move a request on; `decide_at` belongs to WAITING alone."""
    due = None if decide_at is None else to_millis(decide_at)
    tx.execute("UPDATE request SET stage = ?, decide_at_ms = ? WHERE request_id = ?", (stage, due, request_id))


def list_to_decide(tx: Transaction, now: datetime) -> Sequence[Filed]:
    """Requests whose delay is over, in the order of their time."""
    query = "SELECT * FROM request WHERE decide_at_ms <= ? ORDER BY decide_at_ms, request_id"
    return [_read(row) for row in tx.execute(query, (to_millis(now),)).fetchall()]


def _read(row: sqlite3.Row) -> Filed:
    request = Request(
        request_id=row["request_id"],
        version=row["version"],
        action=row["action"],
        target=Target(row["object_kind"], row["object_value"]),
        amount=row["amount"],
        currency=row["currency"],
        until=from_millis(row["until_ms"]),
        confirmed=bool(row["confirmed"]),
        grounds=Grounds(**json.loads(row["grounds"])),
    )
    return Filed(request, Mode(row["behaviour"]), Stage(row["stage"]))
