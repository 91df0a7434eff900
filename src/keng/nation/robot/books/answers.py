"""The partner's own durable outboxes: answers wait here until Kẻng took them. Those about one thing go out in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from keng.nation.robot.books.store import Transaction
from keng.nation.robot.clock import to_millis
from keng.nation.robot.wire.messages import Answer, Status
from keng.nation.robot.wire.orders import OrderAnswer

FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Outbox:
    """A table of answers: to what they are (`key`, a column), and `place` of the partner API, where they go."""

    table: str
    key: str
    place: str


REQUESTS = Outbox("answer", "request_id", "requests")
ORDERS = Outbox("order_answer", "order_id", "orders")
OUTBOXES = (REQUESTS, ORDERS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that has not been taken yet: `about` names the request or order. `message_id` is the same at every try."""

    outbox: Outbox
    number: int
    about: str
    message_id: str
    body: bytes
    tries: int


def queue_answer(tx: Transaction, request_id: str, answer: Answer, now: datetime) -> None:
    """Queue one answer to a request, due now."""
    final = answer.status not in (Status.RECEIVED, Status.RELEASED)
    _insert(tx, REQUESTS, request_id, answer.to_json(request_id), final, now)


def queue_order_answer(tx: Transaction, order_id: str, answer: OrderAnswer, now: datetime) -> None:
    """Queue one answer to an order, due now."""
    _insert(tx, ORDERS, order_id, answer.to_json(), answer.status != Status.RECEIVED, now)


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
        _insert(tx, REQUESTS, request_id, row["body"], True, now)
    return True


def list_due(tx: Transaction, now: datetime, limit: int = 50) -> Sequence[Waiting]:
    """The oldest unsent answer to each request and order, if its time has come; at most `limit` of each outbox."""
    return [waiting for outbox in OUTBOXES for waiting in _due_of(tx, outbox, now, limit)]


def close_answer(tx: Transaction, waiting: Waiting, outcome: str) -> None:
    """Kẻng took it, or never will: `outcome` is its reply."""
    change = f"UPDATE {waiting.outbox.table} SET outcome = ?, tries = tries + 1 WHERE number = ?"  # noqa: S608 - a constant
    tx.execute(change, (outcome, waiting.number))


def postpone_answer(tx: Transaction, waiting: Waiting, now: datetime) -> None:
    """Try again after 1, 2, 4 ... 60 seconds."""
    wait_seconds = min(FIRST_WAIT_SECONDS * 2 ** min(waiting.tries, 20), LONGEST_WAIT_SECONDS)
    due = to_millis(now + timedelta(seconds=wait_seconds))
    change = f"UPDATE {waiting.outbox.table} SET tries = tries + 1, due_ms = ? WHERE number = ?"  # noqa: S608 - a constant
    tx.execute(change, (due, waiting.number))


def hasten_answers(tx: Transaction, now: datetime) -> None:
    """Everything unsent is due: the process has just begun, and what kept it from sending may be over."""
    for outbox in OUTBOXES:
        change = f"UPDATE {outbox.table} SET due_ms = min(due_ms, ?) WHERE outcome IS NULL"  # noqa: S608 - a constant
        tx.execute(change, (to_millis(now),))


def _due_of(tx: Transaction, outbox: Outbox, now: datetime, limit: int) -> Sequence[Waiting]:
    table, key = outbox.table, outbox.key
    query = f"""
        SELECT number, {key}, message_id, body, tries FROM {table}
        WHERE number IN (SELECT min(number) FROM {table} WHERE outcome IS NULL GROUP BY {key}) AND due_ms <= ?
        ORDER BY due_ms, number LIMIT ?
    """  # noqa: S608 - constants
    rows = tx.execute(query, (to_millis(now), limit))
    return [Waiting(outbox, row[0], row[1], row[2], row[3].encode(), row[4]) for row in rows]


def _insert(tx: Transaction, outbox: Outbox, about: str, body: str, final: bool, now: datetime) -> None:
    row = f"INSERT INTO {outbox.table} ({outbox.key}, message_id, body, final, due_ms) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - constants
    tx.execute(row, (about, f"msg_{uuid4().hex}", body, final, to_millis(now)))
