"""From a look to a measure: the finding's page, forms filled in from it, what the measure's page and a second officer see."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from keng.conftest import MULE
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.signs import actions
from keng.desk.fraud.signs.models import Evidence, Switch
from keng.desk.fraud.signs.tests.test_signs import VERSION, keep, make_live

LOOK = {"account": MULE, "purpose": "xét đề nghị lệnh"}
PRESERVE = {"object": f"account|{MULE}", "basis": "fraud.preserve.l116-2025", "scope": "transactions"}
SAID = {"vi": "Nhận từ 41 tài khoản (S3).", "en": "From 41 accounts."}


@pytest.fixture
def found(cast):
    make_live(cast)
    keep(cast, "b" * 64)
    return Evidence.objects.get(subject=MULE).pk


def look(client, language="vi") -> str:
    reply = client.post(reverse("officers:look_signs") + f"?lang={language}", LOOK)
    assert reply.status_code == 200
    return reply.content.decode()


def address(found, code="") -> str:
    return reverse("officers:sign_finding", args=[found]) + (f"?bao-cao={code}" if code else "")


def post(client, found, report, kind="preserve_data", **changes):
    url = reverse("officers:propose_on_finding", args=[found, report.code, kind])
    return client.post(url, {**PRESERVE, "reason": "theo dấu hiệu S3", **changes})


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_look_leads_to_the_finding_and_to_forms_filled_in_from_it(cast, enter, found, language):
    report = cast.report().report
    client = enter(cast.first)
    assert address(found) in look(client, language)
    shown = client.get(address(found), {"lang": language}).content.decode()

    assert SAID[language] in shown
    assert SAID["en" if language == "vi" else "vi"] not in shown
    assert VERSION["S3"] in shown
    assert "20/11/2026" in shown
    assert MULE in shown
    assert "b" * 64 in shown
    assert report.code in shown
    kinds = re.findall(r'id="propose-(\w+)"', shown)
    assert kinds == ["hold_funds", "preserve_data"]
    for reason in re.findall(r'name="reason" value="([^"]*)"', shown):
        assert SAID[language] in reason and "S3" in reason
    assert shown.count("fraud.preserve.l116-2025") == 1
    assert 'value="4.800.000"' in shown


def test_a_proposal_from_it_shows_what_it_rests_on_to_the_second_officer(cast, enter, found):
    report = cast.report().report
    client = enter(cast.first)
    look(client)
    reply = post(client, found, report)
    measure = Measure.objects.get()
    assert reply.status_code == 302
    assert reply.url == reverse("officers:measure", args=[measure.code])
    for page in (reply.url, reverse("officers:report", args=[report.code])):
        shown = enter(cast.second).get(page).content.decode()
        assert SAID["vi"] in shown
        assert VERSION["S3"] in shown
        assert "không còn được dùng" not in shown
        assert f"{measure.code}/xac-nhan/" in shown
    assert "dựa vào phát hiện" in enter(cast.auditor).get(reply.url).content.decode()
    actions.withdraw(cast.second, Switch.objects.get().pk, "chạm nhầm", now=cast.clock.at)
    shown = enter(cast.second).get(reply.url).content.decode()
    assert "không còn được dùng" in shown
    assert "Cần xem lại" in shown


def test_a_hold_is_proposed_and_not_sent(cast, enter, found):
    report = cast.report().report
    client = enter(cast.first)
    look(client)
    hold = {"account": MULE, "amount": "1.000.000", "basis": "fraud.hold.nd52-2024.d11"}
    assert post(client, found, report, "hold_funds", way="urgent", **hold).status_code == 302
    measure = Measure.objects.get()
    assert (measure.state, measure.urgent, measure.amount) == ("proposed", False, 1_000_000)


def test_a_form_with_a_fault_keeps_what_was_typed(cast, enter, found):
    report = cast.report().report
    client = enter(cast.first)
    look(client)
    reply = post(client, found, report, scope="", reason="lý do của tôi")
    assert reply.status_code == 422
    assert "lý do của tôi" in reply.content.decode()
    assert not Measure.objects.exists()


def test_kinds_that_no_finding_leads_to_are_not_there(cast, enter, found):
    report = cast.report().report
    client = enter(cast.first)
    look(client)
    for kind in ("restrict_account", "block_number", "x"):
        assert post(client, found, report, kind).status_code == 404


def test_without_a_report_that_names_it_there_is_no_form(cast, enter, found):
    client = enter(cast.first)
    look(client)
    shown = client.get(address(found)).content.decode()
    assert "Dấu hiệu một mình không đủ" in shown
    assert 'id="propose-' not in shown
    report = cast.report().report
    reports.close(cast.second, report.pk, "nhầm", now=cast.clock.at)
    assert 'id="propose-' not in client.get(address(found, report.code)).content.decode()


def test_one_of_several_reports_is_chosen_by_its_code(cast, enter, found):
    first, second = cast.report().report, cast.report().report
    client = enter(cast.first)
    look(client)
    for chosen, other in ((first, second), (second, first)):
        shown = client.get(address(found, chosen.code)).content.decode()
        assert f"{chosen.code}/preserve_data/" in shown
        assert f"?bao-cao={other.code}" in shown


@pytest.mark.parametrize(("language", "words"), [("vi", "Không có phát hiện này"), ("en", "There is no such finding")])
def test_who_did_not_look_is_told_as_if_there_were_none(cast, enter, found, language, words):
    report = cast.report().report
    client = enter(cast.second)
    for ident in (found, 10**9, 10**30):
        reply = client.get(address(ident), {"lang": language})
        assert reply.status_code == 404
        assert words in reply.content.decode()
        assert SAID[language] not in reply.content.decode()
        assert post(client, ident, report).status_code == 404
    assert not Measure.objects.exists()


def test_a_report_of_another_unit_is_none(country, enter):
    """Who looked at the account still files only on a report of theirs."""
    cast, ours, theirs = country.cast, country.ours, country.theirs
    make_live(cast)
    keep(cast, "b" * 64, rows=None)
    report = ours.received.report
    account = ours.measure.object_value
    run = Evidence.objects.get(subject=MULE).run
    row = Evidence.objects.create(
        run=run, sign="S3", version=VERSION["S3"], subject=account, vi="a", en="a", behind_total=1
    )
    for people, is_theirs in ((theirs.people, False), (ours.people, True)):
        officer = people["officer"]
        actions.look(officer, account, "xét", now=cast.clock.at)
        client = enter(officer)
        shown = client.get(address(row.pk, report.code)).content.decode()
        assert (f"/{report.code}/preserve_data/" in shown) is is_theirs
        reply = post(client, row.pk, report, object=f"account|{account}")
        assert reply.status_code == (302 if is_theirs else 404)


def test_its_queries_have_a_bound(cast, enter, found, django_assert_max_num_queries):
    for _ in range(8):
        cast.report()
    client = enter(cast.first)
    look(client)
    with django_assert_max_num_queries(30):
        client.get(address(found))
