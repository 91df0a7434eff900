"""Whoever proposed a measure takes it back while nobody decided; its report waits for a decision anew."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError, RefusedError
from keng.desk.fraud.measures import actions, queue
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import Measure, MeasureState, Request
from keng.desk.ground.jobs.models import Outgoing


def holds_waiting(cast):
    return [place.code for place in queue.places(cast.first, now=cast.clock.at) if place.what == "hold"]


def withdraw(cast, measure, who=None, reason="nhầm tài khoản"):
    return actions.withdraw(who or cast.first, measure.pk, reason, now=cast.clock.at)


def test_its_report_stands_in_the_queue_again_and_can_be_asked_for_anew(cast, asking, named, entries):
    measure = actions.propose(cast.first, asking(Kind.HOLD_FUNDS), now=cast.clock.at)
    assert holds_waiting(cast) == []

    withdraw(cast, measure)

    assert holds_waiting(cast) == [named.report.code]
    measure.refresh_from_db()
    assert (measure.state, measure.decided_by, measure.decided_reason) == (
        MeasureState.WITHDRAWN,
        None,
        "nhầm tài khoản",
    )
    assert not Request.objects.exists() and not Outgoing.objects.filter(subject=measure.subject).exists()
    assert entries()[-1] == "measures.withdraw"
    again = actions.propose(cast.first, asking(Kind.HOLD_FUNDS), now=cast.clock.at)
    assert actions.approve(cast.second, again.pk, now=cast.clock.at).state == MeasureState.ACTIVE
    assert holds_waiting(cast) == []


def test_another_hold_that_waits_keeps_the_report_decided(cast, asking, named):
    first = actions.propose(cast.first, asking(Kind.HOLD_FUNDS, amount=1_000_000), now=cast.clock.at)
    Measure.objects.filter(pk=first.pk).update(
        object_value="970418:1234567899"
    )  # of another account of the same report
    actions.propose(cast.first, asking(Kind.HOLD_FUNDS, amount=2_000_000), now=cast.clock.at)

    withdraw(cast, first)

    assert holds_waiting(cast) == []


@pytest.mark.parametrize("who", ["second", "third"])
def test_nobody_else_takes_it_back(cast, asking, third, who):
    measure = actions.propose(cast.first, asking(Kind.BLOCK_NUMBER), now=cast.clock.at)
    with pytest.raises(RefusedError) as caught:
        withdraw(cast, measure, {"second": cast.second, "third": third}[who])
    assert caught.value.code == "not_yours"
    assert withdraw(cast, measure).state == MeasureState.WITHDRAWN


@pytest.mark.parametrize("before", ["approve", "decline", "withdraw"])
def test_what_was_decided_stays(cast, asking, before):
    measure = actions.propose(cast.first, asking(Kind.BLOCK_NUMBER), now=cast.clock.at)
    if before == "approve":
        actions.approve(cast.second, measure.pk, now=cast.clock.at)
    elif before == "decline":
        actions.decline(cast.second, measure.pk, "chưa đủ", now=cast.clock.at)
    else:
        withdraw(cast, measure)
    with pytest.raises(ConflictError) as caught:
        withdraw(cast, measure)
    assert caught.value.code == "decided_already"


def test_an_urgent_hold_went_out_and_is_lifted_instead(cast):
    with pytest.raises(ConflictError):
        withdraw(cast, cast.hold())


def test_nobody_approves_what_was_taken_back(cast, asking):
    measure = withdraw(cast, actions.propose(cast.first, asking(Kind.BLOCK_NUMBER), now=cast.clock.at))
    with pytest.raises(ConflictError):
        actions.approve(cast.second, measure.pk, now=cast.clock.at)
