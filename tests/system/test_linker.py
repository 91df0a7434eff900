"""The process that links, killed as reports arrive: the worker starts it again, and every report is placed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.system.installation import Installation
from tests.system.rehearsal import wait_for

TELL = """
import json, sys
from keng.base import clock
from keng.desk.fraud.reports.actions import receive
from keng.desk.ground.keys.queries import store
for number in range({first}, {last}):
    text = f"Cong ty so {{number}} tuyen nguoi lam tai nha, nop phi vao tai khoan 0071000123456 Vietcombank ngay hom nay"
    receive(json.dumps({{"channel": "api", "text": text}}).encode(), store(), retry_key=None, now=clock.now())
"""


@pytest.fixture
def installation(tmp_path: Path):
    made = Installation(tmp_path / "home")
    yield made
    made.stop_at_once()
    wait_for(lambda: linkers(made) == [], "the linker ends with its worker", 30)


def linkers(installation: Installation) -> list[int]:
    """The processes that link for this installation."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
            ours = f"KENG_HOME={installation.home}".encode() in (folder / "environ").read_bytes() if words else False
        except OSError:
            continue
        if ours and b"linker" in words:
            found.append(int(folder.name))
    return found


def look(installation: Installation) -> list[int]:
    """How many reports are placed, in how many campaigns, and how many the state knows."""
    heads = installation.rows(
        "SELECT head_id FROM campaigns_placement placement JOIN campaigns_part part ON part.id = placement.part_id"
    )
    state = installation.rows("SELECT rows FROM campaigns_state WHERE id = 1")
    return [len(heads), len({row["head_id"] for row in heads}), state[0]["rows"] if state else 0]


def test_reports_are_placed_whoever_dies(installation):
    installation.start_worker("--hands", "0")
    installation.ask(TELL.format(first=0, last=4))
    wait_for(lambda: look(installation) == [4, 1, 4], "the first reports are placed", 60)

    os.kill(wait_for(lambda: linkers(installation), "a linker runs", 30)[0], signal.SIGKILL)
    installation.ask(TELL.format(first=4, last=8))
    wait_for(lambda: look(installation) == [8, 1, 8], "the next linker goes on", 60)

    installation.stop_at_once()
    installation.ask(TELL.format(first=8, last=12))
    installation.start_worker("--hands", "0")
    wait_for(lambda: look(installation) == [12, 1, 12], "the next worker's linker goes on", 60)
