"""What both databases must do alike, where they differ by themselves."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum

from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.measures import queue
from keng.desk.fraud.measures.models import Request
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Indicator, Report
from keng.desk.ground.partners.models import Partner
from keng.site.databases import IDLE_IN_TRANSACTION_MS, LOCK_MS, STATEMENT_MS

NAMES = ["Đông Á", "Dong A", "an", "Ăn", "Zalo", "ơ", "Z-a", "Za", "🔔", "án"]


def test_text_is_in_the_order_of_its_code_points(db):
    for number, name in enumerate(NAMES):
        Partner.objects.create(code=str(number), name=name, address="http://127.0.0.1:9/")

    assert list(Partner.objects.order_by("name").values_list("name", flat=True)) == sorted(NAMES)


def test_sums_of_money_are_whole_numbers(cast):
    cast.hold()
    Request.objects.update(state="executed", held_amount=4_800_000)

    held = measures.tally(cast.first, now=cast.clock.at).held

    assert (held, type(held)) == (4_800_000, int)
    assert type(Request.objects.aggregate(total=Sum(F("held_amount") + 0))["total"]) is int


def test_bytes_come_back_as_bytes(cast):
    report = Report.objects.get(pk=cast.report().report.pk)

    assert isinstance(report.original, bytes)
    assert isinstance(report.original_sha256, bytes)


def test_what_has_no_place_in_the_text_comes_first(cast):
    report = cast.report().report
    Indicator.objects.create(report=report, kind="sender", value="ACB", start=None, end=None)

    starts = [one.start for one in reports.indicators_of(report)]

    placed = [start for start in starts if start is not None]
    assert starts == [None] * (len(starts) - len(placed)) + sorted(placed)
    assert 0 < len(placed) < len(starts)


def test_what_falls_by_itself_stands_before_what_waits_for_ever(cast):
    """Of 500 lines at most are shown: the ones with a clock may not be the ones that are cut off."""
    cast.hold()
    from keng.desk.fraud.measures.actions import Proposal, propose

    other = cast.report().report
    propose(
        cast.first,
        Proposal.hold(other.pk, "970436:0071000123456", 1, "fraud.hold.nd52-2024.d11", "x"),
        now=cast.clock.at,
    )

    places = queue._to_decide(cast.second, cast.clock.at)

    assert [place.clock_to is None for place in places] == [False, True]


def test_each_connection_asks_for_durable_commits_and_for_an_end_of_waiting(db):
    if connection.vendor == "sqlite":
        pytest.skip("the settings of SQLite are read in test_databases.py: the tests' own is in memory")
    wanted = {
        "TimeZone": "UTC",
        "synchronous_commit": "on",
        "default_transaction_isolation": "read committed",
        "statement_timeout": f"{STATEMENT_MS // 1000}s",
        "lock_timeout": f"{LOCK_MS // 1000}s",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_MS // 60_000}min",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"SHOW {name}")
            assert (name, cursor.fetchone()[0]) == (name, value)
