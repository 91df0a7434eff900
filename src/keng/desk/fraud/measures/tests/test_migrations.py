"""Holds that stood before the other kinds came keep their account, their amount and their end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [
    ("partners", "0001_partners_and_inbound"),
    ("measures", "0001_measures_requests_answers"),
    ("appeals", "0001_appeals"),
]
AFTER = [
    ("partners", "0002_kinds_of_partners"),
    ("measures", "0004_when_they_went_out"),
    ("appeals", "0002_proof_and_clock"),
]
AT = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_a_hold_of_the_first_release_becomes_a_measure_on_an_account():
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    apps = migrate(BEFORE)
    try:
        report = apps.get_model("reports", "Report").objects.create(
            code="TB-1",
            receipt_hash=b"r" * 32,
            channel="api",
            received_at=AT,
            original=b"",
            original_sha256=b"",
            engine="1",
        )
        officer = apps.get_model("people", "Officer").objects.create(username="mot", role="officer")
        partner = apps.get_model("partners", "Partner").objects.create(
            code="970436", name="V", address="http://127.0.0.1"
        )
        hold = apps.get_model("measures", "Measure").objects.create(
            code="BP-1", report=report, account="970436:007", amount=5, basis="b", reason="r", urgent=True,
            state="unconfirmed", proposed_by=officer, proposed_at=AT, confirm_by=AT,
        )  # fmt: skip
        apps.get_model("measures", "Request").objects.create(
            measure=hold, partner=partner, asked_at=AT, answer_by=AT, hold_until=AT
        )

        new = migrate(AFTER).get_model("measures", "Measure").objects.get()

        assert (new.kind, new.object_kind, new.object_value, new.amount) == ("hold_funds", "account", "970436:007", 5)
        assert (new.sent_at, new.requests.get().until) == (AT, AT)
    finally:
        migrate(latest)
