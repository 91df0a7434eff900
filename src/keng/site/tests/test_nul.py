"""A NUL in whatever comes, at every address: SQLite would keep it and PostgreSQL would not; neither is asked."""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from keng.base.webhooks import sign
from keng.desk.fraud.measures.models import Answer
from keng.desk.fraud.reports.models import Report

NUL = "a\0b"
FIELDS = (
    "text",
    "reason",
    "code",
    "account",
    "amount",
    "basis",
    "way",
    "nonce",
    "before",
    "to_account",
    "bank",
    "lang",
)


def every_address(patterns: Any = None, before: str = "/") -> list[str]:
    """Each address of the installation, a NUL in place of each word in it."""
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            found += every_address(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            address = before + str(one.pattern)
            for kind, word in (
                ("uuid", str(uuid.UUID(int=7))),
                ("int", "7"),
                ("str", "%00"),
                ("slug", "a"),
                ("path", "%00"),
            ):
                address = _filled(address, f"<{kind}:", word)
            found.append(_filled(address, "<", "%00"))
    return sorted(set(found))


def _filled(address: str, opening: str, word: str) -> str:
    while opening in address:
        start = address.index(opening)
        address = address[:start] + word + address[address.index(">", start) + 1 :]
    return address.replace("{", "").replace("}", "")


@pytest.fixture
def officer(cast, client):
    client.force_login(cast.first)
    client.raise_request_exception = False
    return client


def test_no_address_breaks_on_a_nul_in_it(officer):
    addresses = every_address()
    assert len(addresses) > 25

    with_nul = [one for one in addresses if "%00" in one]
    statuses = {one: getattr(officer, method)(one).status_code for one in with_nul for method in ("get", "post")}

    assert len(with_nul) > 10
    assert {one: status for one, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize("address", ["/", "/theo-doi/", "/ban/", "/ban/so/", "/khieu-nai/BP-1/", "/vao/x/"])
def test_a_nul_in_a_form_or_a_query_is_told_in_words(officer, address):
    for field, (method, fields) in itertools.product(FIELDS, (("get", True), ("post", True))):
        reply = getattr(officer, method)(address, {field: NUL} if fields else {})
        assert reply.status_code == 422, (method, field)
        assert "ký tự hỏng" in reply.content.decode()
    named = officer.post(address, {NUL: "x"})
    assert named.status_code == 422


@pytest.mark.parametrize("address", ["/bao/", "/bao/gui/"])
def test_the_report_s_own_form_refuses_a_nul_and_keeps_what_was_typed(officer, address):
    reply = officer.post(address, {"text": f"Tôi bị lừa{NUL}", "sent": "yes", "amount": "4.800.000"})

    assert reply.status_code == 422
    assert "Tôi bị lừa" in reply.content.decode()


def test_a_nul_in_a_cookie_counts_as_no_cookie(cast):
    client = Client(raise_request_exception=False)
    client.cookies.load('sessionid="abcdefgh\\000ijkl"')

    assert client.get("/ban/", headers={"cookie": 'sessionid="abcdefgh\\000ijkl"; lang="en\\000"'}).status_code == 403


@pytest.mark.parametrize("broken", [NUL, "\ud800"])
@pytest.mark.parametrize(
    "path", ["text", "sender", "from", "at", "channel", "loss.to_account", "loss.at", "unheard.of"]
)
def test_a_report_with_a_broken_character_is_refused_with_the_field(cast, officer, path, broken):
    body = cast.body()
    inner = body
    *above, last = path.split(".")
    for name in above:
        inner = inner.setdefault(name, {})
    inner[last] = broken

    reply = officer.post("/api/v1/reports", json.dumps(body), content_type="application/json")

    error = reply.json()["error"]
    assert (reply.status_code, error["code"], error["field"]) == (422, "broken_text", path)
    assert not Report.objects.exists()


@pytest.mark.parametrize("field", ["status", "reason", "note", "reference"])
def test_an_answer_with_a_nul_is_refused(cast, officer, field):
    cast.hold()
    body = json.dumps({"status": "refused", "reason": "other", "note": "x", field: NUL}).encode()
    secret = cast.keys.partner_secrets(cast.bank.pk, cast.clock.at)[0]
    headers = {**sign(secret, "m1", cast.clock.at, body), "keng-partner": cast.bank.pk}

    reply = officer.post(
        f"/api/v1/requests/{uuid.uuid4()}/answer", body, content_type="application/json", headers=headers
    )

    assert (reply.status_code, reply.json()["error"]["field"]) == (422, field)
    assert not Answer.objects.exists()


def test_a_whole_report_is_still_taken(cast, officer):
    text = json.dumps(cast.body(text="Mã \\u0000 viết bằng chữ, chuyển 4.800.000d vào 0071000123456 Vietcombank"))

    assert officer.post("/api/v1/reports", text, content_type="application/json").status_code == 201
