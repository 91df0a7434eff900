"""Tasks: the effect and the completion are one; what kills, fails or hangs ends in quarantine and delays nobody."""

from __future__ import annotations

import pytest
from django.db import transaction

from keng.base.errors import RefusedError, Said, UnavailableError
from keng.desk.ground.jobs import kinds, queries, tasks
from keng.desk.ground.jobs.kinds import Kind
from keng.desk.ground.jobs.models import Task
from keng.desk.ground.jobs.states import Lane, Reason, TaskState
from keng.desk.ground.ledger import actions as ledger

SAID = Said("Thử", "Trial")
NO = Said("Không.", "No.")


def effect(work) -> None:
    """What the tests count."""
    data = {"n": work.payload.get("n", 0)}
    ledger.record(actor="system:test", verb="trial.effect", subject=f"task:{work.task}", data=data, at=work.now)


def raising(error: Exception):
    def handle(work) -> None:
        effect(work)
        raise error

    return handle


@pytest.fixture(autouse=True)
def register(monkeypatch):
    """Kinds of this test alone."""
    monkeypatch.setattr(kinds, "_registered", dict(kinds._registered))

    def add(name="trial", handle=effect, **more):
        return kinds.register(Kind(name, SAID, handle, **more))

    add()
    return add


def post(cast, key="k1", kind="trial", **more):
    with transaction.atomic():
        tasks.post(kind=kind, key=key, payload={"n": 1}, now=cast.clock.at, **more)


def start_until(cast, state, most=100):
    """Start the task as soon as it is due, and let each start end without a word, as when its process is killed."""
    starts = 0
    while starts < most and Task.objects.get().state != state:
        starts += tasks.claim(cast.clock.at) is not None
        cast.clock.at = max(cast.clock.at, Task.objects.get().next_try_at)
    return starts


def test_a_task_is_done_once_with_its_effect(cast, entries):
    post(cast)

    assert tasks.do(tasks.claim(cast.clock.at), cast.clock.now)

    assert (Task.objects.get().state, entries().count("trial.effect")) == (TaskState.DONE, 1)
    assert tasks.claim(cast.clock.pass_by(days=1)) is None


def test_a_key_is_posted_once(cast):
    post(cast)
    post(cast)

    assert Task.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_task_is_posted_in_the_transaction_of_its_action(cast):
    with pytest.raises(RuntimeError):
        tasks.post(kind="trial", key="k", payload={}, now=cast.clock.at)


def test_an_unknown_kind_cannot_be_posted(cast):
    with pytest.raises(KeyError):
        post(cast, kind="nobodys")


def test_a_kind_that_this_release_does_not_know_is_left_to_others(cast, monkeypatch):
    post(cast)
    monkeypatch.setattr(kinds, "_registered", {})

    assert tasks.claim(cast.clock.at) is None
    assert tasks.lanes_due(cast.clock.at) == set()
    assert Task.objects.get().tries == 0


def test_whoever_lost_the_lease_changes_nothing(cast, entries):
    post(cast)
    slow = tasks.claim(cast.clock.at)
    quick = tasks.claim(cast.clock.pass_by(seconds=30))
    assert quick.id == slow.id

    assert not tasks.do(slow, cast.clock.now)
    assert (Task.objects.get().state, entries().count("trial.effect")) == (TaskState.WAITING, 0)
    assert tasks.do(quick, cast.clock.now)
    assert not tasks.do(slow, cast.clock.now)
    assert entries().count("trial.effect") == 1


def test_a_lost_lease_cannot_fail_the_others_try(cast):
    post(cast)
    slow, quick = tasks.claim(cast.clock.at), tasks.claim(cast.clock.pass_by(seconds=30))

    tasks.mark_failed(slow, Reason.FAULT, "late", permanent=True, now=cast.clock.at)

    assert tasks.do(quick, cast.clock.now)


def test_a_long_task_keeps_its_lease_by_prolonging_it(cast):
    post(cast)
    claimed = tasks.claim(cast.clock.at)
    for _ in range(5):
        assert tasks.prolong(claimed, cast.clock.pass_by(seconds=20))
        assert tasks.claim(cast.clock.at) is None

    assert tasks.do(claimed, cast.clock.now)
    assert not tasks.prolong(claimed, cast.clock.at)


def test_a_task_that_kills_its_process_ends_in_quarantine_by_its_starts(cast, entries):
    post(cast)

    assert start_until(cast, TaskState.QUARANTINED) == tasks.STARTS_BEFORE_QUARANTINE

    [shown] = queries.quarantined(cast.operator)
    assert (shown.reason, shown.tries) == (Reason.KILLED, tasks.STARTS_BEFORE_QUARANTINE)
    assert entries().count("tasks.quarantine") == 1


def test_while_the_poison_rests_the_others_in_its_lane_are_done(cast):
    post(cast, "poison")
    assert tasks.claim(cast.clock.at) is not None
    post(cast, "other")

    assert tasks.do(tasks.claim(cast.clock.at), cast.clock.now)
    assert Task.objects.get(key="other").state == TaskState.DONE


def test_what_fails_leaves_no_effect_and_is_tried_again_later(cast, entries, register):
    register("fails", raising(UnavailableError("away", NO)))
    post(cast, kind="fails")

    assert not tasks.do(tasks.claim(cast.clock.at), cast.clock.now)

    row = Task.objects.get()
    assert (row.state, row.reason, row.last_error) == (TaskState.WAITING, Reason.UNAVAILABLE, "away")
    assert row.next_try_at > cast.clock.at
    assert "trial.effect" not in entries()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(ValueError("số 0912345678"), Reason.FAULT), (UnavailableError("away", NO), Reason.UNAVAILABLE)],
)
def test_what_goes_on_failing_ends_in_quarantine(cast, register, error, reason):
    register("fails", raising(error))
    post(cast, kind="fails")
    starts = 0
    while claimed := tasks.claim(cast.clock.at):
        starts += 1
        assert not tasks.do(claimed, cast.clock.now)
        cast.clock.at = max(cast.clock.at, Task.objects.get().next_try_at)

    row = Task.objects.get()
    assert (starts, row.state, row.reason) == (tasks.STARTS_BEFORE_QUARANTINE, TaskState.QUARANTINED, reason)
    assert "0912345678" not in row.last_error


def test_what_a_rule_refuses_is_not_tried_again(cast, register):
    register("refused", raising(RefusedError("not_allowed", NO)))
    post(cast, kind="refused")

    assert not tasks.do(tasks.claim(cast.clock.at), cast.clock.now)

    assert (Task.objects.get().state, Task.objects.get().reason) == (TaskState.QUARANTINED, Reason.REFUSED)


def test_a_task_that_eats_the_memory_is_noted_and_its_process_told(cast, register):
    register("eats", raising(MemoryError()))
    post(cast, kind="eats")

    with pytest.raises(MemoryError):
        tasks.do(tasks.claim(cast.clock.at), cast.clock.now)

    assert Task.objects.get().reason == Reason.MEMORY


def test_prepare_works_outside_and_hands_over(cast, register):
    got = []
    register("two_steps", lambda work: got.append(work.prepared), prepare=lambda payload: payload["n"] + 1)
    post(cast, kind="two_steps")

    assert tasks.do(tasks.claim(cast.clock.at), cast.clock.now)

    assert got == [2]


def test_a_hand_takes_only_its_lanes(cast):
    post(cast, lane=Lane.BULK)

    assert tasks.claim(cast.clock.at, lanes=[Lane.URGENT, Lane.CITIZEN, Lane.ROUTINE]) is None
    assert tasks.claim(cast.clock.at, lanes=list(Lane)) is not None


def test_the_urgent_task_is_claimed_before_a_thousand_bulk_ones(cast):
    for n in range(1000):
        post(cast, f"bulk{n}", lane=Lane.BULK)
    cast.clock.pass_by(minutes=1)
    post(cast, "urgent", lane=Lane.URGENT)

    assert Task.objects.get(pk=tasks.claim(cast.clock.at).id).key == "urgent"


def test_an_operator_lets_a_task_be_tried_again_and_nobody_else(cast, entries):
    post(cast)
    start_until(cast, TaskState.QUARANTINED)
    with pytest.raises(RefusedError):
        tasks.retry(cast.first, Task.objects.get().pk, now=cast.clock.at)

    assert tasks.retry(cast.operator, Task.objects.get().pk, now=cast.clock.at)
    assert not tasks.retry(cast.operator, Task.objects.get().pk, now=cast.clock.at)

    assert tasks.do(tasks.claim(cast.clock.at), cast.clock.now)
    assert entries().count("tasks.retry") == 1


def test_an_operator_drops_a_task_with_a_reason(cast, entries):
    post(cast)
    start_until(cast, TaskState.QUARANTINED)

    assert tasks.drop(cast.operator, Task.objects.get().pk, "đã làm bằng tay", now=cast.clock.at)

    assert (Task.objects.get().state, Task.objects.get().drop_reason) == (TaskState.DROPPED, "đã làm bằng tay")
    assert queries.quarantined(cast.operator) == []
    assert entries().count("tasks.drop") == 1


def test_two_kinds_of_one_name_are_a_fault(register):
    with pytest.raises(ValueError, match="two kinds"):
        register("trial", raising(ValueError()))
