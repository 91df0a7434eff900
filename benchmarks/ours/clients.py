"""Clients that report: `python -m benchmarks.ours.clients PORT CLIENTS SECONDS`. Each keeps its connection."""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from http.client import HTTPConnection

TEXT = (
    "Vietcombank thong bao: tai khoan bi khoa. Chuyen {amount}d vao STK {account} Vietcombank, goi 0912345678 {number}"
)
CREATED = 201


def report(number: int) -> bytes:
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
    return json.dumps({"channel": "api", "text": text, "loss": loss}).encode()


def main(port: int, clients: int, seconds: int) -> None:
    taken: list[float] = []
    refused: list[int] = []
    deadline = time.perf_counter() + seconds

    def work(client: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        number = client
        while time.perf_counter() < deadline:
            began = time.perf_counter()
            connection.request("POST", "/api/v1/reports", report(number), {"Content-Type": "application/json"})
            reply = connection.getresponse()
            reply.read()
            (taken if reply.status == CREATED else refused).append(time.perf_counter() - began)
            number += clients

    began = time.perf_counter()
    hands = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    print(json.dumps({"seconds": time.perf_counter() - began, "taken": taken, "refused": len(refused)}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
