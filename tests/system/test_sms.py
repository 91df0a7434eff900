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
from signal import SIGKILL, SIGTERM

import pytest

from keng.doors.sms.tests.beside import SOON, Beside, centre_beside
from tests.system.installation import ROOT, Installation

LD = "LD (0912345678) (VCB: TK cua quy khach bi khoa, xac thuc ngay tai vcb-xacthuc.top, nhap ma OTP)"
POST = """
from django.db import transaction
from keng.base import clock
from keng.desk.ground.keys.queries import store
from keng.desk.ground.sms import actions as sms
with transaction.atomic():
    for number in range(%d):
        sms.post(sms.Reply("156", "+84900000001", f"%s {number}"), "main", store(), now=clock.now())
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


class Door:
    """`keng sms` on that installation, as often as it is started."""

    def __init__(self, installation: Installation, beside: Beside) -> None:
        self.beside = beside
        self.environment = {
            **installation.environment,
            "KENG_SMSC": f"127.0.0.1:{beside.port}",
            "KENG_SMSC_USER": "keng",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        bound = len(self.beside.all("bound"))
        self.process = subprocess.Popen([sys.executable, "-m", "keng.cli", "sms"], env=self.environment, cwd=ROOT)
        self.beside.hear("bound", bound + 1)

    def stop(self, signal: int = SIGKILL) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(signal)
        return self.process.wait(SOON)


@pytest.fixture
def door(installation: Installation, beside: Beside) -> Iterator[Door]:
    one = Door(installation, beside)
    yield one
    one.stop()


def test_a_report_is_taken_and_answered_and_a_kill_loses_nothing(installation, beside, door):
    door.start()
    beside.deliver(LD)
    beside.hear("submitted", 2)
    stands = settled(installation, "sent")
    assert stands == {"reports": 1, "verdicts": 1, "segments": 2, "states": ["sent"], "bodies": 0}
    assert any(re.search(rb"TB-[0-9A-Z]{7}", bytes.fromhex(one["hex"])) for one in beside.all("submitted"))

    beside.order(answers=[-1] * 3)  # three segments that nobody answers before the process is gone
    installation.ask(POST % (3, "truoc"))
    beside.hear("submitted", 5)
    door.stop()
    installation.ask(POST % (2, "sau"))
    beside.order(answers=[])
    installation.clock_file.write_text("60", encoding="ascii")  # the leases of the one that was killed are over
    door.start()

    settled(installation, "sent")
    told = sorted(bytes.fromhex(one["hex"]).decode("ascii") for one in beside.all("submitted")[5:])
    assert told == ["sau 0", "sau 1", "truoc 0", "truoc 1", "truoc 2"]
    assert door.stop(SIGTERM) == 0


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
