"""A fake Kẻng, banks of all modes, requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from keng.nation.robot.clock import write_utc
from keng.nation.robot.tests.fake_keng import FakeKeng
from keng.nation.robot.tests.partner_process import PartnerProcess


@pytest.fixture
def keng() -> Iterator[FakeKeng]:
    fake = FakeKeng()
    yield fake
    fake.close()


@pytest.fixture
def start_partner(tmp_path: Path, keng: FakeKeng) -> Iterator[Callable[..., PartnerProcess]]:
    started: list[PartnerProcess] = []

    def start(kind: str, *options: str) -> PartnerProcess:
        folder = tmp_path / f"{kind}{len(started)}"
        folder.mkdir()
        started.append(PartnerProcess(folder, keng.url, *options, kind=kind))
        return started[-1]

    yield start
    for partner in started:
        partner.kill()


@pytest.fixture
def start_bank(start_partner: Callable[..., PartnerProcess]) -> Callable[..., PartnerProcess]:
    return partial(start_partner, "bank")


@pytest.fixture
def ask() -> Callable[..., dict[str, Any]]:
    return make_data


def make_data(value: str, amount: int | None = None, *, kind: str = "account", **changes: Any) -> dict[str, Any]:
    """`data` of a request as docs/partner-api.md shows it."""
    until = write_utc(datetime.now(UTC).replace(microsecond=0) + timedelta(hours=24))
    data = {
        "request_id": str(uuid4()),
        "version": 1,
        "measure": "BP-7K3M2Q",
        "action": "hold_funds",
        "object": {"kind": kind, "value": value},
        "amount": amount,
        "currency": "VND" if amount else None,
        "until": until,
        "answer_by": until,
        "confirmed": False,
        "state": "asked",
        "basis": {"code": "x", "text": {"vi": "Điều 1", "en": "Article 1"}, "source": "NĐ 1", "confirmed_by": None},
        "transfer_at": "2026-11-21T07:21:00Z" if amount else None,
        "scope": None,
        "notice": {"vi": "", "en": ""},
        "appeal_url": "http://127.0.0.1/khieu-nai/",
        "demo": True,
    }
    return data | changes
