"""The application as the server calls it: a request gets one of the few threads only when its whole body is here.

Under plain WSGI each request waits for its body in a thread; a handful of callers who send a little and then nothing would
take them all for as long as they like. Here the waiting is done by an event loop, which a caller costs next to nothing, and
it ends. `keng.site.bodies` tells those whose body was too slow, cut off, too large or of no stated length.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings

from keng.site.bodies import (
    BUSY,
    CUT_OFF,
    FAULT,
    MOST_PICTURE_BODIES,
    PICTURES_WITHIN_SECONDS,
    TOO_SLOW,
    WAITING,
    WITHIN_SECONDS,
    most_bytes,
)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Front:
    """An ASGI application (HTTP only) around a WSGI one that runs in `threads` threads."""

    def __init__(self, wsgi: Wsgi, threads: int) -> None:
        self.wsgi = wsgi
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self.most_at_once = threads
        self.inside = 0  # requests that have a thread or wait for one
        self.large = 0  # bodies with pictures that are under way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        body = await self._body(environ, receive)
        environ[WAITING] = max(self.inside - self.most_at_once, 0)
        answer = partial(run_wsgi, self.wsgi, environ, body)
        self.inside += 1
        try:
            status, headers, content = await asyncio.get_running_loop().run_in_executor(self.threads, answer)
        finally:
            self.inside -= 1
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _body(self, environ: dict[str, Any], receive: Receive) -> bytes:
        """The whole body, or nothing and a fault noted in `environ`. What will be refused anyway is not read."""
        length, path = stated_length(environ), environ["PATH_INFO"]
        if length is None or length > most_bytes(path):
            return b""
        if length <= settings.KENG_MAX_BODY_BYTES:
            return await self._whole(environ, receive, length, WITHIN_SECONDS)
        if self.large >= MOST_PICTURE_BODIES:
            environ[FAULT] = BUSY
            return b""
        self.large += 1
        try:
            return await self._whole(environ, receive, length, PICTURES_WITHIN_SECONDS)
        finally:
            self.large -= 1

    async def _whole(self, environ: dict[str, Any], receive: Receive, length: int, seconds: float) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                body = await read(receive, length)
        except TimeoutError:
            environ[FAULT] = TOO_SLOW
            return b""
        if len(body) != length:
            environ[FAULT] = CUT_OFF
            return b""
        return body


async def read(receive: Receive, length: int) -> bytes:
    """The body up to `length` bytes; less if the caller went away."""
    body = bytearray()
    while len(body) < length:
        event = await receive()
        if event["type"] != "http.request":
            break
        body += event.get("body") or b""
        if not event.get("more_body"):
            break
    return bytes(body)


def stated_length(environ: dict[str, Any]) -> int | None:
    """The length that the caller states, 0 if there is no body, None if it will not be told."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    stated = environ.get("CONTENT_LENGTH") or "0"
    return int(stated) if stated.isascii() and stated.isdigit() else None


def environ_of(scope: Scope) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of a request, without its body."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    path = unquote_to_bytes(scope["raw_path"]) if scope.get("raw_path") else scope["path"].encode()
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        add_header(environ, raw_name.decode("latin-1"), raw_value.decode("latin-1"))
    return environ


def add_header(environ: dict[str, Any], name: str, value: str) -> None:
    """A header under its WSGI name. One with an underscore could pass for another and is dropped."""
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    joint = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value


def run_wsgi(wsgi: Wsgi, environ: dict[str, Any], body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and content that the WSGI application answers."""
    begun: list[tuple[int, list[tuple[bytes, bytes]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        begun.append((int(status[:3]), pairs))

    result = wsgi({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
    try:
        content = b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()
    return *begun[-1], content
