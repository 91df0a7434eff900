"""An appeal carries what a provider vouches for of its writer: as long as they are signed in, in this browser, and no further."""

from __future__ import annotations

import pytest
from django.test import Client

from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals.models import Appeal
from keng.doors.citizens.tests.provider import ISSUER

VOUCHED = f"Đã đăng nhập định danh: {ISSUER}, mức 2, giao dịch tx-1"
UNPROVEN = "Chưa chứng minh là người bị ảnh hưởng"
TEXT = "Đây là tiền bán xe."


@pytest.fixture
def measure(cast):
    return cast.hold()


def write(browser: Client, measure) -> str:
    reply = browser.post(f"/khieu-nai/{measure.code}/", {"text": TEXT})
    assert reply.status_code == 302, reply.content.decode()
    return reply.headers["Location"]


def page_of_the_officer(cast, measure) -> str:
    browser = Client()
    browser.force_login(cast.second)
    return browser.get(f"/ban/bao-cao/{measure.report.code}/").content.decode()


def nothing(browser, clock):
    return browser


def an_hour_passes(browser, clock):
    clock.pass_by(hours=1)
    return browser


def signs_out(browser, clock):
    browser.post("/cua-toi/ra/")
    return browser


def another_writes(browser, clock):
    return Client()


@pytest.mark.parametrize(
    ("between", "proof", "said"),
    [
        (nothing, "sign_in", VOUCHED),
        (an_hour_passes, "none", UNPROVEN),
        (signs_out, "none", UNPROVEN),
        (another_writes, "none", UNPROVEN),
    ],
)
def test_an_appeal_carries_the_sign_in_of_its_writer(cast, measure, sign_in, between, proof, said):
    browser = between(sign_in()[0], cast.clock)

    write(browser, measure)

    assert Appeal.objects.get().proof == proof
    shown = page_of_the_officer(cast, measure)
    assert [words in shown for words in (VOUCHED, UNPROVEN)] == [said is VOUCHED, said is UNPROVEN]


def test_a_sign_in_that_vouches_for_nothing_proves_nothing(measure, sign_in, provider):
    provider.claims = {"acr": "self-asserted"}
    write(sign_in()[0], measure)

    assert Appeal.objects.get().proof == "none"


def test_an_appeal_brought_once_more_carries_the_sign_in_of_that_time(cast, measure, sign_in):
    answer = write(Client(), measure)
    refused = Appeal.objects.get()
    decision = {"grant": False, "reason": "không có giấy tờ", "now": cast.clock.pass_by(minutes=1)}
    appeals.decide(cast.second, refused.pk, **decision)

    reply = sign_in()[0].post(f"{answer}lan-nua/", {"text": TEXT})

    assert reply.status_code == 302
    again = Appeal.objects.get(again_of=refused)
    assert (again.proof, again.proof_level, again.proof_at) == ("sign_in", "2", cast.clock.at)


def test_who_signs_in_for_an_appeal_comes_back_to_it(measure, provider):
    browser, page = Client(), f"/khieu-nai/{measure.code}/"
    offered = browser.get(page).content.decode()
    assert "Đăng nhập định danh trước khi viết" in offered

    provider.note(browser.get("/cua-toi/vao/", {"next": page}).headers["Location"])
    back = browser.get("/cua-toi/ve/", {"code": "code-1", "state": provider.asked["state"]})

    assert back.headers["Location"] == page
    assert "Bạn đã đăng nhập định danh" in browser.get(page).content.decode()


@pytest.mark.parametrize(
    "wanted", ["https://example.net/khieu-nai/", "//example.net/khieu-nai/", "/ban/", "khieu-nai/", ""]
)
def test_signing_in_leads_to_no_place_of_others(db, provider, wanted):
    browser = Client()
    provider.note(browser.get("/cua-toi/vao/", {"next": wanted}).headers["Location"])

    back = browser.get("/cua-toi/ve/", {"code": "code-1", "state": provider.asked["state"]})

    assert back.headers["Location"] == "/cua-toi/"
