"""Banks and carriers that ask at opening time: `python -m benchmarks.ours.asking PORT CLIENTS RATE FILE`, a question a line.

A line has `partner`, `secret` and `body`. Each question has its moment, RATE a second, whether or not a connection is free by
then, and its time runs from that moment. All are signed before the first is sent. Prints the seconds of each and its answer, in
the order of the file; an answer other than 200 by its status.
"""

from __future__ import annotations

import json
import select
import sys
import time
import uuid
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ours.clients import LONGEST_SECONDS, Line, connect
from keng.base.webhooks import sign

HEAD = "POST /api/v1/holder-questions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
OK = 200


def request(partner: str, secret: str, body: bytes) -> bytes:
    signed = sign(secret, str(uuid.uuid4()), datetime.now(UTC), body)
    told = {**signed, "keng-partner": partner, "Content-Length": str(len(body))}
    return HEAD.encode() + b"".join(f"{name}: {value}\r\n".encode() for name, value in told.items()) + b"\r\n" + body


def ask(port: int, clients: int, rate: float, asked: Sequence[bytes]) -> tuple[list[float], list[str]]:
    """Seconds and answer of each."""
    lines = {line.socket.fileno(): line for line in (connect(port) for _ in range(clients))}
    poll = select.epoll()
    for file in lines:
        poll.register(file, select.EPOLLIN)
    taken, answers = [0.0] * len(asked), [""] * len(asked)
    free: deque[Line] = deque(lines.values())
    on: dict[int, int] = {}  # the question that each connection has under way
    number, began = 0, time.perf_counter()
    while number < len(asked) or on:
        while free and number < len(asked) and (moment := began + number / rate) <= time.perf_counter():
            line = free.popleft()
            line.send(asked[number], moment)
            on[line.socket.fileno()] = number
            number += 1
        waits = began + number / rate - time.perf_counter() if free and number < len(asked) else LONGEST_SECONDS
        for file, _event in poll.poll(max(waits, 0.0)):
            line = lines[file]
            if status := line.status():
                which = on.pop(file)
                taken[which] = time.perf_counter() - line.began
                answers[which] = _said(line) if status == OK else str(status)
                free.append(line)
    return taken, answers


def _said(line: Line) -> str:
    told = json.loads(line.got.partition(b"\r\n\r\n")[2])
    return " ".join([told["answer"], *told["fields"]])


def main(port: int, clients: int, rate: float, file: str) -> None:
    told = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
    asked = [request(one["partner"], one["secret"], json.dumps(one["body"]).encode()) for one in told]
    began = time.perf_counter()
    taken, answers = ask(port, clients, rate, asked)
    print(json.dumps({"seconds": time.perf_counter() - began, "taken": taken, "answers": answers}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
