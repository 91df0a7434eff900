"""A receiver that takes everything: `python -m benchmarks.ours.receiver`. Prints its port; each connection is kept.

As light as Python can, so that the sender is what is measured. Prints what it took when its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys

REPLY = b"HTTP/1.1 204 No Content\r\n\r\n"
LENGTH = b"content-length:"


class Taker(asyncio.Protocol):
    """Counts whole messages."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].lower()
            at = head.index(LENGTH) + len(LENGTH)
            whole = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
            if len(self.data) < whole:
                return
            self.data = self.data[whole:]
            Taker.taken += 1
            self.transport.write(REPLY)


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Taker, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(Taker.taken, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
