"""A population register over mutual TLS: `python -m benchmarks.ours.population FILE CERT KEY CA`, of a Parquet file.

One loop that keeps connections, so that it costs little of the cores that it shares with what is measured. Prints its port.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from typing import Any

from keng.desk.fraud.registers.population.people import Settings

LENGTH = b"content-length:"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


class Answering(asyncio.Protocol):
    """One caller's connection: one question after the other."""

    def __init__(self, register: Any) -> None:
        self.register = register
        self.got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end or len(body) < (length := _length(head)):
            return
        self.got = body[length:]
        found = self.register.find(json.loads(body[:length])["number"])
        told = json.dumps({"people": [one.as_row() for one in found]}, default=str).encode()
        self.transport.write(ANSWER % (len(told), told))  # type: ignore[attr-defined]


def _length(head: bytes) -> int:
    return next((int(line[len(LENGTH) :]) for line in head.split(b"\r\n") if line.lower().startswith(LENGTH)), 0)


async def main(file: str, certificate: str, key: str, authority: str) -> None:
    from keng.desk.fraud.registers.population.chosen import connect

    register = connect(Settings(file))
    register.find("")  # it reads the file before anybody waits
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    server = await asyncio.get_running_loop().create_server(lambda: Answering(register), "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keng.site.settings_for_tests")
    asyncio.run(main(*sys.argv[1:]))
