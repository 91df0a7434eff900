"""`keng sms` as a process, bound to a centre of another library: a report comes, its receipt goes out, and a kill loses nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keng.doors.sms.tests.beside import SOON, Beside, centre_beside
from tests.system.installation import ROOT, Installation

LD = "LD (0912345678) (VCB: TK cua quy khach bi khoa, xac thuc ngay tai vcb-xacthuc.top, nhap ma OTP {n})"
POST = """
from django.db import transaction
from keng.base import clock
from keng.desk.ground.keys.queries import store
from keng.desk.ground.sms import actions as sms
with transaction.atomic():
    for number in range(%d):
        sms.post(sms.Reply("156", "+84900000001", f"so {number}"), "main", store(), now=clock.now())
"""
STANDS = """
import json
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.sms.models import Segment
print(json.dumps({"reports": Report.objects.count(), "verdicts": Report.objects.filter(verdict__isnull=False).count(),
                  "segments": Segment.objects.count(), "states": sorted(Outgoing.objects.values_list("state", flat=True)),
                  "bodies": sum(bool(bytes(row.body)) for row in Outgoing.objects.all())}))
"""


@pytest.fixture
def beside() -> Iterator[Beside]:
    with centre_beside() as one:
        yield one


@pytest.fixture
def installation(tmp_path: Path, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("KENG_DATABASE", new_database())
    return Installation(tmp_path / "home")


def start(installation: Installation, beside: Beside) -> subprocess.Popen[bytes]:
    bound = len(beside.all("bound"))
    environment = {**installation.environment, "KENG_SMSC": f"127.0.0.1:{beside.port}", "KENG_SMSC_USER": "keng"}
    process = subprocess.Popen([sys.executable, "-m", "keng.cli", "sms"], env=environment, cwd=ROOT)
    beside.hear("bound", bound + 1)
    return process


def test_a_report_is_taken_answered_and_a_kill_loses_none_and_doubles_none_that_was_noted(installation, beside):
    process = start(installation, beside)
    beside.deliver(LD.format(n=1))
    beside.hear("submitted", 2)
    stands = settled(installation, "sent")
    assert stands == {"reports": 1, "verdicts": 1, "segments": 2, "states": ["sent"], "bodies": 0}
    first = beside.all("submitted")[0]
    assert re.search(r"TB-[0-9A-Z]{7}", bytes.fromhex(first["hex"])[6:].decode("ascii"))

    beside.order(answers=[-1] * 3)  # three segments that nobody answers before the process is gone
    installation.ask(POST % 3)
    beside.hear("submitted", 5)
    process.kill()
    process.wait()
    installation.ask(POST % 2)
    again = start_later(installation, beside)

    beside.hear("submitted", 5 + 2)
    told = sorted(bytes.fromhex(one["hex"]).decode("ascii") for one in beside.all("submitted")[5:7])
    assert told == ["so 0", "so 1"]
    again.terminate()
    assert again.wait(SOON) == 0
    stands = json.loads(installation.ask(STANDS))
    assert stands["states"].count("waiting") == 3  # left to their lease of thirty seconds, then tried again
    assert stands["states"].count("sent") == 3


def start_later(installation: Installation, beside: Beside) -> subprocess.Popen[bytes]:
    beside.order(answers=[])
    return start(installation, beside)


def settled(installation: Installation, state: str) -> dict[str, object]:
    """How things stand once every message of the outbox is in this state."""
    until = time.monotonic() + SOON
    while set((stands := json.loads(installation.ask(STANDS)))["states"]) != {state}:
        assert time.monotonic() < until, stands
    return stands


@pytest.mark.parametrize(
    ("told", "why"), [("", "host:port"), ("203.0.113.9:2775", "loopback only"), ("127.0.0.1:x", "host:port")]
)
def test_it_does_not_start_without_a_centre_nor_leave_loopback_in_the_demo(tmp_path, told, why):
    environment = {**os.environ, "KENG_HOME": str(tmp_path), "KENG_DEMO": "1", "KENG_SMSC": told}
    done = subprocess.run(
        [sys.executable, "-m", "keng.cli", "sms"], env=environment, capture_output=True, text=True, cwd=ROOT
    )

    assert done.returncode == 2
    assert why in done.stderr
