"""A bank's robot under the test's own hand, and what its core banking door tells."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from tests.system.rehearsal import ROBOT_PORTS_FROM, Rehearsal, wait_for
from tests.system.visitor import AWAY, Visitor

VIETCOMBANK = "970436"  # the first of the demo's banks


def core(rehearsal: Rehearsal) -> Visitor:
    """The bank as its customers reach it."""
    return Visitor(f"http://127.0.0.1:{rehearsal.port + ROBOT_PORTS_FROM}")


def open_account(rehearsal: Rehearsal, account: str, opening: int) -> None:
    body = json.dumps({"account": account, "opening": opening}).encode()
    assert core(rehearsal).post_json("/core/accounts", body).status == 201


def held_at(rehearsal: Rehearsal, account: str) -> int:
    """đồng that the bank holds on an account at this moment."""
    return int(core(rehearsal).get(f"/core/accounts/{account}").json()["held"])


def holds_at(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """Every hold there ever was, and whatever else the bank did."""
    return list(core(rehearsal).get("/core/deeds").json()["items"])


def take_out(rehearsal: Rehearsal, account: str, amount: int) -> int:
    """The mule tries to move money on; the bank's status."""
    order = {
        "transfer_id": f"out-{account}-{amount}", "from_account": account, "to_account": "970407:999",
        "amount": amount, "at": "2026-11-21T00:00:00Z",
    }  # fmt: skip
    return core(rehearsal).post_json("/core/transfers", json.dumps(order).encode()).status


@contextmanager
def unsupervised(rehearsal: Rehearsal) -> Iterator[None]:
    """What dies stays dead until the block ends."""
    rehearsal.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        rehearsal.process.send_signal(signal.SIGCONT)


def stop_for_good(rehearsal: Rehearsal, *kinds: str) -> None:
    """SIGKILL every process of these kinds; inside `unsupervised` they stay dead."""
    for kind in kinds:
        for pid in rehearsal.children().get(kind, []):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not set(kinds) & set(rehearsal.children()), f"{kinds} are gone")


def stop_bank(rehearsal: Rehearsal) -> list[str]:
    """Kill Vietcombank's robot; returns the words that it was started with."""
    pid = rehearsal.robots()[VIETCOMBANK]
    words = [word for word in rehearsal.processes()[pid] if word]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not _listens(rehearsal), "the bank is gone")
    return words


@contextmanager
def bank_by_hand(rehearsal: Rehearsal, words: list[str], mode: str, *more: str) -> Iterator[None]:
    """The same bank with the same books, in another mode, until the block ends."""
    words = [*words, *more]
    words[words.index("--mode") + 1] = mode
    environment = {**os.environ, "KENG_CLOCK_FILE": str(rehearsal.clock_file), "KENG_HOME": str(rehearsal.home)}
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as robot:
        try:
            wait_for(lambda: _answers(rehearsal), "the bank is up")
            yield
        finally:
            robot.kill()
            robot.wait()


@contextmanager
def closed_bank(rehearsal: Rehearsal) -> Iterator[list[str]]:
    """Something at the bank's address that takes nothing (503) and notes the webhook-id of each try."""
    tried: list[str] = []

    class Closed(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            tried.append(self.headers["webhook-id"])
            self.send_response(503)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", rehearsal.port + ROBOT_PORTS_FROM), Closed) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield tried
        finally:
            server.shutdown()
            thread.join()


def _listens(rehearsal: Rehearsal) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", rehearsal.port + ROBOT_PORTS_FROM)) == 0


def _answers(rehearsal: Rehearsal) -> bool:
    try:
        return core(rehearsal).get("/healthz").status == 200
    except AWAY:
        return False
