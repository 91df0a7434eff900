"""The queue holds every decision that waits: appeals and renewals by their clocks, between money and what is to be read."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures import renewing
from keng.desk.fraud.measures.models import Request
from keng.desk.ground.people.actions import enrol
from keng.look.templatetags.keng import account

REASON = "ngân hàng còn xác minh"


@pytest.fixture
def third(cast):
    return enrol("ba", "Ba", "Trung tâm", "officer", now=cast.clock.at)


@pytest.fixture
def in_force(cast):
    """A hold that another officer confirmed."""
    measure = cast.hold()
    measures.approve(cast.second, measure.pk, now=cast.clock.at)
    measure.refresh_from_db()
    return measure


def rows(client):
    page = client.get("/ban/").content.decode()
    return dict(re.findall(r'<tr id="line-([^"]+)"(.*?)</tr>', page, re.DOTALL))


def lodge(cast, measure):
    appeals.lodge(measure.code, "Tôi bán xe, có giấy.", cast.keys, now=cast.clock.at)
    return Appeal.objects.get()


def test_an_appeal_waits_in_the_queue_with_its_clock_and_leads_to_where_it_is_decided(cast, enter, in_force, third):
    assert rows(enter(third)) == {}
    appeal = lodge(cast, in_force)

    ((line, row),) = rows(enter(third)).items()

    assert line == f"appeal-{appeal.pk}"
    assert f'href="/ban/bao-cao/{in_force.report.code}/#appeals" data-key="v"' in row
    assert f'datetime="{appeal.decide_by:%Y-%m-%dT%H:%M}' in row
    assert "Vietcombank" in row and account(in_force.object_value) in row


@pytest.mark.parametrize(("who", "decides"), [("first", False), ("second", False), ("third", True)])
def test_who_took_part_in_an_order_sees_that_another_decides(cast, enter, in_force, third, who, decides):
    lodge(cast, in_force)
    somebody = third if who == "third" else getattr(cast, who)

    (row,) = rows(enter(somebody)).values()

    assert ('data-key="v"' in row) is decides
    assert ("chờ người khác" in row) is not decides


def test_a_decided_appeal_leaves_the_queue(cast, enter, in_force, third):
    appeal = lodge(cast, in_force)
    appeals.decide(third, appeal.pk, grant=False, reason="giấy không khớp", now=cast.clock.at)

    assert rows(enter(third)) == {}


def test_the_keys_of_a_renewal_lead_to_its_measure(cast, enter, in_force):
    renewing.propose_renewal(cast.first, in_force.pk, REASON, now=cast.clock.at)

    (row,) = rows(enter(cast.second)).values()
    assert f'/ban/bao-cao/{in_force.report.code}/#key-y-{in_force.code}" data-key="y"' in row
    assert f'/ban/bao-cao/{in_force.report.code}/#key-z-{in_force.code}" data-key="z"' in row
    (own,) = rows(enter(cast.first)).values()
    assert "data-key" not in own


def test_money_stands_first_then_decisions_by_their_clocks_then_what_is_to_be_read(cast, enter, in_force, third):
    Request.objects.update(state="executed", held_amount=4_800_000)
    appeal = lodge(cast, in_force)
    renewing.propose_renewal(cast.first, in_force.pk, REASON, now=cast.clock.at)
    plain = cast.report(loss=None).report
    sent_at = (cast.clock.at - timedelta(minutes=2)).isoformat()
    fresh = cast.report(loss={**cast.body()["loss"], "amount": 900_000, "at": sent_at}).report
    by_clock = sorted(
        [(appeal.decide_by, f"appeal-{appeal.pk}"), (in_force.ends_at, f"renew-{in_force.code}")],
        key=lambda one: one[0],
    )

    assert list(rows(enter(third))) == [fresh.code, *(line for _clock, line in by_clock), plain.code]


def test_three_appeals_take_as_many_queries_as_one(cast, enter, in_force, third):
    client, taken = enter(third), []
    for n in range(3):
        appeals.lodge(in_force.code, f"Tôi bán xe thứ {n}, có giấy.", cast.keys, now=cast.clock.at)
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(client)) == n + 1
        taken.append(len(queries))

    assert taken[2] <= taken[1] <= taken[0]
