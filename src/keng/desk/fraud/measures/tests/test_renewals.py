"""Renewals: a new reason, another officer, a counted number of times, in time or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, KengError, RefusedError
from keng.desk.fraud.measures import actions, queries
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import Measure, Renewal
from keng.desk.fraud.measures.tests.conftest import messages


@pytest.fixture
def block(order):
    return order(Kind.BLOCK_NUMBER)


def propose(cast, block, reason="số vẫn gọi lừa người khác"):
    return actions.propose_renewal(cast.first, block.pk, reason, now=cast.clock.at)


def test_an_approved_renewal_gives_a_new_end_and_every_partner_hears_it(cast, block, entries):
    old_end = block.ends_at
    renewal = propose(cast, block)

    renewed = actions.approve_renewal(cast.second, renewal.pk, now=cast.clock.at)

    assert renewed.ends_at == old_end + timedelta(days=30)
    assert renewed.renewals_done == 1
    told = [(one["type"], one["data"]["version"]) for one in messages(block)]
    assert told == [("measure.requested", 1), ("measure.renewed", 2)] * 3
    assert messages(block)[-1]["data"]["until"] == f"{renewed.ends_at:%Y-%m-%dT%H:%M:%SZ}"
    assert entries(block.subject)[-2:] == ["measures.propose_renewal", "measures.approve_renewal"]


def test_not_approved_in_time_it_ends(cast, block):
    renewal = propose(cast, block)
    cast.clock.at = block.ends_at

    with pytest.raises(ConflictError) as refusal:
        actions.approve_renewal(cast.second, renewal.pk, now=cast.clock.at)

    assert refusal.value.code == "not_in_force"
    assert queries.state_now(block, cast.clock.at) == "ended"
    assert actions.end_what_is_over(now=cast.clock.at) == 1
    assert Renewal.objects.get().state == "lapsed"


@pytest.mark.parametrize("reason", ["có căn cứ", "CÓ  CĂN CỨ!", "co can cu", "…", " "])
def test_the_reason_must_be_new(cast, block, reason):
    with pytest.raises(InputError):
        propose(cast, block, reason)

    assert not Renewal.objects.exists()


def test_a_reason_serves_one_renewal_only(cast, block):
    first = propose(cast, block)
    actions.decline_renewal(cast.second, first.pk, "chưa rõ", now=cast.clock.at)

    with pytest.raises(InputError) as refusal:
        propose(cast, block)

    assert refusal.value.code == "same_reason"
    assert propose(cast, block, "thêm hai báo cáo mới").number == 2


def test_the_proposer_of_a_renewal_does_not_approve_it(cast, block):
    renewal = propose(cast, block)

    with pytest.raises(RefusedError) as refusal:
        actions.approve_renewal(cast.first, renewal.pk, now=cast.clock.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Renewal.objects.update(decided_by=cast.first)

    assert refusal.value.code == "same_person"


def test_one_renewal_waits_at_a_time_and_is_decided_once(cast, block):
    renewal = propose(cast, block)
    with pytest.raises(ConflictError) as refusal:
        propose(cast, block, "một lý do khác")
    assert refusal.value.code == "renewal_waits"
    actions.approve_renewal(cast.second, renewal.pk, now=cast.clock.at)

    with pytest.raises(ConflictError):
        actions.approve_renewal(cast.second, renewal.pk, now=cast.clock.at)
    assert Measure.objects.get().renewals_done == 1


def test_it_is_renewed_at_most_as_often_as_the_rule_says(cast, block):
    for reason in ("lần một", "lần hai"):
        renewal = propose(cast, block, reason)
        actions.approve_renewal(cast.second, renewal.pk, now=cast.clock.at)

    with pytest.raises(RefusedError) as refusal:
        propose(cast, block, "lần ba")

    assert refusal.value.code == "renewed_enough"


def test_what_is_not_in_force_is_not_renewed(cast, asking):
    waiting = actions.propose(cast.first, asking(Kind.BLOCK_NUMBER), now=cast.clock.at)

    with pytest.raises(KengError) as refusal:
        propose(cast, waiting)

    assert refusal.value.code == "not_in_force"
