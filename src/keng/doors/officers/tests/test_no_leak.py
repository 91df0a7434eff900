"""What stands in a sealed report never shows where nobody opened it, and nothing of one report in another."""

from __future__ import annotations

import pytest

from keng.doors.officers.tests.conftest import LINE
from keng.doors.officers.tests.test_access import address

CLOSED = [
    "erasures", "own_data", "queue", "queue_rows", "dead_letters", "ledger", "report_live", "enter", "measures", "measure",
    "measure_live", "measures_rows", "wrong_measures", "review", "review_rows", "review_place", "campaigns",
    "followups", "followups_rows", "followup_live", "incoming", "incoming_rows",
]  # fmt: skip


VALUES = {"0912345678", "0912 345 678", "vietcombank-xacthuc.example"}
"""What both reports name: a campaign shows it with its count, and nothing else of them."""


@pytest.fixture
def desk(lasting_desk):
    return lasting_desk


@pytest.mark.parametrize("role", ["first", "auditor"])
@pytest.mark.parametrize("name", ["campaign", "campaign_rows", "campaign_values"])
def test_a_campaign_shows_what_reports_share_and_no_word_of_any(desk, enter, name, role):
    page = enter(getattr(desk.cast, role)).get(address(name, desk)).content.decode()

    assert "Vietcombank thong bao" not in page
    assert {secret for secret in desk.secrets if secret in page} <= VALUES


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ["first", "second", "auditor", "operator"])
@pytest.mark.parametrize("name", CLOSED)
def test_a_page_that_opens_no_report_shows_nothing_of_one(desk, enter, name, role, language):
    page = enter(getattr(desk.cast, role)).get(f"{address(name, desk)}?lang={language}", follow=True).content.decode()

    assert [secret for secret in desk.secrets if secret in page] == []


def test_the_report_page_shows_the_text_and_never_the_receipt(desk, enter):
    page = enter(desk.cast.first).get(address("report", desk)).content.decode()

    assert "Vietcombank thong bao" in page
    assert LINE in page
    assert desk.held.receipt not in page


def test_the_page_of_one_report_shows_nothing_of_another(desk, enter):
    other = desk.cast.report(text="Chi Hoa oi chuyen cho em 3 trieu vao 0071000123456 nhe, em dang o vien 0987654321")
    page = enter(desk.cast.first).get(address("report", desk)).content.decode()

    assert "0071\u00a00001\u00a02345\u00a06" in page  # both name this account
    assert "Chi Hoa" not in page
    assert "0987654321" not in page
    assert other.receipt not in page


def test_a_look_is_in_the_ledger_and_a_refresh_of_the_page_is_no_look(desk, enter, entries):
    client = enter(desk.cast.second)
    client.get(address("report", desk))
    looks = entries(desk.held.report.subject).count("reports.look")

    client.get(address("report_live", desk))

    assert looks == entries(desk.held.report.subject).count("reports.look") == 1


def test_a_message_that_was_refused_is_shown_back_and_not_sent(desk, enter, entries):
    reply = enter(desk.cast.second).post(address("say", desk), {"text": "a" * 4001})

    assert reply.status_code == 422
    assert "a" * 4001 in reply.content.decode()
    assert entries(desk.held.report.subject).count("reports.write") == 1  # the reporter's own
