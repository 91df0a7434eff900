"""A fake Kẻng, banks of all modes, requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from keng.nation.robot.clock import write_utc
from keng.nation.robot.tests.bank_process import BankProcess
from keng.nation.robot.tests.fake_keng import FakeKeng


@pytest.fixture
def keng() -> Iterator[FakeKeng]:
    fake = FakeKeng()
    yield fake
    fake.close()


@pytest.fixture
def start_bank(tmp_path: Path, keng: FakeKeng) -> Iterator[Callable[..., BankProcess]]:
    started: list[BankProcess] = []

    def start(*options: str) -> BankProcess:
        folder = tmp_path / f"bank{len(started)}"
        folder.mkdir()
        started.append(BankProcess(folder, keng.url, *options))
        return started[-1]

    yield start
    for bank in started:
        bank.kill()


@pytest.fixture
def ask() -> Callable[..., dict[str, Any]]:
    """`data` of a request as docs/partner-api.md shows it."""

    def make(account: str, amount: int, **changes: Any) -> dict[str, Any]:
        until = write_utc(datetime.now(UTC).replace(microsecond=0) + timedelta(hours=24))
        data = {
            "request_id": str(uuid4()),
            "version": 1,
            "measure": "BP-7K3M2Q",
            "action": "hold_funds",
            "account": account,
            "amount": amount,
            "currency": "VND",
            "hold_until": until,
            "answer_by": until,
            "confirmed": False,
            "basis": {"code": "x", "text": {"vi": "", "en": ""}, "source": "", "confirmed_by": None},
            "transfer_at": "2026-11-21T07:21:00Z",
            "notice": {"vi": "", "en": ""},
            "appeal_url": "http://127.0.0.1/",
            "demo": True,
        }
        return data | changes

    return make
