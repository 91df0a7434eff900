"""Orders of follow-ups as docs/partner-api.md shows them, and books in memory that take them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from keng.nation.robot.books.orders import Level, level_of, list_orders, list_told
from keng.nation.robot.books.store import Store
from keng.nation.robot.desk import Policy, Taken
from keng.nation.robot.kinds.trade import Trade
from keng.nation.robot.modes import Mode
from keng.nation.robot.orders import decide_late_orders, take_letter
from keng.nation.robot.wire.orders import Letter, read_order

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
LINE, ELSEWHERE, OF_NO_PLAN = "+84912345678", "+84987654321", "+84212345678"
TEXT = {"vi": "Số điện thoại có đuôi 678: …\nXem: http://127.0.0.1/sua/MA/", "en": "The phone number ending in 678: …"}
KEEPS = {"calls_to": ["111", "112", "113", "114", "115"], "incoming_calls": True, "one_time_codes": True}


def make_order(action: str = "notice", number: int = 1, **changes: Any) -> dict[str, Any]:
    """An item of `orders`; `value` and `kind` are the object's."""
    value, kind = changes.pop("value", LINE), changes.pop("kind", "phone")
    order = {
        "order_id": str(uuid4()),
        "case": "case-1",
        "number": number,
        "record": "SIM-000123",
        "action": action,
        "text": {"vi": "Làm việc này.", "en": "Do this."},
        "object": {"kind": kind, "value": value},
        "keeps": KEEPS if action.startswith("restrict") else None,
        "fields": ["full_name"],
        "made_at": "2026-11-21T07:30:00Z",
        "answer_by": "2026-11-22T07:30:00Z",
        "rule": {"code": "sim.bad_data", "text": TEXT, "source": "…", "confirmed_by": None},
        "notice": None if action == "check" else TEXT,
        "page": "http://127.0.0.1/sua/MA/",
        "demo": True,
    }
    return order | changes


class Books:
    """A partner's books in memory with one line or account, and words to act on them."""

    def __init__(self, trade: Trade, place: str, opening: dict[str, Any], mode: Mode = Mode.AT_ONCE) -> None:
        self.trade = trade
        self.store = Store(":memory:", trade.schema)
        self.policy = Policy(trade, mode, delay=timedelta(hours=1))
        self.open(place, opening)

    def open(self, place: str, opening: dict[str, Any]) -> None:
        with self.store.write() as tx:
            self.trade.order(tx, place, opening, NOW)

    def take(self, *orders: dict[str, Any], message_id: str | None = None, now: datetime = NOW) -> Taken:
        with self.store.write() as tx:
            return take_letter(tx, self.policy, Letter(tuple(map(read_order, orders))), message_id, now)

    def decide_late(self, now: datetime) -> int:
        with self.store.write() as tx:
            return decide_late_orders(tx, self.policy, now)

    def answers(self, order: dict[str, Any] | None = None) -> list[tuple[str, str]]:
        """Status and reason of each, as they would go out."""
        with self.store.read() as tx:
            rows = tx.execute("SELECT order_id, body FROM order_answer ORDER BY number").fetchall()
        told = [(row[0], json.loads(row[1])) for row in rows]
        return [(one["status"], one["reason"]) for about, one in told if order is None or about == order["order_id"]]

    def notes(self) -> list[str]:
        with self.store.read() as tx:
            return [json.loads(row[0])["note"] for row in tx.execute("SELECT body FROM order_answer ORDER BY number")]

    def level(self, name: str = LINE) -> Level:
        with self.store.read() as tx:
            return level_of(tx, name)

    def texts(self, name: str = LINE) -> list[dict[str, str]]:
        with self.store.read() as tx:
            return [{"vi": told.notice.vi, "en": told.notice.en} for told in list_told(tx, name)]

    def outcomes(self) -> list[str]:
        with self.store.read() as tx:
            return [filed.outcome for filed in list_orders(tx)]
