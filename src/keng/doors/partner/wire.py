"""One kept-alive connection to one checked address, that POSTs and reads no more of the reply than its status.

A client of our own, since a stranger's reply must not hold a worker: the whole exchange has one deadline, however slowly
the bytes drip, and the head and the body of a reply have a size. A connection is used again only if the reply ended
exactly where it said it would. HTTP/1.1 (RFC 9112); certificates and names are checked by the standard library's defaults.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

CONNECT_SECONDS = 3.0
EXCHANGE_SECONDS = 10.0
MAX_HEAD_BYTES = 16 * 1024
MAX_BODY_BYTES = 4096

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [^\r\n]*)?")
_LENGTH = re.compile(rb"[0-9]{1,6}")
_WITHOUT_BODY = (204, 304)


class WireError(Exception):
    """The exchange did not come to a readable status. `reused`: the connection was an old one, which may have been stale."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a connection goes: an address that was resolved and checked, and the name that the certificate must have."""

    scheme: str
    host: str
    port: int
    address: str


class Wire:
    """A connection. Not for two threads at once; `abort` may be called from another."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.opened_at = time.monotonic()
        self.is_open = True
        self._socket = _connect(target)

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the reply. Raises WireError; afterwards `is_open` says whether the connection can go on."""
        deadline = time.monotonic() + EXCHANGE_SECONDS
        try:
            self._socket.settimeout(EXCHANGE_SECONDS)
            self._socket.sendall(_request(path, headers, body))
            status, fields, rest = self._read_head(deadline)
        except (OSError, ValueError) as error:
            self.close()
            raise WireError(type(error).__name__) from error
        if not self._read_body(status, fields, rest, deadline):
            self.close()
        return status

    def is_stale(self) -> bool:
        """True if the other side has closed, or sent what nobody asked for."""
        try:
            readable, _, _ = select.select([self._socket], [], [], 0)
        except (OSError, ValueError):
            return True
        return bool(readable)

    def abort(self) -> None:
        """End an exchange under way: its reader gets an error at once."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.is_open = False

    def close(self) -> None:
        self.is_open = False
        self._socket.close()

    def _read_head(self, deadline: float) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, fields and what came after them, of the first reply that is not an interim one (1xx)."""
        data, read = b"", 0
        while True:
            while b"\r\n\r\n" not in data:
                part = self._receive(deadline)
                read += len(part)
                if not part or read > MAX_HEAD_BYTES:
                    raise ConnectionError("no reply" if not part else "a reply without end")
                data += part
            head, _, data = data.partition(b"\r\n\r\n")
            first, *lines = head.split(b"\r\n")
            found = _STATUS.fullmatch(first)
            if not found:
                raise ConnectionError("not HTTP")
            if (status := int(found[2])) >= 200:
                fields = dict(_field(line) for line in lines)
                return status, fields if found[1] == b"1" else {b"connection": b"close"}, data

    def _read_body(self, status: int, fields: dict[bytes, bytes], rest: bytes, deadline: float) -> bool:
        """Read the body to its end; True if the connection can be used again."""
        if b"close" in fields.get(b"connection", b"").lower() or b"transfer-encoding" in fields:
            return False
        told = b"0" if status in _WITHOUT_BODY else fields.get(b"content-length", b"")
        if not _LENGTH.fullmatch(told) or int(told) > MAX_BODY_BYTES:
            return False
        missing = int(told) - len(rest)
        try:
            while missing > 0 and (part := self._receive(deadline)):
                missing -= len(part)
        except OSError:
            return False
        return missing == 0

    def _receive(self, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._socket.recv(MAX_BODY_BYTES)


def _connect(target: Target) -> socket.socket:
    """A connection within three seconds, TLS included. Raises WireError."""
    try:
        plain = socket.create_connection((target.address, target.port), timeout=CONNECT_SECONDS)
    except OSError as error:
        raise WireError(type(error).__name__) from error
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if target.scheme != "https":
        return plain
    try:
        return tls_context().wrap_socket(plain, server_hostname=target.host)
    except (OSError, ValueError) as error:
        plain.close()
        raise WireError(type(error).__name__) from error


def tls_context() -> ssl.SSLContext:
    """Certificates and names are checked against the machine's trusted authorities."""
    return ssl.create_default_context()


def _request(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line end in a header")
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
    return head.encode("latin-1") + body


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.strip().lower(), value.strip()
