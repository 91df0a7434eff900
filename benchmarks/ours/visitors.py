"""Citizens who come whether or not the last was answered: `python -m benchmarks.ours.visitors PORT RATE SECONDS PATH...`.

Each request has its moment, RATE a second, a connection of its own, and the next of the paths. Its time runs from that moment,
so that what waits because the server is behind counts as waiting. Prints the seconds until the first byte of each, and the
statuses.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence

GIVE_UP_SECONDS = 10.0
ASK = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Forwarded-For: {address}\r\nAccept: text/html\r\n"
    "Accept-Language: vi\r\nConnection: close\r\n\r\n"
)


async def main(port: int, rate: int, seconds: int, paths: Sequence[str]) -> None:
    began = time.perf_counter()
    asked = [request(number, port, paths[number % len(paths)]) for number in range(rate * seconds)]
    visits = [visit(port, one, began + number / rate) for number, one in enumerate(asked)]
    told = await asyncio.gather(*visits)
    taken = [length for length, _status in told]
    statuses = [status for _length, status in told]
    print(json.dumps({"taken": taken, "statuses": {status: statuses.count(status) for status in set(statuses)}}))


def request(number: int, port: int, path: str) -> bytes:
    """What the visitor of that number asks, as a proxy before us would tell it: from an address of their own (RFC 2544), of
    512 networks in turn; a crowd from one network would be asked to work first.
    """
    address = f"198.{18 + number // 256 % 2}.{number % 256}.{number // 512 % 250 + 1}"
    return ASK.format(path=path, port=port, address=address).encode()


async def visit(port: int, asked: bytes, at: float) -> tuple[float, str]:
    """Seconds from the moment until the first byte, and the status."""
    await asyncio.sleep(max(at - time.perf_counter(), 0))
    try:
        first = await asyncio.wait_for(ask(port, asked), GIVE_UP_SECONDS)
    except (OSError, TimeoutError) as error:
        return time.perf_counter() - at, type(error).__name__
    return first[0] - at, first[1]


async def ask(port: int, asked: bytes) -> tuple[float, str]:
    """When the first byte came, and the status; the rest is read, as a browser does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(asked)
        begin = await reader.readline()
        first = time.perf_counter()
        await reader.read()
    finally:
        writer.close()
    return first, begin.split()[1].decode() if begin else "nothing"


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
