"""Orders of follow-ups, and what is in force by them. There is no state of now: a line stands as its history says at each look."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from keng.nation.robot.books.requests import Stage
from keng.nation.robot.books.store import Transaction
from keng.nation.robot.clock import from_millis, to_millis
from keng.nation.robot.modes import Mode
from keng.nation.robot.wire.messages import Target
from keng.nation.robot.wire.orders import Notice, Order


class Level(IntEnum):
    """How far a line or account is taken away by a follow-up. Of several cases about one the highest counts."""

    NONE = 0
    OUT = 1
    BOTH = 2
    END = 3


@dataclass(frozen=True, slots=True)
class FiledOrder:
    """An order as it is in the books; `place` is the partner's own number of it, `outcome` empty until it is decided."""

    place: int
    order: Order
    behaviour: Mode
    stage: Stage
    outcome: str


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of the history: by which order what was in force from when on, as far as that case goes."""

    order_id: str
    case: str
    level: Level
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A text as it was given to the holder."""

    order_id: str
    notice: Notice
    at: datetime


def find_order(tx: Transaction, order_id: str) -> FiledOrder | None:
    row = tx.execute("SELECT * FROM followup_order WHERE order_id = ?", (order_id,)).fetchone()
    return None if row is None else _read(row)


def list_orders(tx: Transaction) -> Sequence[FiledOrder]:
    """Every order there ever was, in the order in which they came."""
    return [_read(row) for row in tx.execute("SELECT * FROM followup_order ORDER BY place")]


def file_order(tx: Transaction, order: Order, behaviour: Mode, stage: Stage) -> FiledOrder:
    """Write down a new order."""
    row = """
        INSERT INTO followup_order (order_id, case_id, number, record, action, object_kind, object_value, keeps,
            notice_vi, notice_en, made_at_ms, behaviour, stage) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """
    said = (None, None) if order.notice is None else (order.notice.vi, order.notice.en)
    asked = (
        order.order_id,
        order.case,
        order.number,
        order.record,
        order.action,
        order.target.kind,
        order.target.value,
    )
    values = (*asked, json.dumps(order.keeps), *said, to_millis(order.made_at), behaviour, stage)
    return FiledOrder(tx.execute(row, values).lastrowid or 0, order, behaviour, stage, "")


def put_off_order(tx: Transaction, order_id: str, decide_at: datetime) -> None:
    """It waits for a person or a queue until then."""
    tx.execute("UPDATE followup_order SET decide_at_ms = ? WHERE order_id = ?", (to_millis(decide_at), order_id))


def close_order(tx: Transaction, order_id: str, outcome: str) -> None:
    """It is decided: `outcome` is `executed`, or why it was refused."""
    change = "UPDATE followup_order SET stage = ?, decide_at_ms = NULL, outcome = ? WHERE order_id = ?"
    tx.execute(change, (Stage.DECIDED, outcome, order_id))


def list_orders_to_decide(tx: Transaction, now: datetime) -> Sequence[FiledOrder]:
    """Those whose delay is over; of a case the lower number first."""
    query = "SELECT * FROM followup_order WHERE decide_at_ms <= ? ORDER BY decide_at_ms, case_id, number, place"
    return [_read(row) for row in tx.execute(query, (to_millis(now),)).fetchall()]


def later_number(tx: Transaction, filed: FiledOrder) -> int | None:
    """The number of an order that counts instead of this one: a higher one about the case, or the same that came before."""
    query = """
        SELECT max(number) FROM followup_order WHERE case_id = ? AND (number > ? OR (number = ? AND place < ?))
    """
    number = filed.order.number
    found = tx.execute(query, (filed.order.case, number, number, filed.place)).fetchone()[0]
    return None if found is None else int(found)


def change_line(tx: Transaction, order: Order, name: str, level: Level, now: datetime) -> None:
    """From now on this is what is in force by the order's case; a second change by one order fails on the table's constraint."""
    row = "INSERT INTO line_change (order_id, case_id, name, level, at_ms) VALUES (?, ?, ?, ?, ?)"
    tx.execute(row, (order.order_id, order.case, name, int(level), to_millis(now)))


def level_of(tx: Transaction, name: str) -> Level:
    """What is in force on a line or account now: by each case its last change, of these the highest."""
    query = """
        SELECT max(level) FROM line_change
        WHERE number IN (SELECT max(number) FROM line_change WHERE name = ? GROUP BY case_id)
    """
    return Level(tx.execute(query, (name,)).fetchone()[0] or Level.NONE)


def level_at(tx: Transaction, name: str, moment: datetime) -> Level:
    """What the history says of one moment."""
    query = """
        SELECT max(level) FROM line_change
        WHERE number IN (SELECT max(number) FROM line_change WHERE name = ? AND at_ms <= ? GROUP BY case_id)
    """
    return Level(tx.execute(query, (name, to_millis(moment))).fetchone()[0] or Level.NONE)


def kept_numbers(tx: Transaction, name: str) -> frozenset[str]:
    """Numbers that every order in force on a line leaves within reach."""
    query = """
        SELECT keeps FROM line_change JOIN followup_order USING (order_id) WHERE level > 0 AND line_change.number IN
            (SELECT max(number) FROM line_change WHERE name = ? GROUP BY case_id)
    """
    told = [frozenset(json.loads(row[0])) for row in tx.execute(query, (name,))]
    return frozenset.intersection(*told) if told else frozenset()


def list_line_changes(tx: Transaction, name: str) -> Sequence[LineChange]:
    """The history of a line or account, oldest first."""
    rows = tx.execute("SELECT * FROM line_change WHERE name = ? ORDER BY number", (name,))
    return [LineChange(row["order_id"], row["case_id"], Level(row["level"]), from_millis(row["at_ms"])) for row in rows]


def tell_holder(tx: Transaction, order: Order, name: str, now: datetime) -> None:
    """Give the order's text to the holder, once an order; nothing if it has none."""
    if order.notice is not None:
        row = "INSERT OR IGNORE INTO told (order_id, name, vi, en, at_ms) VALUES (?, ?, ?, ?, ?)"
        tx.execute(row, (order.order_id, name, order.notice.vi, order.notice.en, to_millis(now)))


def list_told(tx: Transaction, name: str) -> Sequence[Told]:
    """What a holder was told, oldest first."""
    rows = tx.execute("SELECT * FROM told WHERE name = ? ORDER BY number", (name,))
    return [Told(row["order_id"], Notice(row["vi"], row["en"]), from_millis(row["at_ms"])) for row in rows]


def note_correction(tx: Transaction, name: str, now: datetime) -> bool:
    """The holder had the record corrected at the partner's counter; False if it was so before."""
    if is_corrected(tx, name):
        return False
    tx.execute("INSERT INTO correction (name, at_ms) VALUES (?, ?)", (name, to_millis(now)))
    return True


def is_corrected(tx: Transaction, name: str) -> bool:
    return tx.execute("SELECT 1 FROM correction WHERE name = ?", (name,)).fetchone() is not None


def _read(row: sqlite3.Row) -> FiledOrder:
    order = Order(
        order_id=row["order_id"],
        case=row["case_id"],
        number=row["number"],
        record=row["record"],
        action=row["action"],
        target=Target(row["object_kind"], row["object_value"]),
        keeps=tuple(json.loads(row["keeps"])),
        notice=None if row["notice_vi"] is None else Notice(row["notice_vi"], row["notice_en"]),
        made_at=from_millis(row["made_at_ms"]),
    )
    return FiledOrder(row["place"], order, Mode(row["behaviour"]), Stage(row["stage"]), row["outcome"] or "")
