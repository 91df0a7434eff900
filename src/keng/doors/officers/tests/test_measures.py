"""The pages of measures: proposing what a report names, one measure with its two persons, the board, renewals, wrong ones."""

from __future__ import annotations

import html
import re

import pytest

from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.measures import actions
from keng.desk.fraud.measures.models import Measure, Renewal
from keng.desk.ground.partners.actions import enrol

CARRIERS = ("carrier:viettel", "carrier:vinaphone", "carrier:mobifone")
ASKED = {"object": "phone|+84912345678", "basis": "fraud.number.nd163-2024", "reason": "số gọi lừa nhiều người"}


def page_of(reply):
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.fixture
def carriers(cast):
    for code in CARRIERS:
        enrol(code, code.partition(":")[2].title(), "http://127.0.0.1:9/keng", now=cast.clock.at)


@pytest.fixture
def report(cast, carriers):
    return cast.report().report


@pytest.fixture
def block(cast, enter, report):
    enter(cast.first).post(f"/ban/bao-cao/{report.code}/de-nghi/block_number/", ASKED)
    return Measure.objects.get()


def test_a_report_offers_the_kinds_that_fit_what_it_names(cast, enter, report):
    page = page_of(enter(cast.first).get(f"/ban/bao-cao/{report.code}/"))

    offered = [kind for kind in ("restrict_account", "block_number", "block_sender", "suspend_domain", "take_down_page",
                                 "preserve_data") if f'id="propose-{kind}"' in page]  # fmt: skip
    assert offered == ["restrict_account", "block_number", "suspend_domain", "take_down_page", "preserve_data"]


def test_a_block_is_proposed_approved_and_goes_to_every_carrier(cast, enter, block):
    assert block.state == "proposed"
    page = page_of(enter(cast.second).get(f"/ban/lenh/{block.code}/"))
    assert 'data-key="c"' in page

    reply = enter(cast.second).post(f"/ban/lenh/{block.code}/xac-nhan/", {"back": "measure"}, follow=True)

    assert reply.redirect_chain == [(f"/ban/lenh/{block.code}/", 302)]
    page = page_of(reply)
    for name in ("Viettel", "Vinaphone", "Mobifone", "Đang thực hiện ở 0/3 nơi", "SHA-256", "Mot", "Hai"):
        assert name in page


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 302),
        ({"object": "phone|+84987654321"}, 422),
        ({"basis": "fraud.sender.nd163-2024"}, 422),
        ({"reason": ""}, 422),
    ],
)
def test_a_proposal_is_for_what_the_report_names(cast, enter, report, changes, status):
    reply = enter(cast.first).post(f"/ban/bao-cao/{report.code}/de-nghi/block_number/", {**ASKED, **changes})

    assert reply.status_code == status
    assert Measure.objects.exists() is (status == 302)


@pytest.mark.parametrize("kind", ["hold_funds", "sing", ""])
def test_what_is_no_kind_of_measure_is_not_found(cast, enter, report, kind):
    assert enter(cast.first).post(f"/ban/bao-cao/{report.code}/de-nghi/{kind}/", ASKED).status_code == 404


def test_a_restriction_needs_its_document_on_the_form(cast, enter, report):
    asked = {
        "object": "account|970436:0071000123456",
        "basis": "fraud.restrict.nd52-2024.d11",
        "reason": "tòa quyết định",
    }
    client, url = enter(cast.first), f"/ban/bao-cao/{report.code}/de-nghi/restrict_account/"
    assert client.post(url, asked).status_code == 422

    document = {"document_number": "12/QĐ", "document_date": "2026-11-20", "document_body": "Tòa án"}
    assert client.post(url, {**asked, **document}).status_code == 302
    assert Measure.objects.get().document_number == "12/QĐ"


def test_data_is_kept_by_those_who_were_chosen(cast, enter, report):
    asked = {**ASKED, "basis": "fraud.preserve.l116-2025", "scope": ["traffic"], "partners": ["carrier:viettel"]}
    enter(cast.first).post(f"/ban/bao-cao/{report.code}/de-nghi/preserve_data/", asked)

    assert Measure.objects.get().chosen_partners == "carrier:viettel"


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", True),
        ("?kind=block_number", True),
        ("?kind=hold_funds", False),
        ("?state=in_force", True),
        ("?state=over", False),
        ("?state=wrong", False),
        ("?partner=carrier:viettel", True),
        ("?partner=970436", False),
        ("?kind=%27OR1&state=x", True),
    ],
)
def test_the_board_is_filtered(cast, enter, block, query, there):
    actions.approve(cast.second, block.pk, now=cast.clock.at)

    assert (f"/ban/lenh/{block.code}/" in page_of(enter(cast.auditor).get(f"/ban/lenh/{query}"))) is there


@pytest.mark.parametrize(("query", "there"), [("", True), ("?kind=block_number", True), ("?kind=hold_funds", False)])
def test_the_board_stays_fresh_as_it_is_filtered(cast, enter, block, query, there):
    client = enter(cast.auditor)
    found = re.search('data-live="([^"]+)"', page_of(client.get(f"/ban/lenh/{query}")))
    assert found is not None
    actions.approve(cast.second, block.pk, now=cast.clock.at)

    part = page_of(client.get(html.unescape(found[1])))

    assert (f"/ban/lenh/{block.code}/" in part) is there
    assert ("Chờ người thứ hai" in part, "<form" in part) == (False, False)


def test_after_its_end_no_page_shows_it_in_force(cast, enter, block):
    active = actions.approve(cast.second, block.pk, now=cast.clock.at)
    client = enter(cast.first)
    assert "Đang thực hiện ở" in page_of(client.get(f"/ban/lenh/{block.code}/"))

    cast.clock.at = active.ends_at
    client = enter(cast.first)  # the session has ended too

    page = page_of(client.get(f"/ban/lenh/{block.code}/"))
    assert "Đang thực hiện ở" not in page
    assert "Đã hết hiệu lực" in page
    assert 'data-key="u"' not in page
    assert block.code not in page_of(client.get("/ban/lenh/?state=in_force"))


def test_a_renewal_is_proposed_and_approved_by_the_pages(cast, enter, block):
    old = actions.approve(cast.second, block.pk, now=cast.clock.at).ends_at
    enter(cast.first).post(f"/ban/lenh/{block.code}/gia-han/", {"reason": "thêm ba báo cáo"})
    renewal = Renewal.objects.get()
    own, others = (page_of(enter(one).get(f"/ban/lenh/{block.code}/")) for one in (cast.first, cast.second))
    assert ('data-key="y"' in own, 'data-key="y"' in others) == (False, True)

    enter(cast.second).post(f"/ban/lenh/gia-han/{renewal.pk}/duyet/")

    assert Measure.objects.get().ends_at > old


def test_a_lift_with_its_class_is_counted_on_the_page_of_wrongful_ones(cast, enter, block):
    actions.approve(cast.second, block.pk, now=cast.clock.at)
    cast.clock.pass_by(hours=3)
    enter(cast.first).post(f"/ban/lenh/{block.code}/thoi-giu/", {"reason": "nhầm số", "wrong": "wrong_object"})

    page = page_of(enter(cast.auditor).get("/ban/lenh/sai/"))

    assert "Nhầm đối tượng: 1" in page
    assert "3.0" in page or "3,0" in page
    assert block.object_value not in page


def test_the_decider_sees_whether_the_writer_proved_who_they_are(desk, enter):
    page = f"/ban/bao-cao/{desk.held.report.code}/"
    assert "Chưa chứng minh là người bị ảnh hưởng" in page_of(enter(desk.cast.second).get(page))

    enter(desk.cast.second).post(
        f"/ban/khieu-nai/{desk.appeal.pk}/xac-nhan/", {"partner": "970436", "reference": "VCB-5"}
    )

    assert "Vietcombank xác nhận, số VCB-5" in page_of(enter(desk.cast.second).get(page))
    assert Appeal.objects.get().proof == "partner"


def test_an_auditor_reads_a_measure_and_has_no_buttons(cast, enter, block):
    actions.approve(cast.second, block.pk, now=cast.clock.at)

    page = page_of(enter(cast.auditor).get(f"/ban/lenh/{block.code}/"))

    assert block.code in page
    for control in ('data-key="u"', 'data-key="e"', 'data-key="c"'):
        assert control not in page
