"""The worker as a process: a partner that takes its time and a flood delay nobody, and SIGTERM loses nothing."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.system.installation import Installation
from tests.system.rehearsal import wait_for

FLOOD = 20_000


class Partner(ThreadingHTTPServer):
    """Notes the id of each message and when it came; takes it once `opened` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.came: dict[str, list[float]] = {}
        self.opened = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Partner

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.setdefault(self.headers["webhook-id"], []).append(time.monotonic())
        self.server.opened.wait(60)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def installation(tmp_path: Path):
    made = Installation(tmp_path / "home")
    yield made
    made.stop_at_once()


@pytest.fixture
def partners(installation: Installation):
    """One that is quick, one that never answers while it is closed."""
    quick, slow = Partner(), Partner()
    quick.opened.set()
    installation.ask(
        f"""
from keng.base import clock
from keng.desk.ground.partners.actions import enrol
enrol("platform:quick", "Quick", {quick.address!r}, now=clock.now())
enrol("platform:slow", "Slow", {slow.address!r}, now=clock.now())
"""
    )
    yield quick, slow
    for one in (quick, slow):
        one.opened.set()
        one.shutdown()
        one.server_close()


def post(installation: Installation, to: str, lane: str, count: int = 1) -> list[str]:
    """The ids of so many messages, posted in one transaction."""
    told = installation.ask(
        f"""
import json, uuid
from django.db import transaction
from keng.base import clock
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.jobs.states import Lane
keys = [uuid.uuid4().hex for _ in range({count})]
with transaction.atomic():
    for key in keys:
        jobs.post(key=key, recipient={to!r}, subject="notice:1", version=1, body=b"{{}}", now=clock.now(), lane=Lane.{lane})
rows = dict(Outgoing.objects.filter(lane=Lane.{lane}, recipient={to!r}).values_list("key", "id"))
print(json.dumps([str(rows[key]) for key in keys]))
"""
    )
    ids: list[str] = json.loads(told)
    return ids


def states(installation: Installation) -> Counter[str]:
    """How many messages are in each state."""
    return Counter(row["state"] for row in installation.rows("SELECT state FROM jobs_outgoing"))


@pytest.mark.parametrize("lane", ["URGENT", "CITIZEN"])
def test_a_silent_partner_and_a_flood_delay_nobody(installation: Installation, partners, lane: str):
    quick, slow = partners
    post(installation, "platform:slow", "URGENT", 200)
    post(installation, "platform:quick", "BULK", FLOOD)
    installation.start_worker()
    wait_for(lambda: len(slow.came) >= 8 and quick.came, "the worker is busy with both", 30)

    [ident] = post(installation, "platform:quick", lane)

    wait_for(lambda: ident in quick.came, "the message arrives", 10)
    taken = len(slow.came)
    assert states(installation)["waiting"] > 200, "the flood was still waiting"
    assert taken <= 8, "one partner took more than half of the threads"


def test_a_worker_that_is_told_to_end_finishes_in_time_and_loses_nothing(installation: Installation, partners):
    quick, slow = partners
    post(installation, "platform:slow", "ROUTINE", 30)
    post(installation, "platform:quick", "ROUTINE", 500)
    installation.start_worker()
    wait_for(lambda: slow.came and len(quick.came) >= 20, "the worker is busy", 30)

    began = time.monotonic()
    assert installation.end() == 0
    assert time.monotonic() - began < 10.5

    sent = states(installation)["sent"]
    assert sent == len(quick.came), "what the partner took was not written down"
    slow.opened.set()
    installation.start_worker()
    wait_for(lambda: states(installation) == {"sent": 530}, "everything arrives", 60)
    assert {len(times) for times in quick.came.values()} == {1}
    assert len(slow.came) == 30
