"""Two banks, a nation of a few reports and a fake Kẻng, all in this process."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from keng.nation.robot.books.store import Store, Transaction
from keng.nation.robot.clock import open_clock
from keng.nation.robot.desk import Policy
from keng.nation.robot.doors.server import PartnerServer
from keng.nation.robot.kinds.bank.accounts import find_position
from keng.nation.robot.kinds.bank.trade import BankTrade
from keng.nation.robot.kinds.trade import Trade
from keng.nation.robot.partner import Outage, Partner
from keng.nation.robot.wire.messages import Kind, Message, Request, Target

VIETCOMBANK = "970436"
TECHCOMBANK = "970407"
DEADLINE_SECONDS = 20
Result = TypeVar("Result")


class Branch:
    """A partner whose door can be closed and opened again on the same port."""

    def __init__(self, trade: Trade, state: Path) -> None:
        policy = Policy(trade)
        self.trade = trade
        self._store = Store(state, trade.schema)
        self._partner = Partner(trade.code, policy, (), self._store, open_clock(), Outage(policy, None))
        self._server: PartnerServer | None = None
        self.port = 0
        self.open()

    def open(self) -> None:
        self._server = PartnerServer(self._partner, self.port)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        """No new calls; one on an old connection still passes, as with a real partner that winds down."""
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None

    def end(self) -> None:
        self.close()
        self._store.close()

    def now(self) -> datetime:
        return self._partner.now()

    def take(self, message: Message) -> None:
        """As if Kẻng had sent it."""
        self._partner.take(message, None)

    def read(self, look: Callable[[Transaction], Result]) -> Result:
        with self._store.read() as tx:
            return look(tx)

    @staticmethod
    def later(**length: float) -> datetime:
        return open_clock()() + timedelta(**length)


class BankBranch(Branch):
    """A bank's core door."""

    def __init__(self, bank_bin: str, state: Path) -> None:
        super().__init__(BankTrade(bank_bin), state)

    def balance(self, account: str) -> int:
        position = self.read(lambda tx: find_position(tx, account, self.now()))
        return position.balance if position else 0

    def hold(self, account: str, amount: int) -> None:
        """As if Kẻng had asked for it."""
        target, until = Target("account", account), self.later(hours=24)
        self.take(
            Message(Kind.REQUESTED, Request("r1", 1, "hold_funds", target, amount, "VND", until, confirmed=False))
        )

    def transfers(self) -> list[tuple[str, str, str, int]]:
        query = "SELECT transfer_id, from_account, to_account, amount FROM transfer ORDER BY transfer_id"
        return self.read(lambda tx: [tuple(row) for row in tx.execute(query)])


class ReportBox:
    """A fake Kẻng that takes reports; `busy` times it is not there."""

    def __init__(self) -> None:
        self.bodies: dict[str, dict[str, Any]] = {}
        self.busy = 0
        self.changed_repeats: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.box = self  # type: ignore[attr-defined]
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, key: str, body: dict[str, Any]) -> int:
        if self.busy:
            self.busy -= 1
            return 503
        if self.bodies.setdefault(key, body) != body:
            self.changed_repeats.append(key)
        return 201

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        known = self.path == "/api/v1/reports"
        status = self.server.box.take(self.headers["idempotency-key"], body) if known else 404  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *words: object) -> None:
        """Requests are not logged."""


def write_nation(folder: Path) -> Path:
    """Six losses between the two banks, one to a bank that is not simulated, two plain reports, one of them spam."""
    (folder / "truth").mkdir(parents=True)
    rows = [_loss_row(number) for number in range(6)]
    rows.append({"id": "far", "at": "2026-01-01T00:00:00Z", "text": "x", "loss": _loss("970436:1", "970422:1", 5)})
    rows.append({"id": "scam", "at": "2026-01-01T00:00:00Z", "text": "Công an\ngọi", "sender": "+84912345678"})
    rows.append({"id": "spam", "at": "2026-01-01T00:00:00Z", "text": "Mua đất", "sender": "QC"})
    truth = [{"id": row["id"], "spam": row["id"] == "spam"} for row in rows]
    _write_lines(folder / "reports.jsonl", rows)
    _write_lines(folder / "truth" / "reports.jsonl", truth)
    return folder


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < until, f"not within {DEADLINE_SECONDS} s"
        time.sleep(0.02)


def _loss_row(number: int) -> dict[str, Any]:
    banks = (VIETCOMBANK, TECHCOMBANK) if number % 2 else (TECHCOMBANK, VIETCOMBANK)
    loss = _loss(f"{banks[0]}:10{number}", f"{banks[1]}:20{number}", 1_000_000 * (number + 1))
    return {"id": f"loss{number}", "at": "2026-01-01T00:00:00Z", "text": f"Tôi bị lừa {number}", "loss": loss}


def _loss(source: str, target: str, amount: int) -> dict[str, Any]:
    return {"amount": amount, "from_account": source, "to_account": target, "at": "2026-01-01T00:00:00Z"}


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
