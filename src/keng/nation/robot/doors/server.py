"""HTTP: bodies are bounded, slow callers are dropped, nothing is logged of what was said."""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from keng.nation.robot.doors.core import NOT_FOUND, look, order
from keng.nation.robot.doors.partner import receive
from keng.nation.robot.kinds.trade import Shown
from keng.nation.robot.partner import Partner

LOOPBACK = "127.0.0.1"
CORE = "/core/"
LARGEST_BODY_BYTES = 1024 * 1024
SILENCE_SECONDS = 15
DISCARD_SECONDS = 5
DISCARD_BYTES = 256 * 1024 * 1024


class PartnerServer(ThreadingHTTPServer):
    """A server on loopback alone; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, partner: Partner, port: int) -> None:
        self.partner = partner
        super().__init__((LOOPBACK, port), _Door)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base's signature
        """One line, no addresses: a caller that went away is no event, anything else is a fault of ours."""
        fault = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        if not isinstance(fault, (ConnectionError, TimeoutError)):
            sys.stderr.write(f"{self.partner.name}: {type(fault).__name__}: {fault}\n")


class _Door(BaseHTTPRequestHandler):
    """Reads one request, hands it to the room it belongs to, writes the JSON reply."""

    server: PartnerServer
    protocol_version = "HTTP/1.1"
    timeout = SILENCE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        path, partner = self.path.partition("?")[0], self.server.partner
        if path == "/healthz":
            self._reply(200, {"ok": True, "kind": partner.trade.kind, "name": partner.name})
        elif path.startswith(CORE):
            self._reply(*look(partner, unquote(path.removeprefix(CORE))))
        else:
            self._show(partner.trade.show(partner.store, self.path, self.headers, partner.now()))

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        body = self._read_body()
        if body is None:
            return
        if path == "/":
            self._reply(*receive(self.server.partner, self.headers, body))
        elif self.headers.get("origin"):
            self._reply(403, {"error": "no_browsers"})  # a page in somebody's browser may not move money here
        elif path.startswith(CORE):
            self._reply(*order(self.server.partner, path.removeprefix(CORE), body))
        else:
            self._reply(*NOT_FOUND)

    def _read_body(self) -> bytes | None:
        """The whole body, or None after a refusal."""
        length = self.headers.get("content-length", "")
        if self.headers.get("transfer-encoding") or not (length.isascii() and length.isdigit()):
            self._refuse(411, "no_length")
        elif int(length) > LARGEST_BODY_BYTES:
            self._refuse(413, "too_large")
            self._discard(int(length))
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True
        return None

    def _refuse(self, status: int, code: str) -> None:
        self.close_connection = True
        self._reply(status, {"error": {"code": code, "vi": "Không nhận được", "en": "Not taken", "field": None}})

    def _discard(self, length: int) -> None:
        """Let the caller finish, so that it can read why it was refused; the bytes are not kept."""
        self.wfile.flush()
        until, left = time.monotonic() + DISCARD_SECONDS, min(length, DISCARD_BYTES)
        while left > 0 and time.monotonic() < until:
            chunk = self.rfile.read1(min(left, 65536))
            if not chunk:
                return
            left -= len(chunk)

    def _reply(self, status: int, value: dict[str, Any]) -> None:
        self._show(Shown(status, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False)))

    def _show(self, shown: Shown | None) -> None:
        if shown is None:
            self._reply(*NOT_FOUND)
            return
        content = shown.text.encode()
        self.send_response(shown.status)
        for name, value in {"content-type": shown.content_type, **shown.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: object) -> None:
        """Requests are not logged."""
