"""Every officers' address for every role by every method: who gets what, and that a refusal changes nothing and tells nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from keng.desk.ground.ledger import queries as ledger
from keng.doors.officers.urls import app_name, urlpatterns

ROLES = ("nobody", "officer", "auditor", "operator")
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
NO_METHOD = 405

# The status for nobody, officer, auditor, operator. What is not listed is 405 for all.
EXPECTED: dict[str, dict[str, tuple[int, int, int, int]]] = {
    "enter": {"get": (200, 200, 200, 200), "post": (302, 302, 302, 302)},
    "leave": {"post": (302, 302, 302, 302)},
    "queue": {"get": (403, 200, 200, 302)},
    "queue_rows": {"get": (403, 200, 200, 403)},
    "search": {"get": (403, 200, 200, 403)},
    "dead_letters": {"get": (403, 200, 200, 200)},
    "resend": {"post": (403, 403, 403, 302)},
    "ledger": {"get": (403, 200, 200, 200)},
    "ledger_entry": {"get": (403, 200, 200, 200)},
    "rules": {"get": (403, 200, 200, 200)},
    "rule": {"get": (403, 200, 200, 200)},
    "report": {"get": (403, 200, 200, 403)},
    "report_live": {"get": (403, 200, 200, 403)},
    "hold": {"post": (403, 302, 403, 403)},
    "say": {"post": (403, 302, 403, 403)},
    "close": {"post": (403, 302, 403, 403)},
    "confirm": {"post": (403, 302, 403, 403)},
    "decline": {"post": (403, 302, 403, 403)},
    "release": {"post": (403, 302, 403, 403)},
    "decide_appeal": {"post": (403, 302, 403, 403)},
}
BODY = {"account": "970436:0071000123456", "amount": "4.800.000", "basis": "fraud.hold.nd52-2024.d11", "reason": "có căn cứ",
        "text": "Chào bạn", "way": "urgent"}  # fmt: skip
CASES = [(name, method, role) for name in EXPECTED for method in METHODS for role in ROLES]


def address(name: str, desk: Any) -> str:
    on_report = {"code": (desk.waiting if name == "hold" else desk.held).report.code}
    values: dict[str, dict[str, Any]] = {
        "enter": {"token": desk.token},
        **dict.fromkeys(("report", "report_live", "hold", "say", "close"), on_report),
        **{one: {"code": desk.measure.code} for one in ("confirm", "decline", "release")},
        "resend": {"ident": desk.letter.pk},
        "decide_appeal": {"ident": desk.appeal.pk},
        "ledger_entry": {"serial": ledger.newest_entries(limit=1)[0].serial},
        "rule": {"code": "urgent_hold.confirm_within"},
    }
    return reverse(f"{app_name}:{name}", kwargs=values.get(name))


def actor_of(role: str, desk: Any) -> Any:
    return {"nobody": None, "officer": desk.cast.second, "auditor": desk.cast.auditor, "operator": desk.cast.operator}[
        role
    ]


def expected(name: str, method: str, role: str) -> int:
    """HEAD is answered as GET is."""
    asked = "get" if method == "head" else method
    return EXPECTED[name].get(asked, (NO_METHOD,) * len(ROLES))[ROLES.index(role)]


def test_every_address_has_an_expectation() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(EXPECTED)


@pytest.mark.parametrize(("name", "method", "role"), CASES)
def test_each_role_gets_what_it_may(desk, enter, name, method, role):
    client, url = enter(actor_of(role, desk)), address(name, desk)
    before = [entry.serial for entry in ledger.newest_entries(limit=1000)]

    reply = getattr(client, method)(url, **({"data": BODY} if method == "post" else {}))

    assert reply.status_code == expected(name, method, role)
    if reply.status_code >= 400:
        page = reply.content.decode()
        assert [entry.serial for entry in ledger.newest_entries(limit=1000)] == before
        assert [secret for secret in desk.secrets if secret in page] == []
        assert "no-store" in reply.headers["Cache-Control"]
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


WITH_CODE = ["report", "report_live", "hold", "say", "close", "confirm", "decline", "release"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("bad", ["TB-0000-0000", "x", "%00", "' OR 1=1", "..%2f..", "a" * 300, "🔔"])
@pytest.mark.parametrize("name", WITH_CODE)
def test_a_code_that_is_none_is_not_found(desk, enter, name, bad, language):
    client = enter(desk.cast.second)
    url = address(name, desk).replace(desk.held.report.code, bad).replace(desk.measure.code, bad)
    url = url.replace(desk.waiting.report.code, bad)
    method = "get" if "get" in EXPECTED[name] else "post"

    reply = getattr(client, method)(f"{url}?lang={language}", **({"data": BODY} if method == "post" else {}))

    assert reply.status_code == 404
    page = reply.content.decode()
    assert (
        ("Không tìm thấy" if language == "vi" else "Not found") in page or "There is no" in page or "Không có" in page
    )
    assert [secret for secret in desk.secrets if secret in page] == []


@pytest.mark.parametrize("name", ["resend", "decide_appeal"])
@pytest.mark.parametrize("bad", ["0", "x", "00000000-0000-0000-0000-00000000000"])
def test_an_identifier_that_is_none_is_not_found(desk, enter, name, bad):
    ident = str(desk.letter.pk if name == "resend" else desk.appeal.pk)
    officer = desk.cast.operator if name == "resend" else desk.cast.second

    assert enter(officer).post(address(name, desk).replace(ident, bad), BODY).status_code == 404


@pytest.mark.parametrize("name", [*WITH_CODE, "resend", "decide_appeal"])
def test_an_address_without_its_identifier_is_not_found(desk, enter, name):
    url = address(name, desk)
    for ident in (desk.held.report.code, desk.waiting.report.code, desk.measure.code, desk.letter.pk, desk.appeal.pk):
        url = url.replace(str(ident), "")

    assert enter(desk.cast.second).post(url, BODY).status_code == 404


def test_an_appeal_that_is_none_is_not_found(desk, enter):
    url = address("decide_appeal", desk).replace(str(desk.appeal.pk), "00000000-0000-0000-0000-000000000000")

    assert enter(desk.cast.second).post(url, BODY).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Hãy vào bằng đường link một lần"), ("en", "Come in by your one-use link")]
)
def test_who_is_not_signed_in_is_told_how_to_come_in(desk, enter, language, words):
    assert words in enter().get(f"/ban/?lang={language}").content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Vai trò của bạn không được làm việc này"), ("en", "Your role may not do this")]
)
def test_a_refusal_is_told_in_both_languages(desk, enter, language, words):
    assert words in enter(desk.cast.operator).get(f"{address('report', desk)}?lang={language}").content.decode()


def test_who_has_left_is_shut_out_at_once(desk, enter):
    client = enter(desk.cast.first)
    assert client.get("/ban/").status_code == 200

    desk.cast.first.is_active = False
    desk.cast.first.save(update_fields=["is_active"])

    assert client.get("/ban/").status_code == 403
