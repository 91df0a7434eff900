"""What an officer in a hurry, or one with intent, might try: a basis that ended, words without a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from keng.base.errors import InputError
from keng.desk.fraud.measures import actions
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import Measure, Renewal
from keng.desk.ground.jobs.models import Outgoing
from keng.vietnam.rules import tables


@pytest.fixture
def end_law(cast, monkeypatch):
    """From tomorrow on every basis is over; the clock goes to `hours` from now."""

    def end(hours):
        last = cast.clock.at.date() + timedelta(days=1)
        ended = tuple(replace(basis, valid_to=last) for basis in tables.bases())
        monkeypatch.setattr(tables, "bases", lambda: ended)
        return cast.clock.pass_by(hours=hours)

    return end


@pytest.mark.parametrize(("hours", "goes"), [(1, True), (20, False)])
def test_a_proposal_does_not_outlive_its_basis(cast, asking, end_law, hours, goes):
    measure = actions.propose(cast.first, asking(Kind.BLOCK_NUMBER), now=cast.clock.at)
    now = end_law(hours)

    if goes:
        assert actions.approve(cast.second, measure.pk, now=now).sent_at == now
        return
    with pytest.raises(InputError) as refusal:
        actions.approve(cast.second, measure.pk, now=now)
    assert refusal.value.code == "no_basis"
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(("hours", "state"), [(1, "active"), (20, "unconfirmed")])
def test_an_urgent_hold_is_not_confirmed_on_a_basis_that_ended(cast, end_law, hours, state):
    measure = cast.hold()
    now = end_law(hours)

    if state == "active":
        actions.approve(cast.second, measure.pk, now=now)
    else:
        with pytest.raises(InputError):
            actions.approve(cast.second, measure.pk, now=now)
    assert Measure.objects.get().state == state


@pytest.mark.parametrize(("hours", "renewed"), [(1, 1), (20, 0)])
def test_nothing_is_renewed_on_a_basis_that_ended(cast, order, end_law, hours, renewed):
    block = order(Kind.BLOCK_NUMBER)
    renewal = actions.propose_renewal(cast.first, block.pk, "vẫn gọi lừa", now=cast.clock.at)
    now = end_law(hours)

    if renewed:
        actions.approve_renewal(cast.second, renewal.pk, now=now)
    else:
        with pytest.raises(InputError):
            actions.approve_renewal(cast.second, renewal.pk, now=now)
        Renewal.objects.all().delete()
        with pytest.raises(InputError):
            actions.propose_renewal(cast.first, block.pk, "lý do mới", now=now)
    assert Measure.objects.get().renewals_done == renewed


@pytest.mark.parametrize("reason", ["\u200b", "…", " . ", "\u2060\u2063", "🔔"])
def test_signs_without_a_word_are_no_reason(cast, reason):
    with pytest.raises(InputError) as refusal:
        cast.hold(reason=reason)

    assert refusal.value.code == "no_reason"
    assert not Measure.objects.exists()
