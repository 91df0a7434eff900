"""Asking a provider: the address is resolved once and refused if private, answers are short JSON, nothing is followed.

While the demo is on only loopback is reached; outside it only public addresses, over HTTPS.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3

from keng.base.errors import Said, UnavailableError
from keng.doors.partner.sending import resolve

TIMEOUT = urllib3.Timeout(connect=3, read=5)  # seconds
MOST_BYTES = 256 * 1024

AWAY = Said(
    "Nơi định danh không trả lời được lúc này. Bạn vẫn báo và xem báo cáo được như thường; hãy đăng nhập lại sau.",
    "The identity provider cannot answer now. You can report and follow reports as ever; sign in later.",
)


def get(address: str, *, loopback_only: bool) -> dict[str, Any]:
    """The JSON object at that address. Raises UnavailableError `provider_away`."""
    return _ask("GET", address, None, {}, loopback_only)


def post(address: str, fields: dict[str, str], headers: dict[str, str], *, loopback_only: bool) -> dict[str, Any]:
    """The JSON object that answers a form. Raises UnavailableError `provider_away`."""
    form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return _ask("POST", address, urlencode(fields).encode(), form, loopback_only)


def _ask(method: str, address: str, body: bytes | None, headers: dict[str, str], loopback_only: bool) -> dict[str, Any]:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        is_safe = parts.scheme == "https" or (loopback_only and parts.scheme == "http")
        target = resolve(host, port, loopback_only=loopback_only) if is_safe else None
        if target is None:
            raise ValueError("address is not allowed")
        told = _talk(method, parts.scheme, target, port, host, parts, body, headers)
        if not isinstance(told, dict):
            raise ValueError("not an object")
        return told
    except (OSError, ValueError, RecursionError, urllib3.exceptions.HTTPError) as error:
        raise UnavailableError("provider_away", AWAY) from error


def _talk(
    method: str, scheme: str, target: str, port: int, host: str, parts: Any, body: bytes | None, headers: dict[str, str]
) -> Any:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Accept": "application/json", "Host": parts.netloc, **headers}
    with _pool(scheme, target, port, host) as pool:
        reply = pool.urlopen(
            method, path, body=body, headers=sent, retries=False, redirect=False, preload_content=False
        )
        content = reply.read(MOST_BYTES + 1)
        reply.release_conn()
    if reply.status != 200 or len(content) > MOST_BYTES:
        raise ValueError(f"HTTP {reply.status}, {len(content)} bytes")
    return json.loads(content)


def _pool(scheme: str, target: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(
            target, port, timeout=TIMEOUT, maxsize=1, server_hostname=host, assert_hostname=host
        )
    return urllib3.HTTPConnectionPool(target, port, timeout=TIMEOUT, maxsize=1)
