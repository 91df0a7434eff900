"""The gate over HTTP: open in ordinary times, a challenge or a page that keeps everything beyond, never a closed door."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver

from keng.base.confined.tests.made import png
from keng.base.webhooks import sign
from keng.conftest import SCAM
from keng.desk.fraud.reports.models import Lane, Message, Picture, Report
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.gate import sources, work
from keng.desk.ground.gate.budgets import Budgets
from keng.doors.gate.routes import ROUTES
from keng.vietnam import rules

STRANGER, OTHER = "203.0.113.5", "198.51.100.9"
# What stands open: each either gives out nothing that is stored and takes nothing in, or knows its caller by signature.
OPEN = {
    "public:home",
    "public:start",
    "public:gate",
    "api:requests_list",
    "api:requests_sheet",
    "api:request_answer",
    "api:chat_answer",
    "api:registers_list",
    "api:register_open",
    "api:register_read",
    "api:register_part",
    "api:register_finish",
    "api:register_abandon",
    "api:register_results",
    "api:register_records",
    "api:holder_ask",
    "api:orders_list",
    "api:order_answer",
    "api:records_correct",
    "api:device_change",
    "api:openapi-json",
    "api:api-root",
}


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    counts = Budgets(gate.WINDOW)
    monkeypatch.setattr(gate, "budgets", lambda: counts)
    for kept in (gate._spent_here, gate._slots, sources._kept):
        kept.clear()
    return counts


@pytest.fixture
def strict(monkeypatch, clock):
    """Budgets that two callers use up."""
    real = rules.limit

    def limit(code, day):
        row = real(code, day)
        levels = {"source": 2, "net": 50, "all": 1000}
        if code.startswith("gate.") and code.rpartition(".")[2] in levels:
            return replace(row, value=levels[code.rpartition(".")[2]])
        return row

    monkeypatch.setattr(rules, "limit", limit)


def report(client, body, *, at=STRANGER, **headers):
    data = json.dumps(body).encode()
    headers = {"X-Forwarded-For": at, **headers}
    return client.post("/api/v1/reports", data, content_type="application/json", headers=headers)


def use_up(client, cast, at=STRANGER):
    for number in range(2):
        assert report(client, cast.body(text=f"{SCAM} {number}"), at=at).status_code == 201


def form(**changes):
    return {"text": SCAM, "sent": "no", "nonce": "n" * 24, **changes}


def send(client, at=STRANGER, proof="", **changes):
    return client.post(f"/bao/gui/{proof}", form(**changes), headers={"X-Forwarded-For": at})


def names_of(patterns, space=""):
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from names_of(one.url_patterns, one.namespace or space)
        elif isinstance(one, URLPattern) and one.name:
            yield f"{space}:{one.name}"


def test_every_public_address_is_behind_the_gate_or_said_to_be_open(db):
    public = {name for name in names_of(get_resolver().url_patterns) if name.startswith(("public:", "api:"))}

    assert public - {name for name, _method in ROUTES} == OPEN
    assert {name for name, _method in ROUTES} <= public


def test_a_machine_is_told_in_both_languages_what_to_solve_and_is_let_in(client, cast, strict):
    use_up(client, cast)

    asked = report(client, cast.body())
    error = asked.json()["error"]

    assert (asked.status_code, error["code"], set(error)) == (428, "work_asked", {"code", "vi", "en", "field"})
    assert (
        int(asked.headers["Keng-Bits"]) == 12
        and asked.headers["Retry-After"]
        and "no-store" in asked.headers["Cache-Control"]
    )
    proof = work.solve(asked.headers["Keng-Challenge"])
    assert report(client, cast.body(), **{"Keng-Proof": proof}).status_code == 201
    again = report(client, cast.body(), **{"Keng-Proof": proof})
    assert (again.status_code, again.json()["error"]["code"]) == (428, "proof_replayed")


@pytest.mark.parametrize("proof", ["x", "x.1", "A" * 34 + ".1", "%00", "9" * 5000])
def test_a_forged_proof_is_told_so_and_a_new_challenge_given(client, cast, strict, proof):
    use_up(client, cast)

    reply = report(client, cast.body(), **{"Keng-Proof": proof})

    assert reply.status_code == 428
    assert reply.json()["error"]["code"] in ("proof_forged", "proof_unsolved")
    assert reply.headers["Keng-Challenge"]


def test_before_the_work_is_done_nothing_is_parsed_and_the_database_is_not_asked(
    client, cast, strict, django_assert_num_queries
):
    use_up(client, cast)

    with django_assert_num_queries(0):
        reply = client.post(
            "/api/v1/reports", b"[" * 100_000, content_type="application/json", headers={"X-Forwarded-For": STRANGER}
        )

    assert reply.status_code == 428


def test_other_sources_are_not_asked(client, cast, strict):
    use_up(client, cast)

    assert report(client, cast.body(), at=OTHER).status_code == 201


def test_a_strangers_forwarded_header_gains_nothing(client, cast, strict, settings):
    settings.KENG_PROXIES, settings.KENG_NEIGHBOURS = (), ()
    for number in range(2):
        assert report(client, cast.body(), at=f"198.51.100.{number}").status_code == 201

    assert report(client, cast.body(), at="198.51.100.77").status_code == 428


def test_a_partners_signature_is_an_exemption_and_a_false_one_is_not(client, cast, strict):
    use_up(client, cast)
    body = json.dumps(cast.body()).encode()
    secret = cast.keys.partner_secrets("970436", cast.clock.at)[0]
    signed = {"keng-partner": "970436", **sign(secret, "msg-1", cast.clock.at, body)}
    false = {**signed, "webhook-signature": "v1,AAAA"}

    def post(headers):
        headers = {"X-Forwarded-For": STRANGER, **headers}
        return client.post("/api/v1/reports", body, content_type="application/json", headers=headers).status_code

    assert post(false) == 428
    assert post(signed) == 201


def test_our_own_machines_are_not_counted(client, cast, strict):
    for _ in range(10):
        reply = client.post("/api/v1/reports", json.dumps(cast.body()), content_type="application/json")
        assert reply.status_code == 201
    assert not Report.objects.exclude(source=None).exists()


def test_a_form_without_a_script_is_taken_whole_and_read_later(client, cast, strict):
    use_up(client, cast)

    assert send(client).status_code == 302

    row = Report.objects.latest("received_at", "pk")
    assert row.lane == Lane.LATER
    assert unlock(row, cast.keys).text() == SCAM


def test_beyond_that_a_page_keeps_every_word_and_lets_it_through_after_a_wait(client, cast, strict):
    use_up(client, cast)
    for number in range(2):
        send(client, nonce=f"{number}" * 24)
    text = 'Họ nói: "đừng kể <ai>" & dặn\n\ngiữ máy'
    count = Report.objects.count()

    page = send(client, text=text)

    told = unescape(page.content.decode())
    assert page.status_code == 429 and Report.objects.count() == count
    assert f'name="text" value="{text}"' in told
    assert "chặn" not in told and "Kẻng chưa làm được" not in told
    again = re.search(r'action="/bao/gui/(\?proof=[^"]+)"', told)[1]
    assert send(client, text=text, proof=again).status_code == 429
    cast.clock.pass_by(seconds=int(page.headers["Retry-After"]) + 10)
    assert send(client, text=text, proof=again).status_code == 302
    assert unlock(Report.objects.latest("received_at", "pk"), cast.keys).text().replace("\r", "") == text


def test_the_work_of_a_script_goes_along_with_the_form(client, cast, strict):
    use_up(client, cast)
    asked = client.get("/cong/report/", headers={"X-Forwarded-For": STRANGER}).json()

    assert send(client, proof=f"?proof={work.solve(asked['challenge'])}").status_code == 302

    assert Report.objects.latest("received_at", "pk").lane == Lane.NORMAL


def test_a_script_asks_and_mostly_hears_that_nothing_is_wanted(client, db):
    for purpose in ("report", "lookup", "message", "appeal", "picture"):
        assert client.get(f"/cong/{purpose}/", headers={"X-Forwarded-For": STRANGER}).json() == {"bits": 0}
    assert client.get("/cong/nothing/").status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
def test_guessing_receipts_becomes_work_and_an_own_receipt_still_opens(client, cast, strict, language):
    mine = cast.report().receipt
    here = {"X-Forwarded-For": STRANGER}
    for number in range(2):
        assert client.get(f"/theo-doi/0000-0000-0000-000{number}/", headers=here).status_code == 404

    page = client.get(f"/theo-doi/{mine}/?lang={language}", headers=here)

    assert page.status_code == 429
    seconds, _, url = page.headers["Refresh"].partition("; url=")
    cast.clock.pass_by(seconds=int(seconds))
    assert client.get(url, headers=here).status_code == 200
    assert client.get(f"/theo-doi/{mine}/", headers={"X-Forwarded-For": OTHER}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/theo-doi/?code=0000-0000-0000-0000", "/theo-doi/0000-0000-0000-0000/moi/", "/theo-doi/0000-0000-0000-0000/bien-nhan/",
     "/khieu-nai/tra-loi/0000-0000-0000-0000/", "/khieu-nai/BP-0000000/", "/api/v1/reports/0000-0000-0000-0000"],
)  # fmt: skip
def test_every_way_to_guess_is_counted_together(client, cast, strict, path):
    here = {"X-Forwarded-For": STRANGER}
    for _ in range(2):
        assert client.get(path, headers=here).status_code == 404

    assert client.get(path, headers=here).status_code in (428, 429)
    assert client.get("/theo-doi/1111-1111-1111-1111/", headers=here).status_code == 429


def test_following_an_own_report_costs_nothing_however_often(client, cast, strict):
    mine = cast.report().receipt
    for _ in range(30):
        reply = client.get(f"/theo-doi/{mine}/moi/", headers={"X-Forwarded-For": STRANGER})
        assert reply.status_code == 200


def test_messages_are_budgeted_and_bounded(client, cast, strict):
    mine = cast.report().receipt
    statuses = [
        client.post(f"/theo-doi/{mine}/viet/", {"text": "a"}, headers={"X-Forwarded-For": STRANGER}).status_code
        for _ in range(3)
    ]
    assert statuses == [302, 302, 429]

    most = rules.limit("reports.messages", cast.clock.at.date()).value
    for _ in range(most - 2):
        assert client.post(f"/theo-doi/{mine}/viet/", {"text": "a"}).status_code == 302
    page = client.post(f"/theo-doi/{mine}/viet/", {"text": "một tin nữa"})

    assert page.status_code == 409
    assert "một tin nữa" in page.content.decode()
    assert Message.objects.count() == most


def test_pictures_come_by_form_and_by_machine_and_never_back(client, cast, strict):
    mine = cast.report().receipt
    files = [ContentFile(png((number, 0, 0)), f"{number}.png") for number in range(2)]

    assert client.post(f"/theo-doi/{mine}/anh/", {"picture": files}).status_code == 302
    reply = client.post(f"/api/v1/reports/{mine}/pictures", {"picture": ContentFile(png(), "c.png")})

    assert reply.status_code == 201, reply.content
    assert [one["number"] for one in reply.json()["pictures"]] == [1, 2, 3]
    for path in (f"/theo-doi/{mine}/", f"/theo-doi/{mine}/bien-nhan/", f"/api/v1/reports/{mine}"):
        body = client.get(path).content
        assert b"\x89PNG" not in body and b"<img" not in body and b"base64" not in body
    full = client.post(f"/theo-doi/{mine}/anh/", {"picture": ContentFile(png((9, 9, 9)), "d.png")})
    assert full.status_code == 409 and "đủ 3 ảnh" in full.content.decode()


@pytest.mark.parametrize(
    ("files", "status", "words"),
    [
        ({}, 422, "Bạn chưa chọn ảnh nào"),
        ({"picture": ContentFile(b"\0\0\0\x18ftypheic", "a.heic")}, 415, "HEIC"),
        ({"picture": ContentFile(b"MZ", "a.png")}, 415, "không phải ảnh"),
        ({"picture": ContentFile(b"\xff\xd8\xff" + bytes(5 * 2**20), "a.jpg")}, 413, "5 MB"),
    ],
)
def test_a_picture_that_cannot_be_taken_is_told_on_the_page(client, cast, files, status, words):
    mine = cast.report().receipt

    page = client.post(f"/theo-doi/{mine}/anh/", files)

    assert page.status_code == status
    assert words in page.content.decode()
    assert not Picture.objects.exists()


def test_over_budget_a_picture_is_asked_for_again_and_the_report_is_safe(client, cast, strict):
    mine = cast.report().receipt
    here = {"X-Forwarded-For": STRANGER}

    def add(address):
        return client.post(address, {"picture": ContentFile(png(), "a.png")}, headers=here)

    for _ in range(2):
        add(f"/theo-doi/{mine}/anh/")
    page = add(f"/theo-doi/{mine}/anh/")

    assert page.status_code == 429
    again = unescape(re.search(r'action="([^"]+anh/[^"]+)"', page.content.decode())[1])
    cast.clock.pass_by(seconds=int(page.headers["Retry-After"]))
    assert add(again).status_code == 302


def test_a_picture_for_an_officer_is_drawn_anew_and_harmless(client, cast):
    from keng.desk.fraud.reports import pictures

    mine = cast.report()
    pictures.attach(mine.receipt, png() + b"<script>alert(1)</script>", cast.keys, now=cast.clock.at)
    pictures.read(pictures.claim(now=cast.clock.at), cast.keys, now=cast.clock.at)
    client.force_login(cast.first)

    page = client.get(f"/ban/bao-cao/{mine.report.code}/").content.decode()
    url = unescape(re.search(r'<img src="([^"]+)"', page)[1])
    reply = client.get(url)

    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "image/webp")
    assert reply.content.startswith(b"RIFF") and b"<script>" not in reply.content
    assert reply.headers["Content-Disposition"].startswith("inline; filename=")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    policy = reply.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "script-src" not in policy
    assert client.get(url.partition("?")[0]).status_code == 422
