"""A tiny Kẻng for the tests: takes answers, lists open requests, signs and checks with the reference package."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import urllib3
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

SECRET = "whsec_a2VuZyByb2JvdCB0ZXN0IHNlY3JldCBvbmU="
DEADLINE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Got:
    """One answer that was taken."""

    request_id: str
    message_id: str
    partner: str
    body: dict[str, Any]


class FakeKeng:
    """`first_replies` are given, as (status, code), before anything is taken. Nothing unsigned is taken."""

    def __init__(self) -> None:
        self.answers: list[Got] = []
        self.tried: list[str] = []
        self.bad_signatures = 0
        self.first_replies: list[tuple[int, str]] = []
        self.open_requests: list[dict[str, Any]] = []
        self.open_orders: list[dict[str, Any]] = []
        self.changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.keng = self  # type: ignore[attr-defined]
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until the condition holds; looked at whenever a call arrives."""
        with self.changed:
            assert self.changed.wait_for(condition, DEADLINE_SECONDS), (
                f"not within {DEADLINE_SECONDS} s: {self.answers}"
            )

    def statuses(self, request_id: str) -> list[str]:
        return [got.body["status"] for got in self.answers if got.request_id == request_id]

    def take_answer(self, request_id: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        with self.changed:
            self.changed.notify_all()
            self.tried.append(headers["webhook-id"])
            if not self._is_signed(headers, body):
                return 401, _error("bad_signature")
            if self.first_replies:
                status, code = self.first_replies.pop(0)
                return status, _error(code)
            if any(got.message_id == headers["webhook-id"] for got in self.answers):
                return 409, _error("webhook_id_seen")
            self.answers.append(Got(request_id, headers["webhook-id"], headers["keng-partner"], json.loads(body)))
            return 200, {"request_id": request_id}

    def list_open(self, query: dict[str, list[str]], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Pages of two, to see that the bank asks for the next one."""
        if not self._is_signed(headers, b""):
            return 401, _error("bad_signature")
        return 200, {"items": _page(self.open_requests, "request_id", query)}

    def list_orders(self, query: dict[str, list[str]], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Pages of two here too."""
        if not self._is_signed(headers, b""):
            return 401, _error("bad_signature")
        return 200, {"items": _page(self.open_orders, "order_id", query)}

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        try:
            Webhook(SECRET).verify(body.decode() if body else "", headers, json_parse=False)
        except WebhookVerificationError:
            self.bad_signatures += 1
            return False
        return True


def _page(items: list[dict[str, Any]], name: str, query: dict[str, list[str]]) -> list[dict[str, Any]]:
    ids = [item[name] for item in items]
    start = ids.index(query["after"][0]) + 1 if "after" in query else 0
    return items[start : start + 2]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A bank that is killed in the middle of a call is what some tests are about."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        keng, place = self.server.keng, urlsplit(self.path)  # type: ignore[attr-defined]
        if place.path == "/api/v1/orders":
            self._reply(*keng.list_orders(parse_qs(place.query), self._headers()))
        else:
            self._reply(*keng.list_open(parse_qs(place.query), self._headers()))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        request_id = re.fullmatch(r"/api/v1/(?:requests|orders)/([^/]+)/answer", self.path)[1]  # type: ignore[index]
        self._reply(*self.server.keng.take_answer(request_id, self._headers(), body))  # type: ignore[attr-defined]

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _reply(self, status: int, value: dict[str, Any]) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: object) -> None:
        """Requests are not logged."""


def signed_headers(body: str, message_id: str, moment: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    """As Kẻng sends them, by the reference implementation."""
    moment = moment or datetime.now(UTC)
    signature = Webhook(secret).sign(message_id, moment, body)
    stamp = str(int(moment.timestamp()))
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": signature}


def send(url: str, kind: str, data: dict[str, Any], message_id: str | None = None) -> tuple[int, dict[str, Any]]:
    """One signed message to a partner, and its reply."""
    body = json.dumps({"type": kind, "timestamp": "2026-11-21T07:30:00Z", "data": data})
    return call("POST", url, body, signed_headers(body, message_id or uuid4().hex))


def call(
    method: str, url: str, body: str | bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict]:
    """One call on a connection of its own; status 0 if nobody is there."""
    with urllib3.PoolManager(retries=False, timeout=10) as pool:
        try:
            reply = pool.request(method, url, body=body, headers={"connection": "close", **(headers or {})})
        except urllib3.exceptions.HTTPError:
            return 0, {}
        return reply.status, json.loads(reply.data)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a visitor sees."""

    status: int
    text: str
    headers: Mapping[str, str]


def fetch(url: str, headers: dict[str, str] | None = None) -> Fetched:
    """A page, a zone."""
    with urllib3.PoolManager(retries=False, timeout=10) as pool:
        reply = pool.request("GET", url, headers={"connection": "close", **(headers or {})})
        return Fetched(reply.status, reply.data.decode(), reply.headers)


def core(url: str, path: str, value: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    """The core banking door: GET without a value, POST with one."""
    if value is None:
        return call("GET", f"{url}/core/{path}")
    return call("POST", f"{url}/core/{path}", json.dumps(value))


def wait_until(condition: Callable[[], bool]) -> None:
    """For conditions that nobody announces: looked at often, until a deadline."""
    until = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < until, f"not within {DEADLINE_SECONDS} s"
        time.sleep(0.02)


def _error(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "vi": "", "en": "", "field": None}}
