"""What every answer carries, and the pages for what went wrong before a page could answer."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import DataError, InterfaceError, OperationalError
from django.test import Client

PAGES = ["/", "/theo-doi/", "/mau/", "/healthz", "/static/keng/keng.css", "/nowhere/", "/bao/gui/", "/ban/", "/ban/nowhere/",
         "/api/v1/nowhere", "/theo-doi/KENG-0000-0000-0000/", "/vao/x/"]  # fmt: skip
FORMS = ["/bao/", "/bao/gui/", "/theo-doi/KENG-0000-0000-0000/viet/", "/ban/ra/", "/vao/x/", "/ban/bao-cao/TB-1/viet/",
         "/ban/lenh/BP-1/xac-nhan/", "/khieu-nai/BP-1/"]  # fmt: skip


def check_headers(reply: Any) -> None:
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert reply.headers["Referrer-Policy"] == "same-origin"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_the_headers(cast, client, page):
    reply = client.get(page)
    check_headers(reply)
    reply.close()


@pytest.mark.parametrize("page", FORMS)
def test_a_form_without_its_token_carries_the_headers_and_is_not_kept(cast, page):
    reply = Client(enforce_csrf_checks=True).post(page, {"text": "Tôi vừa chuyển tiền"})

    assert reply.status_code == 403
    check_headers(reply)
    assert "no-store" in reply.headers["Cache-Control"]


def test_a_body_that_is_too_large_carries_the_headers(cast, client):
    reply = client.post("/bao/", {"text": "a" * 1_100_000})

    assert reply.status_code == 413
    check_headers(reply)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", FORMS)
def test_a_form_without_its_token_is_told_in_both_languages_with_what_was_typed(cast, page, language):
    reply = Client(enforce_csrf_checks=True).post(f"{page}?lang={language}", {"text": "Tôi <b>vừa</b> chuyển tiền"})

    told = reply.content.decode()
    assert f'<html lang="{language}"' in told
    assert "Trang này mở đã lâu" in told
    assert "The page was open for long" in told
    assert ("Chưa có gì được gửi" if language == "vi" else "Nothing was sent") in told
    assert "Tôi &lt;b&gt;vừa&lt;/b&gt; chuyển tiền</textarea>" in told
    assert "?lang=" not in told  # this page cannot be asked for again


@pytest.mark.parametrize(
    ("page", "again"),
    [
        ("/bao/gui/", "/"),
        ("/theo-doi/KENG-0000-0000-0000/viet/", "/theo-doi/KENG-0000-0000-0000/"),
        ("/ban/bao-cao/TB-1/viet/", "/ban/bao-cao/TB-1/"),
        ("/ban/lenh/BP-1/xac-nhan/", "/ban/"),
        ("/khieu-nai/BP-1/", "/khieu-nai/BP-1/"),
        ("/vao/x/", "/vao/x/"),
    ],
)
def test_a_form_without_its_token_leads_back_to_its_page(cast, page, again):
    told = Client(enforce_csrf_checks=True).post(page).content.decode()

    assert f'<li><a href="{again}">' in told


def test_what_met_a_fault_of_ours_is_sent_again_with_one_press(cast, client, monkeypatch):
    def away(*_arguments: Any, **_keywords: Any) -> None:
        raise OperationalError("database is locked")

    fields = {"text": 'Tôi "vừa" chuyển tiền', "sent": "no", "nonce": "n" * 24}
    with monkeypatch.context() as patch:
        patch.setattr("keng.desk.fraud.reports.actions.receive", away)
        reply = client.post("/bao/gui/", fields)

    page = reply.content.decode()
    assert reply.status_code == 503
    assert '<form method="post" action="/bao/gui/"' in page
    held = {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    }
    assert {name: held[name] for name in fields} == fields
    assert client.post("/bao/gui/", held).headers["Location"].endswith("/bien-nhan/")


def test_a_form_with_its_token_passes(cast):
    client = Client(enforce_csrf_checks=True)
    client.get("/")

    token = client.cookies["csrftoken"].value
    assert client.post("/bao/", {"text": "Có người gọi", "sent": "no", "csrfmiddlewaretoken": token}).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("vi", "Không có trang này."), ("en", "There is no such page.")])
@pytest.mark.parametrize("page", ["/nowhere/", "/ban/nowhere/"])
def test_an_address_that_leads_nowhere_is_told(cast, client, page, language, words):
    reply = client.get(f"{page}?lang={language}")

    assert reply.status_code == 404
    assert words in reply.content.decode()


FAULT = {"vi": "Kẻng gặp lỗi.", "en": "Kẻng met a fault"}
AWAY = {"vi": "Cơ sở dữ liệu đang bận hoặc tạm ngừng", "en": "The database is busy or away"}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(RuntimeError, 500, FAULT), (DataError, 500, FAULT), (OperationalError, 503, AWAY), (InterfaceError, 503, AWAY)],
)
@pytest.mark.parametrize(
    ("page", "broken"), [("/", "keng.doors.public.pages.render"), ("/ban/", "keng.doors.officers.lists.show")]
)
def test_a_fault_of_ours_is_told_and_its_cause_is_not(cast, monkeypatch, page, broken, error, status, words, language):
    def fail(*_arguments: Any, **_keywords: Any) -> None:
        raise error("0912345678")

    client = Client(raise_request_exception=False)
    client.force_login(cast.first)
    monkeypatch.setattr(broken, fail)

    reply = client.get(f"{page}?lang={language}")

    assert reply.status_code == status
    assert words[language] in reply.content.decode()
    assert ("Retry-After" in reply.headers) == (status == 503)
    assert "0912345678" not in reply.content.decode()
    check_headers(reply)


def test_a_fault_is_told_even_while_the_database_is_away(cast, monkeypatch):
    def away(*_arguments: Any, **_keywords: Any) -> None:
        raise OperationalError("away")

    client = Client(raise_request_exception=False)
    client.force_login(cast.first)
    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
        reply = client.get("/ban/")

    assert reply.status_code == 503
    assert AWAY["vi"] in reply.content.decode()


def test_a_page_whose_session_cannot_be_saved_is_told_to_come_again(cast, monkeypatch):
    def away(*_arguments: Any, **_keywords: Any) -> None:
        raise OperationalError("away")

    client = Client(raise_request_exception=False)
    client.force_login(cast.first)
    monkeypatch.setattr("django.contrib.sessions.base_session.AbstractBaseSession.save", away)

    reply = client.post("/ban/bao-cao/" + cast.report().report.code + "/dong/", {"reason": "nhầm"})

    assert reply.status_code == 503
    assert AWAY["vi"] in reply.content.decode()


def test_a_report_while_the_database_is_away_is_told_to_come_again(cast, monkeypatch):
    def away(*_arguments: Any, **_keywords: Any) -> None:
        raise OperationalError("away")

    client = Client(raise_request_exception=False)
    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
        reply = client.post("/api/v1/reports", cast.body(), content_type="application/json")

    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "database_away")
    assert reply.headers["Retry-After"] == "2"


def test_a_fault_of_the_api_is_told_as_its_errors_are(cast, client):
    reply = client.get("/api/v1/nowhere")

    assert reply.status_code == 404
    assert set(reply.json()["error"]) == {"code", "vi", "en", "field"}
