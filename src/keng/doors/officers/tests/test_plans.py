"""The pages that officers open all day read the beginnings of indexes, however many reports there are.

Every query of a page is explained by the database itself. On PostgreSQL it is run, and the rows that it took from the large tables
are counted; SQLite tells the plan alone: no large table from end to end, and nothing sorted that an index has in order.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction

from keng.base.identifiers import new_code, new_id
from keng.desk.fraud.reports import queueing
from keng.desk.fraud.reports.models import Indicator, Loss, Report
from keng.desk.fraud.reports.sightings import digest_of
from keng.desk.fraud.reports.submission import LossTold
from keng.desk.ground.ledger.actions import Happening, record_many
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.organisations.queries import find_centre
from keng.desk.ground.people.actions import enrol

REPORTS = 4000
HUB = "970436:0071000999999"
LARGE = {"reports_report", "reports_loss", "reports_indicator", "ledger_entry"}
PAGES = {
    "queue": "/ban/",
    "rows": "/ban/hang/",
    "ledger": "/ban/so/",
    "hub": f"/ban/tim/?q={HUB}",
    "rare": "/ban/tim/?q=970418:0000000000007",
}
MOST_READ = 2 * 18 * queueing.BAND_MOST  # of 16,000 rows: what stands in all bands, looked up once more


@pytest.fixture(scope="module")
def standing_crowd(standing):
    return standing(make_crowd)


@pytest.fixture
def crowd(standing_crowd, db, clock):
    return standing_crowd


def make_crowd(cast):
    """4,000 open reports of one hour, a quarter without a loss, a fifth of them naming one account; half are a province's."""
    now = cast.clock.at
    centre = find_centre(now.date())
    province = add(NewOrganisation("tinh", "province", "Công an tỉnh", parent=centre), now=now)
    reports, losses, indicators = [], [], []
    for number in range(REPORTS):
        at = now - timedelta(seconds=number % 3600 + 1)
        told = LossTold(1000 + number, HUB, "", at) if number % 4 else None
        report = Report(
            id=new_id(), code=new_code("TB"), receipt_hash=number.to_bytes(32, "big"), channel="api", received_at=at,
            original=b"x" * 300, original_sha256=bytes(32), engine="test", owner=province if number % 2 else centre,
            **queueing.columns(told, at),
        )  # fmt: skip
        reports.append(report)
        account = f"970418:{number:013d}" if number % 5 else HUB
        indicators.append(Indicator(report=report, kind="account", value=account, digest=digest_of("account", account)))
        if told:
            losses.append(Loss(report=report, amount=told.amount, to_account=account, sent_at=at))
    for model, rows in ((Report, reports), (Loss, losses), (Indicator, indicators)):
        model.objects.bulk_create(rows, batch_size=500)
    with transaction.atomic():
        record_many(Happening("reporter", "reports.receive", one.subject, {}, now, one.subject) for one in reports)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"centre": cast.first, "province": enrol("tinh", "Tỉnh", "", "officer", now=now, organisation=province)}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["centre", "province"])
def test_a_page_reads_the_beginnings_of_indexes(crowd, enter, monkeypatch, who, page):
    monkeypatch.setattr(queueing, "COUNT_MOST", REPORTS // 4)  # so that counting stops before all is counted
    client, asked = enter(crowd[who]), []

    def note(execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert client.get(PAGES[page]).status_code == 200

    about = [one for one in asked if any(table in one[0] for table in LARGE)]
    assert about
    for sql, params in about:
        if connection.vendor == "postgresql":
            assert rows_read(sql, params) <= MOST_READ, sql
        else:
            assert not whole_tables(sql, params), sql


def test_a_query_without_an_index_is_found_out(crowd):
    """What the test above would not pass: the plans are looked at for something."""
    sql = "SELECT id FROM reports_report WHERE engine = %s ORDER BY original_sha256 LIMIT 5"

    if connection.vendor == "postgresql":
        assert rows_read(sql, ["test"]) > MOST_READ
    else:
        assert whole_tables(sql, ["test"])


def rows_read(sql, params):
    """How many rows of large tables PostgreSQL takes into its hand, where there are too many to read them all.

    Of these few thousand it would rather read all at times, to join them; so that is made dear.
    """
    with connection.cursor() as cursor:
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        told = cursor.fetchone()[0]
    plan = told if isinstance(told, list) else json.loads(told)
    return _read(plan[0]["Plan"])


def _read(node):
    below = sum(_read(one) for one in node.get("Plans", ()))
    if node.get("Relation Name") not in LARGE:
        return below
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return below + rows * node["Actual Loops"]


def whole_tables(sql, params):
    """The steps in which SQLite goes through a large table from end to end, and those in which it sorts what it read."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        steps = [row[3] for row in cursor.fetchall()]
    scanned = [step for step in steps if step.startswith("SCAN") and step.split()[1] in LARGE and "USING" not in step]
    newest = 'ORDER BY "ledger_entry"."id" DESC' in sql  # by its own key, from the end
    return [] if newest else scanned
