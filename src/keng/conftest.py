"""The fixed cast of the tests: two officers, an auditor, an operator, a bank, a reporter. The clock stands still."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
MULE = "970436:0071000123456"
BASIS = "fraud.hold.nd52-2024.d11"
SCAM = (
    "Vietcombank thong bao: tai khoan cua quy khach bi khoa. Chuyen 4.800.000d vao STK 0071000123456 Vietcombank de mo lai, "
    "goi 0912345678, http://vietcombank-xacthuc.example/mo"
)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **length: float) -> datetime:
        self.at += timedelta(**length)
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr("keng.base.clock.now", standing.now)
    return standing


@dataclass
class Cast:
    """Everybody in the play; `report` makes a report, `hold` sends an urgent hold for it."""

    first: Any
    second: Any
    auditor: Any
    operator: Any
    bank: Any
    other_bank: Any
    keys: Any
    clock: Clock
    posted: list[Any] = field(default_factory=list)

    def body(self, **changes: Any) -> dict[str, Any]:
        sent_at = (self.clock.at - timedelta(minutes=4)).isoformat()
        loss = {
            "sent": True,
            "amount": 4_800_000,
            "to_account": MULE,
            "from_account": "970418:1234567890",
            "at": sent_at,
        }
        return {"channel": "api", "text": SCAM, "loss": loss, **changes}

    def report(self, **changes: Any) -> Any:
        from keng.desk.fraud.reports.actions import receive

        body = json.dumps(self.body(**changes), ensure_ascii=False).encode()
        return receive(body, self.keys, retry_key=None, now=self.clock.at)

    def hold(self, report: Any = None, officer: Any = None, **changes: Any) -> Any:
        from keng.desk.fraud.measures.actions import Proposal, hold_urgently

        report = report or self.report()
        asked = {"account": MULE, "amount": 4_800_000, "basis": BASIS, "reason": "người báo bị lừa", **changes}
        return hold_urgently(officer or self.first, Proposal.hold(report.report.pk, **asked), now=self.clock.at)


@pytest.fixture
def cast(db: None, clock: Clock) -> Cast:
    from keng.desk.ground.keys.queries import store
    from keng.desk.ground.partners import actions as partners
    from keng.desk.ground.people.actions import enrol

    def officer(name: str, role: str) -> Any:
        return enrol(name, name.title(), "Trung tâm", role, now=clock.at)

    return Cast(
        first=officer("mot", "officer"),
        second=officer("hai", "officer"),
        auditor=officer("kiem", "auditor"),
        operator=officer("may", "operator"),
        bank=partners.enrol("970436", "Vietcombank", "http://127.0.0.1:9/keng", now=clock.at),
        other_bank=partners.enrol("970418", "BIDV", "http://127.0.0.1:9/keng", now=clock.at),
        keys=store(),
        clock=clock,
    )


@pytest.fixture
def entries(db: None) -> Callable[..., list[str]]:
    """The verbs in the ledger, oldest first; of one subject if it is given."""

    def read(subject: str | None = None) -> list[str]:
        from keng.desk.ground.ledger import queries

        rows = queries.entries_on(subject) if subject else queries.newest_entries(limit=10_000)
        return [row.verb for row in reversed(rows)]

    return read
