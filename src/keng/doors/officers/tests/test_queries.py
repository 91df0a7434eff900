"""The lists take as many queries with thirty rows as with one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.desk.fraud.reports import actions as reports
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.jobs.states import State
from keng.desk.ground.people.actions import enrol

MOST = {"queue": 18, "report": 47, "report_live": 23, "dead_letters": 15, "ledger": 15}


def count(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("name", "url"), [("queue", "/ban/"), ("dead_letters", "/ban/thu-chet/"), ("ledger", "/ban/so/")]
)
def test_a_list_of_thirty_takes_as_many_queries_as_a_list_of_one(cast, enter, name, url):
    def one_more(n):
        cast.report()
        cast.hold(officer=enrol(f"o{n}", f"O {n}", "Trung tâm", "officer", now=cast.clock.at))
        Outgoing.objects.update(state=State.DEAD)

    client = enter(cast.auditor)
    one_more(0)
    with_one = count(client, url)
    for n in range(1, 30):
        one_more(n)

    assert count(client, url) <= with_one <= MOST[name]


@pytest.mark.parametrize("name", ["report", "report_live"])
def test_a_full_report_takes_as_many_queries_as_an_empty_one(cast, enter, name):
    phones = " ".join(f"09123456{n:02}" for n in range(30))
    bare, full = cast.report(), cast.report(text=f"Goi {phones}, chuyen vao 0071000123456 Vietcombank")
    for report in (bare, full):
        cast.hold(report)
        reports.look(cast.second, report.report.pk, "triage", cast.keys, now=cast.clock.at)
        reports.write_from_reporter(report.receipt, "Alo", cast.keys, now=cast.clock.at)
    for n in range(30):
        officer = enrol(f"o{n}", f"O {n}", "Trung tâm", "officer", now=cast.clock.at)
        reports.look(officer, full.report.pk, "triage", cast.keys, now=cast.clock.at + timedelta(minutes=n))
        reports.write_to_reporter(officer, full.report.pk, "Chào bạn", cast.keys, now=cast.clock.at)
    client, end = enter(cast.second), "moi/" if name == "report_live" else ""

    with_few = count(client, f"/ban/bao-cao/{bare.report.code}/{end}")

    assert count(client, f"/ban/bao-cao/{full.report.code}/{end}") <= with_few <= MOST[name]
