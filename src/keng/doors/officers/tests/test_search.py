"""Search by one exact identifier, and by nothing else."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from keng.desk.fraud.reports.models import Indicator
from keng.desk.fraud.reports.sightings import MOST, digest_of


def ask(client, query):
    return client.get(f"/ban/tim/?q={quote(query)}")


@pytest.mark.parametrize("how", ["code", "lower", "receipt", "measure"])
def test_a_code_or_receipt_opens_its_report(desk, enter, how):
    report = desk.held.report
    query = {
        "code": report.code,
        "lower": report.code.lower(),
        "receipt": desk.held.receipt,
        "measure": desk.measure.code,
    }

    reply = ask(enter(desk.cast.first), query[how])

    assert (reply.status_code, reply.headers["Location"]) == (302, f"/ban/bao-cao/{report.code}/")


@pytest.mark.parametrize(
    "query",
    ["0912345678", "0912 345 678", "+84912345678", "http://vietcombank-xacthuc.example/mo", "vietcombank-xacthuc.example",
     "970436:0071000123456", "0071000123456 Vietcombank", "0071000123456", "0071\u00a00001\u00a02345\u00a06"],
)  # fmt: skip
def test_an_indicator_lists_the_reports_that_name_it(desk, enter, query):
    page = ask(enter(desk.cast.first), query).content.decode()

    assert desk.held.report.code in page and desk.waiting.report.code in page
    assert "Vietcombank thong bao" not in page


@pytest.mark.parametrize(
    "query", ["Vietcombank thong bao", "khách bị khóa", "Bông", "0912345679", "🔔", "%", "' OR 1=1", "x" * 5000]
)
def test_words_find_nothing(desk, enter, query):
    page = ask(enter(desk.cast.first), query)

    assert page.status_code == 200
    assert desk.held.report.code not in page.content.decode()


def test_the_account_that_the_money_went_to_is_found_though_no_text_names_it(cast, enter):
    report = cast.report(text="Tôi bị lừa", loss={"sent": True, "amount": 1000, "to_account": "970436:555666777"})

    assert report.report.code in ask(enter(cast.first), "970436:555666777").content.decode()


def test_a_value_that_too_many_reports_name_is_told_as_more_than(desk, enter):
    report = desk.held.report
    others = [desk.cast.report(text=f"lần {n}").report for n in range(3)]
    value = "+84333444555"
    rows = [Indicator(report=one, kind="phone", value=value, digest=digest_of("phone", value)) for one in others]
    Indicator.objects.bulk_create(
        [Indicator(report=report, kind="phone", value=value, digest=digest_of("phone", value))] * (2 * MOST) + rows
    )

    page = ask(enter(desk.cast.first), value).content.decode()

    assert f"Hơn {4} báo cáo" in page


def test_the_report_page_counts_other_reports_of_each_value(desk, enter):
    page = enter(desk.cast.first).get(f"/ban/bao-cao/{desk.held.report.code}/").content.decode()

    assert '<a href="/ban/tim/?q=%2B84912345678">1</a>' in page
