"""Every address of the way in, for nobody and for an officer, by every method; a refusal changes nothing and tells nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.signin import factors
from keng.desk.ground.signin.models import Passkey
from keng.doors.signin.urls import app_name, urlpatterns

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
EXPECTED: dict[str, dict[str, tuple[int, int]]] = {
    "enter": {"get": (200, 200), "post": (422, 422)},
    "ask_key": {"post": (200, 200)},
    "take_key": {"post": (422, 422)},
    "prove": {"get": (403, 200), "post": (403, 422)},
    "ask_proof": {"post": (403, 200)},
    "take_proof": {"post": (403, 422)},
    "invited": {"get": (200, 200), "post": (200, 200)},
    "ask_first_key": {"post": (200, 200)},
    "take_first_key": {"post": (422, 422)},
    "mine": {"get": (403, 200)},
    "ask_own_key": {"post": (403, 200)},
    "take_own_key": {"post": (403, 422)},
    "remove_key": {"post": (403, 302)},
    "authenticator": {"post": (403, 200)},
    "remove_authenticator": {"post": (403, 302)},
    "codes": {"post": (403, 200)},
    "end_others": {"post": (403, 302)},
    "end_session": {"post": (403, 302)},
}  # the status for nobody and for an officer; what is not listed is 405
CASES = [(name, method, is_in) for name in EXPECTED for method in METHODS for is_in in (False, True)]


def address(name: str, code: str, ident: UUID) -> str:
    if name in ("invited", "ask_first_key", "take_first_key"):
        return reverse(f"{app_name}:{name}", args=[code])
    return reverse(f"{app_name}:{name}", args=[ident] if name in ("remove_key", "end_session") else None)


def test_every_address_has_an_expectation() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(EXPECTED)


@pytest.mark.parametrize(("name", "method", "is_in"), CASES)
def test_each_address_takes_what_it_takes(cast: Any, name: str, method: str, is_in: bool) -> None:
    client, code = Client(), factors.invite(cast.first, lost=False, now=cast.clock.at)
    if is_in:
        client.force_login(cast.second)
    before = [entry.serial for entry in ledger.newest_entries(limit=1000)]

    reply = getattr(client, method)(address(name, code, UUID(int=7)))

    assert reply.status_code == EXPECTED[name].get("get" if method == "head" else method, (405, 405))[is_in]
    assert reply.status_code == 405 or "no-store" in reply.headers["Cache-Control"]
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    if not is_in:
        assert [entry.serial for entry in ledger.newest_entries(limit=1000)] == before


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "x", "' OR 1=1", "🔔", "%00", "a" * 300])
def test_an_invitation_that_is_none_is_not_found_and_says_what_to_do(cast, code, language):
    reply = Client().get(f"/vao/moi/{code}/?lang={language}")

    assert reply.status_code == 404
    assert ("lời mời mới" if language == "vi" else "a new one") in reply.content.decode()


def test_nobody_removes_a_key_or_ends_a_session_of_anothers(hai):
    visit, key = hai.by_passkey(), Passkey.objects.get()
    client = Client()
    client.force_login(hai.cast.first)

    client.post(f"/ban/toi/khoa/{key.pk}/bo/")
    client.post(f"/ban/toi/phien/{visit.pk}/")

    key.refresh_from_db()
    visit.refresh_from_db()
    assert (key.removed_at, visit.ended_at) == (None, None)


def test_ones_own_page_shows_nothing_of_anothers(hai):
    client = Client()
    client.force_login(hai.cast.first)
    page = client.get("/ban/toi/").content.decode()

    assert "điện thoại</h3>" not in page
    assert hai.secret not in page
