"""Junk and honest reports side by side: `python -m benchmarks.ours.flood PORT JUNK_PER_SECOND SOURCES HONEST SECONDS`.

Junk comes at a steady rate from so many addresses (0: every report from another) and does no work for anybody. Each honest
client is a person after the other with an address of their own, who does the work if it is asked. Addresses are told as a
proxy would tell them. Prints the honest clients' times and what became of both.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException, HTTPResponse

from benchmarks.ours.clients import CREATED, report
from keng.desk.ground.gate.work import solve

JUNK_HANDS = 64
WORK_ASKED = 428
PAUSE_SECONDS = 0.25  # between two people of one honest client
local = threading.local()


def post(port: int, body: bytes, address: str, proof: str = "") -> HTTPResponse:
    if not hasattr(local, "connection"):
        local.connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json", "X-Forwarded-For": address, "Keng-Proof": proof}
    try:
        local.connection.request("POST", "/api/v1/reports", body, headers)
        reply: HTTPResponse = local.connection.getresponse()
        reply.read()
    except (HTTPException, OSError):
        del local.connection
        raise
    return reply


def honest(port: int, client: int, deadline: float) -> list[tuple[float, int, int]]:
    """Seconds until it was taken, the last status, the bits of work: one row for each person."""
    dice, rows = random.Random(client), []
    while time.perf_counter() < deadline:
        address = f"198.{18 + dice.randrange(2)}.{dice.randrange(256)}.{dice.randrange(256)}"
        body, bits = report(dice.randrange(10**8)), 0
        began = time.perf_counter()
        reply = post(port, body, address)
        if reply.status == WORK_ASKED:
            bits = int(reply.headers["Keng-Bits"])
            reply = post(port, body, address, solve(reply.headers["Keng-Challenge"]))
        rows.append((time.perf_counter() - began, reply.status, bits))
        time.sleep(PAUSE_SECONDS)
    return rows


def junk(port: int, rate: int, sources: int, deadline: float, told: Counter[str]) -> None:
    """An open loop: what cannot be sent in time is still counted as wanted."""
    dice, number, began = random.Random(7), 0, time.perf_counter()

    def one(body: bytes, address: str) -> None:
        try:
            told[str(post(port, body, address).status)] += 1
        except (HTTPException, OSError):
            told["no answer"] += 1

    with ThreadPoolExecutor(JUNK_HANDS) as hands:
        while (now := time.perf_counter()) < deadline:
            while number < (now - began) * rate:
                source = dice.randrange(sources) if sources else number
                net = f"2001:{source % 65536:x}:{source // 65536:x}" if not sources else "2001:db8:1"
                address = f"{net}:{source % 65536:x}::1" if sources != 1 else "203.0.113.66"
                hands.submit(one, report(10**7 + number), address)
                number += 1
            time.sleep(0.005)


def main(port: int, rate: int, sources: int, clients: int, seconds: int) -> None:
    deadline, told = time.perf_counter() + seconds, Counter[str]()
    flood = threading.Thread(target=junk, args=(port, rate, sources, deadline, told))
    if rate:
        flood.start()
    with ThreadPoolExecutor(clients) as hands:
        rows = [
            row for rows in hands.map(lambda client: honest(port, client, deadline), range(clients)) for row in rows
        ]
    if rate:
        flood.join()
    print(
        json.dumps(
            {
                "taken": [seconds for seconds, status, _bits in rows if status == CREATED],
                "refused": sum(status != CREATED for _seconds, status, _bits in rows),
                "worked": sum(bits > 0 for _seconds, _status, bits in rows),
                "junk": told,
            }
        )
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
