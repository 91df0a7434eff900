"""Sending one signed message.

The address is resolved once and the connection goes to that very address, so a name cannot point elsewhere between the check
and the call. Private addresses are refused; while the demo is on, everything but loopback is.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import urllib3

from keng.base.webhooks import sign

TIMEOUT = urllib3.Timeout(connect=3, read=10)  # seconds
MAX_REPLY_BYTES = 4096
GONE = 410  # Standard Webhooks: the receiver wants no more


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a message did not arrive; `permanent` if trying again cannot help."""

    why: str
    permanent: bool = False


def send(
    address: str, secrets: Sequence[str], message_id: str, body: bytes, *, loopback_only: bool, now: datetime
) -> Failed | None:
    """POST the signed body; None if the receiver took it (any 2xx)."""
    parts = urlsplit(address)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        target = resolve(parts.hostname or "", port, loopback_only=loopback_only)
    except (OSError, ValueError) as error:
        return Failed(f"address: {type(error).__name__}")
    if target is None:
        return Failed("address is not allowed", permanent=True)
    headers = {"Content-Type": "application/json", "Host": parts.netloc, **sign(secrets, message_id, now, body)}
    try:
        with _pool(parts.scheme, target, port, parts.hostname or "") as pool:
            reply = pool.urlopen(
                "POST",
                parts.path or "/",
                body=body,
                headers=headers,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            reply.read(MAX_REPLY_BYTES)
            reply.release_conn()
    except urllib3.exceptions.HTTPError as error:
        return Failed(type(error).__name__)
    if 200 <= reply.status < 300:
        return None
    return Failed(f"HTTP {reply.status}", permanent=reply.status == GONE)


def resolve(host: str, port: int, *, loopback_only: bool) -> str | None:
    """The address to connect to, or None if it may not be reached. Raises OSError if the name does not resolve."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    address = ipaddress.ip_address(str(found[0][4][0]))
    allowed = address.is_loopback if loopback_only else address.is_global
    return str(address) if allowed else None


def _pool(scheme: str, target: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(
            target, port, timeout=TIMEOUT, maxsize=1, server_hostname=host, assert_hostname=host
        )
    return urllib3.HTTPConnectionPool(target, port, timeout=TIMEOUT, maxsize=1)
