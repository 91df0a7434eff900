"""The population register behind an HTTP API with mutual TLS: it answers about one number at a time.

`POST ADDRESS` with `{"number": "…"}`; the answer is `{"people": [{citizen_id, old_id, full_name, date_of_birth, sex,
province_code, status, status_date}]}`, dates as YYYY-MM-DD. No redirect is followed.
"""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3

from keng.base.errors import RefusedError, UnavailableError
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.population.people import Person, Settings, people_of

SECONDS = 3.0
MOST_BYTES = 1 << 20
AT_ONCE = 16


class OverHttps:
    """Connections are kept; each thread that asks has one."""

    def __init__(self, wanted: Settings) -> None:
        self.wanted = wanted

    def for_run(self, scratch: Path) -> Path:  # noqa: ARG002 - as every connector
        raise RefusedError("only_questions", refusals.ONLY_QUESTIONS)

    def find(self, number: str) -> list[Person]:
        body = json.dumps({"number": number}).encode()
        try:
            answer = _pool(self.wanted).request(
                "POST", self.wanted.address, body=body, headers={"Content-Type": "application/json"}, preload_content=False,
                redirect=False, retries=False,
            )  # fmt: skip
            content = answer.read(MOST_BYTES + 1, decode_content=True)
            answer.release_conn()
            if answer.status != 200 or len(content) > MOST_BYTES:
                raise UnavailableError("population_away", refusals.POPULATION_AWAY)
            return people_of(_rows(json.loads(content)))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise UnavailableError("population_away", refusals.POPULATION_AWAY) from error


def _rows(told: Any) -> list[dict[str, Any]]:
    people = told.get("people") if isinstance(told, dict) else None
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        raise ValueError("not the shape of an answer")
    return people


_making = threading.Lock()


def _pool(wanted: Settings) -> urllib3.PoolManager:
    with _making:
        return _made(wanted)


@cache
def _made(wanted: Settings) -> urllib3.PoolManager:
    """Both sides show a certificate, and only one authority counts. In the demo nothing but loopback is called."""
    host = urlsplit(wanted.address).hostname or ""
    if wanted.loopback_only and not _is_loopback(host):
        raise UnavailableError("population_away", refusals.POPULATION_AWAY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(wanted.authority)
    context.load_cert_chain(wanted.certificate, wanted.key)
    return urllib3.PoolManager(
        maxsize=AT_ONCE, ssl_context=context, timeout=urllib3.Timeout(connect=SECONDS, read=SECONDS)
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
