"""Clients that report: `python -m benchmarks.ours.clients PORT CLIENTS SECONDS [RATE]`. Each keeps its connection.

Without a rate each sends its next report when the last is answered. With one (reports a second, of all together) a report
has its moment, whether or not a client is free by then, and its time counts from that moment.

They share the cores with what they measure, so they cost little: one loop, no HTTP library, bodies from a template.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

TEXT = (
    "Vietcombank thong bao: tai khoan bi khoa. Chuyen {amount}d vao STK {account} Vietcombank, goi 0912345678 {number}"
)
CREATED = 201
HEAD = b"POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
LENGTH = b"content-length:"
LONGEST_SECONDS = 30.0  # without any answer


def report(number: int, key: str) -> bytes:
    """A whole request."""
    amount, account = 1_000_000 + number, f"00710{number:08d}"
    sent_at = datetime.now(UTC).isoformat()
    loss = {
        "sent": True,
        "amount": amount,
        "to_account": f"970436:{account}",
        "from_account": "970407:123456789",
        "at": sent_at,
    }
    text = TEXT.format(amount=amount, account=account, number=number)
    body = json.dumps({"channel": "api", "text": text, "loss": loss}).encode()
    return b"%bIdempotency-Key: %b-%d\r\nContent-Length: %d\r\n\r\n%b" % (HEAD, key.encode(), number, len(body), body)


@dataclass(slots=True)
class Line:
    """One client's connection, and the report that is under way on it."""

    socket: socket.socket
    began: float = 0.0
    got: bytes = b""

    def send(self, request: bytes, began: float) -> None:
        self.began, self.got = began, b""
        self.socket.sendall(request)

    def status(self) -> int:
        """Of the answer that is whole now; 0 while it is not. Raises ConnectionError."""
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server hung up")
        self.got += more
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return 0
        return int(head[9:12])


@dataclass(slots=True)
class Told:
    """What became of the reports so far. `taken`: seconds each."""

    taken: list[float] = field(default_factory=list)
    refused: int = 0

    def add(self, status: int, seconds: float) -> None:
        if status == CREATED:
            self.taken.append(seconds)
        else:
            self.refused += 1


def drive(port: int, clients: int, seconds: float, rate: float) -> Told:
    """Report for so long, and wait for the last answers."""
    lines = {line.socket.fileno(): line for line in (connect(port) for _ in range(clients))}
    poll = select.epoll()
    for number in lines:
        poll.register(number, select.EPOLLIN)
    told, free, key, number = Told(), deque(lines.values()), uuid.uuid4().hex, 0
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds or len(free) < clients:
        while free and now < began + seconds and (moment := began + number / rate if rate else now) <= now:
            free.popleft().send(report(number, key), moment)
            number += 1
        events = poll.poll(_pause(bool(free), number, rate, began) if rate else LONGEST_SECONDS)
        if not events and len(free) < clients and not rate:
            raise TimeoutError
        for file, _event in events:
            line = lines[file]
            if status := line.status():
                told.add(status, time.perf_counter() - line.began)
                free.append(line)
    return told


def _pause(is_free: bool, number: int, rate: float, began: float) -> float:
    """Seconds until the next report has its moment, if somebody is free to send it."""
    return max(began + number / rate - time.perf_counter(), 0.0) if is_free else LONGEST_SECONDS


def connect(port: int) -> Line:
    made = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_SECONDS)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Line(made)


def _length(head: bytes) -> int:
    return next((int(line[len(LENGTH) :]) for line in head.split(b"\r\n") if line.lower().startswith(LENGTH)), 0)


def main(port: int, clients: int, seconds: int, rate: int = 0) -> None:
    began = time.perf_counter()
    told = drive(port, clients, seconds, rate)
    print(json.dumps({"seconds": time.perf_counter() - began, "taken": told.taken, "refused": told.refused}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
