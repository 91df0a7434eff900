"""Somebody who comes over HTTP with cookies: an officer at the pages, a citizen, a machine. Replies of any status are values."""

from __future__ import annotations

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

AWAY = (urllib.error.URLError, ConnectionError, TimeoutError, HTTPException)
"""What a caller sees when the other end is killed before, while or after it did what was asked."""
TIMEOUT_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, after redirects."""

    status: int
    url: str
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """Cookies and the CSRF token are kept as a browser keeps them. Safe to share between threads."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> Reply:
        return self._call(urllib.request.Request(self.address + path))

    def submit(self, path: str, **fields: str | list[str]) -> Reply:
        """Send a form, with the CSRF token of the last page that had one. A list: a field of that name for each."""
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "") or ""
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}, doseq=True).encode()
        return self._call(urllib.request.Request(self.address + path, data=body))

    def post_json(self, path: str, body: bytes, **headers: str) -> Reply:
        """Send bytes as JSON; header names are given with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.address + path, data=body, headers={"content-type": "application/json", **named}
        )
        return self._call(request)

    def enter(self, link: str) -> Visitor:
        """Come in by a one-use link."""
        path = urllib.parse.urlsplit(link).path
        self.get(path)
        entered = self.submit(path)
        assert entered.status == 200, entered.text
        return self

    def _call(self, request: urllib.request.Request) -> Reply:
        try:
            with self.opener.open(request, timeout=TIMEOUT_SECONDS) as reply:
                return Reply(reply.status, reply.url, reply.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                return Reply(refused.code, refused.url or "", refused.read().decode())


def measure_on(page: str) -> str | None:
    """The code of the newest measure that a report's page shows."""
    found = re.search(r'id="measure-(BP-[0-9A-Z]+)"', page)
    return found[1] if found else None
