"""Sending signed messages over kept-alive connections.

An address is resolved once for a connection, and the connection goes to that very address, so a name cannot point elsewhere
between the check and the call. Private addresses are refused; while the demo is on, everything but loopback is. A
connection is kept for a minute at most, so that a partner who moves is followed.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from urllib.parse import quote, urlsplit

from keng.base.webhooks import sign
from keng.desk.ground.jobs.actions import NotSent
from keng.desk.ground.jobs.states import Reason
from keng.doors.partner.wire import Target, Wire, WireError

GONE = 410  # Standard Webhooks: the receiver wants no more
LONGEST_IDLE_SECONDS = 20.0
LONGEST_KEPT_SECONDS = 60.0
MOST_IDLE = 8  # of one partner
PORTS = {"http": 80, "https": 443}

Failed = NotSent


class Sender:
    """Sends, and keeps connections. For any number of threads."""

    def __init__(self, *, loopback_only: bool) -> None:
        self.loopback_only = loopback_only
        self._idle: dict[str, list[tuple[float, Wire]]] = {}
        self._busy: set[Wire] = set()
        self._lock = Lock()
        self._is_over = False

    def send(
        self, address: str, secrets: Sequence[str], message_id: str, body: bytes, *, now: datetime
    ) -> Failed | None:
        """POST the signed body; None if the receiver took it (any 2xx)."""
        try:
            parts = urlsplit(address)
            headers = {
                "Host": _host_of(parts.hostname or "", parts.port),
                "Content-Type": "application/json",
                **sign(secrets, message_id, now, body),
            }
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (
                f"?{quote(parts.query, safe='=&%/?:@+,')}" if parts.query else ""
            )
            status = self._exchange(address, path, headers, body)
        except WireError as error:
            return Failed(str(error))
        except (OSError, ValueError) as error:
            return Failed(f"address: {type(error).__name__}", reason=Reason.BAD_ADDRESS)
        if status is None:
            return Failed("address is not allowed", permanent=True, reason=Reason.BAD_ADDRESS)
        if 200 <= status < 300:
            return None
        return Failed(f"HTTP {status}", permanent=status == GONE, reason=Reason.NOT_TAKEN)

    def abort(self) -> None:
        """End every exchange under way, as when the machine goes down: each becomes a failed try. Nothing is sent after."""
        self._is_over = True
        with self._lock:
            for wire in self._busy:
                wire.abort()

    def close_idle(self, *, longer_than: float = LONGEST_IDLE_SECONDS) -> None:
        """Close what has been idle for so many seconds."""
        before = time.monotonic() - longer_than
        with self._lock:
            for address, kept in list(self._idle.items()):
                for idle_since, wire in kept:
                    if idle_since <= before:
                        wire.close()
                self._idle[address] = [(since, wire) for since, wire in kept if wire.is_open]
                if not self._idle[address]:
                    del self._idle[address]

    def _exchange(self, address: str, path: str, headers: dict[str, str], body: bytes) -> int | None:
        """The status of the reply; None if the address may not be reached.

        An old connection may have been closed while our bytes were on their way: then once more on a new one. The
        receiver recognises a repeat by its id.
        """
        kept = self._take(address)
        if kept is not None:
            try:
                return self._post(kept, address, path, headers, body)
            except WireError as error:
                if self._is_over or isinstance(error.__cause__, TimeoutError):
                    raise
        target = resolve_target(address, loopback_only=self.loopback_only)
        return None if target is None else self._post(Wire(target), address, path, headers, body)

    def _post(self, wire: Wire, address: str, path: str, headers: dict[str, str], body: bytes) -> int:
        with self._lock:
            self._busy.add(wire)
        try:
            return wire.post(path, headers, body)
        finally:
            with self._lock:
                self._busy.discard(wire)
                self._keep(address, wire)

    def _take(self, address: str) -> Wire | None:
        """A connection that may still be used."""
        while True:
            with self._lock:
                kept = self._idle.get(address)
                if not kept:
                    return None
                idle_since, wire = kept.pop()
            now = time.monotonic()
            fresh = now - idle_since < LONGEST_IDLE_SECONDS and now - wire.opened_at < LONGEST_KEPT_SECONDS
            if fresh and not wire.is_stale():
                return wire
            wire.close()

    def _keep(self, address: str, wire: Wire) -> None:
        kept = self._idle.setdefault(address, [])
        if wire.is_open and len(kept) < MOST_IDLE:
            kept.append((time.monotonic(), wire))
        else:
            wire.close()


def resolve_target(address: str, *, loopback_only: bool) -> Target | None:
    """Where a connection to this URL goes; None if it may not be reached. OSError, ValueError if it cannot be read."""
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("neither http nor https")
    port = parts.port or PORTS[parts.scheme]
    found = resolve(parts.hostname, port, loopback_only=loopback_only)
    return None if found is None else Target(parts.scheme, parts.hostname, port, found)


def resolve(host: str, port: int, *, loopback_only: bool) -> str | None:
    """The address to connect to, or None if it may not be reached. Raises OSError if the name does not resolve."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    address = ipaddress.ip_address(str(found[0][4][0]))
    allowed = address.is_loopback if loopback_only else address.is_global
    return str(address) if allowed else None


def _host_of(host: str, port: int | None) -> str:
    """The Host header: an IPv6 address in brackets, other scripts in their ASCII form."""
    name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    return f"{name}:{port}" if port else name
