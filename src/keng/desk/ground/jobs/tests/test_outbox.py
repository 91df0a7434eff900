"""The outbox: nothing is lost, nothing is sent by two at once, what cannot be sent waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from keng.base.errors import RefusedError
from keng.desk.ground.jobs import actions, queries
from keng.desk.ground.jobs.models import Outgoing


def post(cast, key="k1", recipient="970436"):
    with transaction.atomic():
        actions.post(key=key, recipient=recipient, subject="request:1", version=1, body=b"{}", now=cast.clock.at)


@pytest.mark.django_db(transaction=True)
def test_a_message_is_posted_in_the_transaction_of_its_action(cast):
    with pytest.raises(RuntimeError):
        actions.post(key="k", recipient="x", subject="s:1", version=1, body=b"", now=cast.clock.at)


def test_what_is_rolled_back_was_never_posted(cast):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.post(key="k", recipient="x", subject="s:1", version=1, body=b"", now=cast.clock.at)
        _ = 1 / 0

    assert not Outgoing.objects.exists()


def test_a_key_is_posted_once(cast):
    post(cast)
    post(cast)

    assert Outgoing.objects.count() == 1


def test_a_claimed_message_is_not_claimed_again_until_its_lease_is_over(cast):
    post(cast)
    [first] = actions.claim(cast.clock.at)

    assert actions.claim(cast.clock.at) == []
    [second] = actions.claim(cast.clock.pass_by(seconds=30))
    assert second.id == first.id


def test_messages_to_a_crowded_partner_wait_while_others_go(cast):
    post(cast, "k1", "970436")
    post(cast, "k2", "970418")

    claimed = actions.claim(cast.clock.at, avoid=["970436"])

    assert [message.recipient for message in claimed] == ["970418"]


def test_a_failure_is_tried_again_later_and_later(cast):
    post(cast)
    pauses = []
    for _ in range(5):
        [claimed] = actions.claim(cast.clock.at)
        actions.mark_failed(claimed, "HTTP 503", permanent=False, now=cast.clock.at)
        row = Outgoing.objects.get()
        pauses.append(row.next_try_at - cast.clock.at)
        cast.clock.at = row.next_try_at

    assert all(timedelta(seconds=2**n) <= pause <= timedelta(seconds=1.25 * 2**n) for n, pause in enumerate(pauses))


def test_after_twelve_tries_it_is_a_dead_letter_that_an_operator_sees_and_sends_again(cast):
    post(cast)
    for _ in range(actions.TRIES_BEFORE_DEAD):
        [claimed] = actions.claim(cast.clock.at)
        actions.mark_failed(claimed, "HTTP 503", permanent=False, now=cast.clock.at)
        cast.clock.at = max(Outgoing.objects.get().next_try_at, cast.clock.at)
    assert actions.claim(cast.clock.pass_by(days=1)) == []
    [letter] = queries.dead_letters(cast.operator)

    cast.operator.proven_at = cast.clock.at
    assert actions.retry(cast.operator, letter.id, now=cast.clock.at)

    assert len(actions.claim(cast.clock.at)) == 1


def test_a_permanent_failure_is_dead_at_once(cast):
    post(cast)
    [claimed] = actions.claim(cast.clock.at)

    actions.mark_failed(claimed, "HTTP 410", permanent=True, now=cast.clock.at)

    assert queries.dead_count(cast.operator) == 1


def test_only_an_operator_sends_again(cast):
    post(cast)

    with pytest.raises(RefusedError):
        actions.retry(cast.first, Outgoing.objects.get().pk, now=cast.clock.at)


def test_a_worker_whose_lease_ran_out_does_not_spoil_the_others_success(cast):
    post(cast)
    [slow] = actions.claim(cast.clock.at)
    [quick] = actions.claim(cast.clock.pass_by(seconds=31))
    with transaction.atomic():
        assert actions.mark_sent(quick, now=cast.clock.at)

    actions.mark_failed(slow, "timeout", permanent=False, now=cast.clock.at)

    assert Outgoing.objects.get().state == "sent"


def test_sending_again_needs_a_fresh_proof(cast):
    post(cast)
    actions.mark_failed(actions.claim(cast.clock.at)[0], "HTTP 410", permanent=True, now=cast.clock.at)
    [letter] = queries.dead_letters(cast.operator)

    with pytest.raises(RefusedError) as refused:
        actions.retry(cast.operator, letter.id, now=cast.clock.pass_by(minutes=10))
    assert refused.value.code == "proof_needed"
    cast.operator.proven_at = cast.clock.at
    assert actions.retry(cast.operator, letter.id, now=cast.clock.at)
