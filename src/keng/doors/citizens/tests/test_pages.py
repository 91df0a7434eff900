"""A citizen's own page: what they attached, who looked, and nothing of anybody else's."""

from __future__ import annotations

import pytest
from django.test import Client

from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.reports import actions as reports
from keng.desk.ground.citizens.models import Kept, Stay

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
PAGES = {
    "/cua-toi/": {"get": (200, 200)},
    "/cua-toi/vao/": {"get": (302, 302)},
    "/cua-toi/ve/": {"get": (403, 403)},
    "/cua-toi/ra/": {"post": (302, 302)},
    "/cua-toi/gan/": {"post": (403, 422)},
    "/cua-toi/go/": {"post": (403, 422)},
}  # for nobody and for a citizen who signed in; what is not listed is 405


@pytest.mark.parametrize("is_in", [False, True])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_takes_what_it_takes_and_is_kept_by_no_cache(sign_in, provider, page, method, is_in):
    client = sign_in()[0] if is_in else Client()

    reply = getattr(client, method)(page)

    asked = "get" if method == "head" else method
    assert reply.status_code == PAGES[page].get(asked, (405, 405))[is_in]
    if reply.status_code != 405:
        assert "no-store" in reply.headers["Cache-Control"]


@pytest.fixture
def mine(sign_in):
    return sign_in()[0]


def page_of(client: Client, language: str = "vi") -> str:
    reply = client.get(f"/cua-toi/?lang={language}")
    assert reply.status_code == 200
    return reply.content.decode()


def test_an_attached_report_is_there_with_its_story_and_who_looked(cast, mine):
    report = cast.report()
    reports.look(cast.first, report.report.pk, "triage", cast.keys, now=cast.clock.at)
    cast.hold(report)

    assert mine.post("/cua-toi/gan/", {"code": report.receipt.lower()}).status_code == 302

    page = page_of(mine)
    assert report.report.code in page
    assert "Cán bộ trực, Trung tâm: Xem để quyết định giữ tiền" in page
    assert "Đã yêu cầu" in page
    assert report.receipt not in page
    assert "Mot" not in page  # officers are posts, not names
    assert "An officer on duty" in page_of(mine, "en")


def test_an_attached_appeal_is_there_with_its_state(cast, mine):
    measure = cast.hold()
    receipt = appeals.lodge(measure.code, "Tiền bán xe.", cast.keys, now=cast.clock.at)
    mine.post("/cua-toi/gan/", {"code": receipt})

    page = page_of(mine)
    assert measure.code in page
    assert "Tiền bán xe." in page
    assert "Đang chờ quyết định" in page


def test_attaching_twice_is_once_and_what_is_detached_is_gone(cast, mine, entries):
    report = cast.report()
    for _ in range(2):
        mine.post("/cua-toi/gan/", {"code": report.receipt})
    assert Kept.objects.count() == 1

    assert mine.post("/cua-toi/go/", {"subject": report.report.subject}).status_code == 302

    assert report.report.code not in page_of(mine)
    assert [verb for verb in entries(report.report.subject) if verb.startswith("citizens.")] == [
        "citizens.keep", "citizens.let_go",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "x", "' OR 1=1", "🔔", "a" * 41, ""])
def test_a_receipt_that_is_none_attaches_nothing_and_is_told(mine, code):
    reply = mine.post("/cua-toi/gan/", {"code": code})

    assert reply.status_code == 422
    assert not Kept.objects.exists()
    assert 'id="id_code_error"' in reply.content.decode()


def test_nobody_sees_or_detaches_what_another_attached(cast, sign_in, provider, mine):
    report = cast.report()
    mine.post("/cua-toi/gan/", {"code": report.receipt})
    provider.codes, provider.claims = ["code-1"], {"sub": "khác"}
    other = sign_in()[0]

    assert report.report.code not in page_of(other)
    assert other.post("/cua-toi/go/", {"subject": report.report.subject}).status_code == 422
    assert Kept.objects.count() == 1


def test_a_report_needs_no_sign_in(cast):
    report = cast.report()

    assert Client().get(f"/theo-doi/{report.receipt}/").status_code == 200
    assert not Stay.objects.exists()


def test_who_signs_out_is_out(mine):
    mine.post("/cua-toi/ra/")

    assert "Đăng nhập" in page_of(mine)
    assert Stay.objects.get().ended_at is not None


def test_a_citizens_session_ends_after_an_hour(cast, mine):
    cast.clock.pass_by(minutes=59)
    assert "Đăng xuất" in page_of(mine)
    cast.clock.pass_by(minutes=1)

    assert "Đăng xuất" not in page_of(mine)
    assert mine.post("/cua-toi/gan/", {"code": cast.report().receipt}).status_code == 403


def test_a_citizen_is_no_officer_and_an_officer_no_citizen(cast, mine):
    assert mine.get("/ban/").status_code == 403
    officer = Client()
    officer.force_login(cast.first)
    assert "Đăng xuất" not in page_of(officer)


def test_whose_number_is_vouched_for_reads_who_asked_about_them(cast, provider, sign_in, stored_bytes):
    """And nobody else does; the number itself is kept nowhere."""
    from keng.desk.ground.citizens import persons
    from keng.desk.ground.ledger import actions as ledger

    number = "001200012345"
    person = persons.pseudonym(persons.pseudonym_key(cast.keys, cast.clock.at), number)
    ledger.record(
        actor="partner:970436", verb="registers.ask", subject="partner:970436", about=persons.about(person),
        data={"rule": "account.open.tt17-2024.d17", "answer": "partly"}, at=cast.clock.at,
    )  # fmt: skip
    provider.codes = ["code-1", "code-2", "code-3"]
    stranger = page_of(sign_in()[0])
    assert "Ai đã hỏi" not in stranger and "Vietcombank" not in stranger

    provider.claims = {"citizen_id": number, "jti": "another"}
    told = page_of(sign_in(code="code-2")[0])

    assert "Vietcombank" in told and "khớp một phần" in told
    assert number.encode() not in stored_bytes()
    provider.claims = {"citizen_id": "' OR 1=1 --", "jti": "a third", "sub": "somebody else"}
    assert "Ai đã hỏi" not in page_of(sign_in(code="code-3")[0])
