"""The population register behind an HTTP API with mutual TLS: it answers about one number at a time.

`POST ADDRESS` with `{"number": "…"}`; the answer is `{"people": [{citizen_id, old_id, full_name, date_of_birth, sex,
province_code, status, status_date}]}`, dates as YYYY-MM-DD. No redirect is followed.
"""

from __future__ import annotations

import ipaddress
import json
import ssl
from functools import cache
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from threading import local
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from keng.base.errors import RefusedError, UnavailableError
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.population.people import Person, Settings, people_of

SECONDS = 3.0
IDLE_SECONDS = 30.0  # then a connection is not trusted any more: what stands between may have forgotten it
MOST_BYTES = 1 << 20
HEADERS = {"Content-Type": "application/json"}


class OverHttps:
    """Connections are kept; each thread that asks has one."""

    def __init__(self, wanted: Settings) -> None:
        self.wanted = wanted

    def for_run(self, scratch: Path) -> Path:  # noqa: ARG002 - as every connector
        raise RefusedError("only_questions", refusals.ONLY_QUESTIONS)

    def find(self, number: str) -> list[Person]:
        try:
            content = _lines.to(self.wanted).ask(json.dumps({"number": number}).encode())
            return people_of(_rows(json.loads(content)))
        except (HTTPException, OSError, ValueError) as error:
            raise UnavailableError("population_away", refusals.POPULATION_AWAY) from error


class _Line:
    """A connection to the register, made when it is needed."""

    def __init__(self, wanted: Settings) -> None:
        address = urlsplit(wanted.address)
        self.path = f"{address.path or '/'}{'?' if address.query else ''}{address.query}"
        self.connection = HTTPSConnection(
            address.hostname or "", address.port, timeout=SECONDS, context=_context(wanted)
        )
        self.used_at = 0.0

    def ask(self, body: bytes) -> bytes:
        """What is answered with status 200. Raises HTTPException, OSError, ValueError.

        A kept connection may have been closed at its other end meanwhile: then the same is asked on a new one.
        """
        if monotonic() - self.used_at > IDLE_SECONDS:
            self.connection.close()
        is_kept = self.connection.sock is not None
        try:
            return self._ask_once(body)
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            if not is_kept:
                raise
            return self._ask_once(body)

    def _ask_once(self, body: bytes) -> bytes:
        try:
            self.connection.request("POST", self.path, body, HEADERS)
            answer = self.connection.getresponse()
            content = answer.read(MOST_BYTES + 1)
            if answer.status != 200 or len(content) > MOST_BYTES:
                raise ValueError("no answer that can be used")
        except BaseException:
            self.connection.close()
            raise
        self.used_at = monotonic()
        return content


class _Lines(local):
    """The lines of one thread."""

    def __init__(self) -> None:
        self.kept: dict[Settings, _Line] = {}

    def to(self, wanted: Settings) -> _Line:
        if wanted not in self.kept:
            self.kept[wanted] = _Line(wanted)
        return self.kept[wanted]


_lines = _Lines()


def _rows(told: Any) -> list[dict[str, Any]]:
    people = told.get("people") if isinstance(told, dict) else None
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        raise ValueError("not the shape of an answer")
    return people


@cache
def _context(wanted: Settings) -> ssl.SSLContext:
    """Both sides show a certificate, and only one authority counts. In the demo nothing but loopback is called."""
    host = urlsplit(wanted.address).hostname or ""
    if wanted.loopback_only and not _is_loopback(host):
        raise UnavailableError("population_away", refusals.POPULATION_AWAY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(wanted.authority)
    context.load_cert_chain(wanted.certificate, wanted.key)
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
