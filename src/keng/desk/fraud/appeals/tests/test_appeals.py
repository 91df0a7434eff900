"""Appeals: anybody with the order's code may lodge one; a third person decides; granting it frees the money."""

from __future__ import annotations

import pytest
from django.db import connection

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.appeals import actions, queries
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.measures.models import Measure
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.people.actions import enrol

TEXT = "Tôi bán xe máy cho người chuyển tiền, có giấy mua bán."


@pytest.fixture
def third(cast):
    return enrol("ba", "Ba", "Trung tâm", "officer", now=cast.clock.at)


@pytest.fixture
def appeal(cast):
    measure = cast.hold()
    receipt = actions.lodge(measure.code, TEXT, cast.keys, now=cast.clock.at)
    return receipt, Appeal.objects.get()


def test_it_is_kept_sealed_and_read_by_its_receipt(cast, appeal, entries):
    receipt, row = appeal

    assert queries.track(receipt, cast.keys).text == TEXT
    assert entries(row.subject) == ["appeals.lodge"]
    dump = b"".join(line.encode() for line in connection.connection.iterdump())
    assert TEXT.encode() not in dump
    assert TEXT.encode().hex().upper().encode() not in dump


def test_granting_it_lifts_the_hold_and_tells_the_bank(cast, appeal, third):
    _, row = appeal

    decided = actions.decide(third, row.pk, grant=True, reason="đã xem giấy mua bán", wrong="no_fraud", now=cast.clock.at)

    assert decided.state == "granted"
    assert Measure.objects.get().state == "lifted"
    assert b'"measure.released"' in bytes(Outgoing.objects.order_by("-version").first().body)


def test_rejecting_it_leaves_the_hold(cast, appeal, third):
    receipt, row = appeal

    actions.decide(third, row.pk, grant=False, reason="giấy không khớp", now=cast.clock.at)

    assert Measure.objects.get().state == "unconfirmed"
    assert queries.track(receipt, cast.keys).decided_reason == "giấy không khớp"


def test_nobody_decides_on_an_order_of_their_own(cast, appeal):
    _, row = appeal

    with pytest.raises(RefusedError) as refusal:
        actions.decide(cast.first, row.pk, grant=False, reason="không", now=cast.clock.at)

    assert refusal.value.code == "took_part"
    assert Appeal.objects.get().state == "open"


def test_an_auditor_does_not_decide(cast, appeal):
    with pytest.raises(RefusedError):
        actions.decide(cast.auditor, appeal[1].pk, grant=True, reason="x", wrong="no_fraud", now=cast.clock.at)


def test_it_is_decided_once_and_with_a_reason(cast, appeal, third):
    _, row = appeal
    with pytest.raises(InputError):
        actions.decide(third, row.pk, grant=True, reason=" ", wrong="no_fraud", now=cast.clock.at)
    actions.decide(third, row.pk, grant=True, reason="đúng", wrong="no_fraud", now=cast.clock.at)

    with pytest.raises(ConflictError):
        actions.decide(third, row.pk, grant=False, reason="sai", now=cast.clock.at)


def test_an_order_takes_three_open_appeals_and_no_more(cast, appeal):
    code = appeal[1].measure.code
    for _ in range(2):
        actions.lodge(code, TEXT, cast.keys, now=cast.clock.at)

    with pytest.raises(ConflictError) as refusal:
        actions.lodge(code, TEXT, cast.keys, now=cast.clock.at)

    assert refusal.value.code == "too_many"


def test_an_order_that_never_went_out_or_does_not_exist_takes_none(cast):
    for code in ("BP-0000000", "", "x" * 300):
        with pytest.raises(InputError):
            actions.lodge(code, TEXT, cast.keys, now=cast.clock.at)


def test_the_holders_page_tells_the_order_and_nothing_of_the_reporter(cast, client):
    report = cast.report()
    measure = cast.hold(report)

    page = client.get(f"/khieu-nai/{measure.code}/").content.decode()

    assert "4.800.000 đ" in page
    assert "Vietcombank" in page
    for secret in (report.receipt, report.report.code, "1234567890", "vietcombank-xacthuc"):
        assert secret not in page


def test_the_holder_appeals_by_the_page_and_reads_the_answer_there(cast, client, third):
    measure = cast.hold()

    reply = client.post(f"/khieu-nai/{measure.code}/", {"text": TEXT})
    actions.decide(third, Appeal.objects.get().pk, grant=True, reason="đã rõ", wrong="no_fraud", now=cast.clock.at)

    assert reply.status_code == 302
    assert "đã rõ" in client.get(reply.headers["Location"]).content.decode()
