"""The small country's banks, its Kẻng and its nation's files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keng.nation.day.tests.small_country import TECHCOMBANK, VIETCOMBANK, BankBranch, ReportBox, write_nation


@pytest.fixture
def banks(tmp_path: Path) -> Iterator[dict[str, BankBranch]]:
    opened = {code: BankBranch(code, tmp_path / f"{code}.sqlite") for code in (VIETCOMBANK, TECHCOMBANK)}
    yield opened
    for bank in opened.values():
        bank.end()


@pytest.fixture
def box() -> Iterator[ReportBox]:
    box = ReportBox()
    yield box
    box.close()
    assert box.changed_repeats == [], "a repeat under one key must be the same report"


@pytest.fixture
def nation(tmp_path: Path) -> Path:
    return write_nation(tmp_path / "nation")
