"""A partner's calls to Kẻng, signed anew at each try. A reply is a value; only what is worth a later try is `retry`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import urllib3

from keng.nation.robot.clock import Clock
from keng.nation.robot.wire.signatures import sign

TIMEOUT = urllib3.Timeout(connect=3, read=10)
LARGEST_REPLY_BYTES = 8 * 1024 * 1024
PAGE_LIMIT = 200
DONE_CONFLICTS = frozenset({"webhook_id_seen", "already_answered"})
LATER_STATUSES = frozenset({401, 408, 425, 429})
"""Client errors that pass: a clock or a secret is put right, a rush is over. The answer must not be lost to them."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a try ended: `status` 0 means that no reply came; `code` is Kẻng's error code or what went wrong."""

    status: int
    code: str

    @property
    def delivered(self) -> bool:
        return 200 <= self.status < 300 or (self.status == 409 and self.code in DONE_CONFLICTS)

    @property
    def retry(self) -> bool:
        return not self.delivered and (not 400 <= self.status < 500 or self.status in LATER_STATUSES)


class KengClient:
    """Kẻng as this partner sees it. Safe to use from several threads."""

    def __init__(self, url: str, partner: str, secrets: Sequence[bytes], clock: Clock) -> None:
        self._url = url.rstrip("/")
        self._partner = partner
        self._secrets = secrets
        self._clock = clock
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def post_answer(self, place: str, about: str, message_id: str, body: bytes) -> Reply:
        """Send one answer to a request or order (`place`: requests, orders).

        `message_id` stays the same over all tries, so Kẻng can tell a repeat.
        """
        path = f"/api/v1/{place}/{quote(about, safe='')}/answer"
        status, content = self._call("POST", path, message_id, body)
        return Reply(status, _error_code(content))

    def list_open(self, after: str | None) -> list[dict[str, Any]]:
        """A page of open requests after one id, oldest first; empty when there is none or Kẻng cannot be reached."""
        query = f"?state=open&limit={PAGE_LIMIT}" + (f"&after={quote(after, safe='')}" if after else "")
        return self._list(f"/api/v1/requests{query}")

    def list_open_orders(self, after: str | None) -> list[dict[str, Any]]:
        """A page of orders without a final answer after one id, what gives back on top; empty when there is none or Kẻng cannot
        be reached.
        """
        return self._list(f"/api/v1/orders?limit={PAGE_LIMIT}" + (f"&after={quote(after, safe='')}" if after else ""))

    def _list(self, path: str) -> list[dict[str, Any]]:
        status, content = self._call("GET", path, f"pull_{uuid4().hex}", b"")
        items = _read(content).get("items") if status == 200 else None
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    def _call(self, method: str, path: str, message_id: str, body: bytes) -> tuple[int, bytes]:
        headers = sign(self._secrets, message_id, self._clock(), body)
        headers |= {"keng-partner": self._partner, "content-type": "application/json"}
        try:
            reply = self._pool.request(
                method, self._url + path, body=body or None, headers=headers, preload_content=False, redirect=False
            )
            content = reply.read(LARGEST_REPLY_BYTES)
            reply.release_conn()
        except urllib3.exceptions.HTTPError as fault:
            return 0, json.dumps({"error": {"code": type(fault).__name__}}).encode()
        return reply.status, content


def _error_code(content: bytes) -> str:
    error = _read(content).get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _read(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
