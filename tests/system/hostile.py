"""Callers who do not keep to HTTP's manners, on a bare socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from typing import Any

MEGABYTE = 1024 * 1024
BLOCK = b"x" * 65536


def head(path: str, *lines: str, kind: str = "application/json") -> bytes:
    named = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {kind}", *lines]
    return "\r\n".join([*named, "", ""]).encode()


def long_body(bytes_long: int) -> Iterable[bytes]:
    return (BLOCK for _ in range(bytes_long // len(BLOCK)))


def chunked(blocks: Iterable[bytes]) -> Iterable[bytes]:
    for block in blocks:
        yield b"%x\r\n%b\r\n" % (len(block), block)
    yield b"0\r\n\r\n"


def say(port: int, first: bytes, rest: Iterable[bytes] = (), *, hang_up: bool = False) -> tuple[int, str]:
    """Send as long as the other end listens; the status and body of what it says. `hang_up` ends our half after sending."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            connection.sendall(first)
            for block in rest:
                connection.sendall(block)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough; what it says of it can still be read
        heard = b""
        while block := connection.recv(65536):
            heard += block
            if is_whole(heard):
                break
    told, _, body = heard.partition(b"\r\n\r\n")
    return int(told.split()[1]) if told else 0, body.decode()


def is_whole(heard: bytes) -> bool:
    """True when a reply with a stated length is all there."""
    told, end, body = heard.partition(b"\r\n\r\n")
    length = [line for line in told.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end and length) and len(body) >= int(length[0].split(b":")[1])


def error_in(body: str) -> dict[str, Any]:
    """The one shape of the API's errors, told in both languages."""
    told = json.loads(body)
    assert set(told) == {"error"}
    assert set(told["error"]) == {"code", "vi", "en", "field"}
    assert told["error"]["vi"] != told["error"]["en"]
    assert told["error"]["vi"] and told["error"]["en"]
    return dict(told["error"])
