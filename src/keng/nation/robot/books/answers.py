"""The partner's own durable outbox: answers wait here until Kẻng took them. Those of one request go out in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from keng.nation.robot.books.store import Transaction
from keng.nation.robot.clock import to_millis
from keng.nation.robot.wire.messages import Answer, Status

FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that has not been taken yet. `message_id` is the same at every try."""

    number: int
    request_id: str
    message_id: str
    body: bytes
    tries: int


def queue_answer(tx: Transaction, request_id: str, answer: Answer, now: datetime) -> None:
    """Queue one answer, due now."""
    final = answer.status not in (Status.RECEIVED, Status.RELEASED)
    _insert(tx, request_id, answer.to_json(request_id), final, now)


def repeat_final_answer(tx: Transaction, request_id: str, now: datetime) -> bool:
    """Bring the final answer forward, or queue it once more as a new message if it was sent. False if there is none."""
    query = "SELECT number, body, outcome FROM answer WHERE request_id = ? AND final = 1 ORDER BY number DESC LIMIT 1"
    row = tx.execute(query, (request_id,)).fetchone()
    if row is None:
        return False
    if row["outcome"] is None:
        tx.execute(
            "UPDATE answer SET due_ms = ? WHERE request_id = ? AND outcome IS NULL", (to_millis(now), request_id)
        )
    else:
        _insert(tx, request_id, row["body"], True, now)
    return True


def list_due(tx: Transaction, now: datetime, limit: int = 50) -> Sequence[Waiting]:
    """The oldest unsent answer of each request, if its time has come."""
    query = """
        SELECT number, request_id, message_id, body, tries FROM answer
        WHERE number IN (SELECT min(number) FROM answer WHERE outcome IS NULL GROUP BY request_id) AND due_ms <= ?
        ORDER BY due_ms, number LIMIT ?
    """
    rows = tx.execute(query, (to_millis(now), limit))
    return [Waiting(row[0], row[1], row[2], row[3].encode(), row[4]) for row in rows]


def close_answer(tx: Transaction, number: int, outcome: str) -> None:
    """Kẻng took it, or never will: `outcome` is its reply."""
    tx.execute("UPDATE answer SET outcome = ?, tries = tries + 1 WHERE number = ?", (outcome, number))


def postpone_answer(tx: Transaction, waiting: Waiting, now: datetime) -> None:
    """Try again after 1, 2, 4 ... 60 seconds."""
    wait_seconds = min(FIRST_WAIT_SECONDS * 2 ** min(waiting.tries, 20), LONGEST_WAIT_SECONDS)
    due = to_millis(now + timedelta(seconds=wait_seconds))
    tx.execute("UPDATE answer SET tries = tries + 1, due_ms = ? WHERE number = ?", (due, waiting.number))


def hasten_answers(tx: Transaction, now: datetime) -> None:
    """Everything unsent is due: the process has just begun, and what kept it from sending may be over."""
    tx.execute("UPDATE answer SET due_ms = min(due_ms, ?) WHERE outcome IS NULL", (to_millis(now),))


def _insert(tx: Transaction, request_id: str, body: str, final: bool, now: datetime) -> None:
    row = "INSERT INTO answer (request_id, message_id, body, final, due_ms) VALUES (?, ?, ?, ?, ?)"
    tx.execute(row, (request_id, f"msg_{uuid4().hex}", body, final, to_millis(now)))
