"""Batches: progress is counted from rows; only what failed is tried again; what has not begun can be stopped."""

from __future__ import annotations

import pytest
from django.db import transaction

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.ground.jobs import actions, batches, queries, tasks
from keng.desk.ground.jobs.models import Batch, Outgoing, Task
from keng.desk.ground.jobs.states import State, TaskState

DEAD = 450  # three slices


@pytest.fixture
def dead(cast):
    """Dead letters of one partner, one of another, one that was sent."""
    with transaction.atomic():
        for n in range(DEAD):
            post(cast, f"k{n}", "970436")
        post(cast, "other", "970418")
        post(cast, "sent", "970436")
    Outgoing.objects.exclude(key="sent").update(state=State.DEAD, tries=12, last_error="HTTP 500")
    Outgoing.objects.filter(key="sent").update(state=State.SENT)
    return cast


def post(cast, key, recipient):
    actions.post(key=key, recipient=recipient, subject="request:1", version=1, body=b"{}", now=cast.clock.at)


def work_all(cast):
    while claimed := tasks.claim(cast.clock.at):
        assert tasks.do(claimed, cast.clock.now)


def progress(cast):
    [shown] = queries.batches(cast.operator)
    return (shown.done, shown.failed, shown.left, shown.dropped)


def test_all_dead_letters_of_one_partner_go_again_and_no_others(dead, entries):
    batches.resend_all(dead.operator, "970436", now=dead.clock.at)
    assert progress(dead) == (0, 0, 3, 0)

    work_all(dead)

    assert Outgoing.objects.filter(recipient="970436", state=State.WAITING, tries=0).count() == DEAD
    assert Outgoing.objects.get(key="other").state == State.DEAD
    assert Outgoing.objects.get(key="sent").state == State.SENT
    assert progress(dead) == (3, 0, DEAD, 0)
    assert entries().count("batches.start") == 1


def test_progress_counts_what_arrived_and_what_failed_again(dead):
    batches.resend_all(dead.operator, "970436", now=dead.clock.at)
    work_all(dead)
    claimed = actions.claim(dead.clock.at, most=30)

    actions.write_down([actions.Outcome(one, dead.clock.at) for one in claimed[:20]])
    for one in claimed[20:]:
        actions.mark_failed(one, "HTTP 410", permanent=True, now=dead.clock.at)

    assert progress(dead) == (3 + 20, 10, DEAD - 30, 0)


def test_only_what_failed_is_tried_again(dead, entries):
    batch = batches.resend_all(dead.operator, "970436", now=dead.clock.at)
    work_all(dead)
    claimed = actions.claim(dead.clock.at, most=30)
    actions.write_down([actions.Outcome(one, dead.clock.at) for one in claimed[:20]])
    for one in claimed[20:]:
        actions.mark_failed(one, "HTTP 410", permanent=True, now=dead.clock.at)

    assert batches.retry_failed(dead.operator, batch.pk, now=dead.clock.at) == 10

    assert progress(dead) == (23, 0, DEAD - 20, 0)
    assert entries().count("batches.retry_failed") == 1
    with pytest.raises(ConflictError):
        batches.retry_failed(dead.operator, batch.pk, now=dead.clock.at)


def test_a_task_of_a_batch_in_quarantine_is_tried_again_too(dead):
    batch = batches.resend_all(dead.operator, "970436", now=dead.clock.at)
    Task.objects.filter(pk=Task.objects.first().pk).update(state=TaskState.QUARANTINED, tries=9)
    assert progress(dead) == (0, 1, 2, 0)

    assert batches.retry_failed(dead.operator, batch.pk, now=dead.clock.at) == 1

    work_all(dead)
    assert progress(dead) == (3, 0, DEAD, 0)


def test_what_has_not_begun_is_stopped_and_what_is_under_way_ends(dead, entries):
    batch = batches.resend_all(dead.operator, "970436", now=dead.clock.at)
    begun = tasks.claim(dead.clock.at)

    assert batches.cancel(dead.operator, batch.pk, now=dead.clock.at) == 2

    assert tasks.claim(dead.clock.pass_by(seconds=1)) is None
    assert tasks.do(begun, dead.clock.now)
    assert progress(dead) == (1, 0, 200, 2)
    assert batches.cancel(dead.operator, batch.pk, now=dead.clock.at) == 200
    assert Outgoing.objects.filter(recipient="970436", state=State.DEAD).count() == DEAD
    assert entries().count("batches.cancel") == 2
    with pytest.raises(ConflictError):
        batches.cancel(dead.operator, batch.pk, now=dead.clock.at)


def test_a_task_whose_worker_died_can_be_stopped(dead):
    batch = batches.resend_all(dead.operator, "970436", now=dead.clock.at)
    lost = tasks.claim(dead.clock.at)

    assert batches.cancel(dead.operator, batch.pk, now=dead.clock.pass_by(seconds=30)) == 3

    assert not tasks.do(lost, dead.clock.now)
    assert not Outgoing.objects.filter(recipient="970436", state=State.WAITING).exists()


def test_a_partner_without_dead_letters_gives_no_batch(dead):
    with pytest.raises(ConflictError):
        batches.resend_all(dead.operator, "970407", now=dead.clock.at)

    assert not Batch.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "first"])
def test_only_an_operator_orders_retries_and_stops(dead, role):
    batch = batches.resend_all(dead.operator, "970436", now=dead.clock.at)
    somebody = getattr(dead, role)

    for act in (
        lambda: batches.resend_all(somebody, "970418", now=dead.clock.at),
        lambda: batches.retry_failed(somebody, batch.pk, now=dead.clock.at),
        lambda: batches.cancel(somebody, batch.pk, now=dead.clock.at),
    ):
        with pytest.raises(RefusedError):
            act()


def test_there_is_no_such_batch(dead):
    with pytest.raises(InputError):
        batches.cancel(dead.operator, Outgoing.objects.first().pk, now=dead.clock.at)


def test_a_dead_letter_is_dropped_with_a_reason(dead, entries):
    letter = Outgoing.objects.get(key="other")

    assert actions.drop(dead.operator, letter.pk, "  đã gọi   điện cho ngân hàng ", now=dead.clock.at)
    assert not actions.drop(dead.operator, letter.pk, "lần nữa", now=dead.clock.at)

    letter.refresh_from_db()
    assert (letter.state, letter.drop_reason) == (State.DROPPED, "đã gọi điện cho ngân hàng")
    assert entries().count("outbox.drop") == 1


@pytest.mark.parametrize("words", ["", "  ", "x" * 301, "\0"])
def test_nothing_is_dropped_without_a_reason(dead, words):
    letter = Outgoing.objects.get(key="other")

    with pytest.raises(InputError):
        actions.drop(dead.operator, letter.pk, words, now=dead.clock.at)

    assert Outgoing.objects.get(key="other").state == State.DEAD


def test_what_was_claimed_and_not_tried_goes_back_as_it_was(cast):
    with transaction.atomic():
        post(cast, "k", "970436")
    [claimed] = actions.claim(cast.clock.at)

    actions.write_down([actions.Outcome(claimed, cast.clock.at, untried=True)])

    row = Outgoing.objects.get()
    assert (row.tries, row.lease) == (0, None)
    assert len(actions.claim(cast.clock.at)) == 1


def test_many_outcomes_are_one_transaction_with_an_entry_each(cast, entries, django_assert_max_num_queries):
    with transaction.atomic():
        for n in range(50):
            post(cast, f"k{n}", "970436")
    claimed = actions.claim(cast.clock.at, most=50)

    with django_assert_max_num_queries(8):
        arrived = actions.write_down([actions.Outcome(one, cast.clock.at) for one in (*claimed, claimed[0])])

    assert len(arrived) == 50
    assert entries().count("outbox.sent") == 50
