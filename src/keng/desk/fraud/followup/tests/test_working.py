"""The worker's side: tasks that go on where another stopped, each order once; what a number's end lets go; what speed costs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.desk.fraud.followup import actions, pruning, stepping, words
from keng.desk.fraud.followup.models import Batch, Case, Order
from keng.desk.fraud.followup.tests.conftest import NUMBER, finding
from keng.desk.ground.jobs import tasks
from keng.desk.ground.jobs.models import Outgoing, Task


def do_tasks(now, most=50):
    """What a hand does: one task after another, until none is due."""
    done = 0
    while done < most and (claimed := tasks.claim(now)) is not None:
        assert tasks.do(claimed, now=lambda: now)
        done += 1
    return done


def test_one_task_leads_to_the_next_until_all_was_sent_once(play, monkeypatch):
    monkeypatch.setattr(stepping, "SLICE", 10)
    play.begin(*(finding(f"r{n}") for n in range(35)))
    now = play.cast.clock.at

    assert actions.post_due(now=now) == 1
    assert actions.post_due(now=now) == 1  # asked again meanwhile: the same task
    assert Task.objects.count() == 1
    assert do_tasks(now) == 4
    assert Order.objects.count() == 35
    assert actions.post_due(now=now) == 0
    play.cast.clock.pass_by(days=1)
    assert actions.post_due(now=play.cast.clock.at) == 1


def test_killed_in_the_middle_of_a_slice_nothing_is_sent_and_then_once(play, monkeypatch):
    play.begin(*(finding(f"r{n}") for n in range(5)))
    now = play.cast.clock.at

    def die(*_given, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(stepping, "_save", die)
        with pytest.raises(KeyboardInterrupt):
            actions.take_steps(Batch.objects.get().pk, now=now)
    assert (Order.objects.count(), Outgoing.objects.count()) == (0, 0)

    actions.take_steps(Batch.objects.get().pk, now=now)
    actions.take_steps(Batch.objects.get().pk, now=now)
    assert (Order.objects.count(), Outgoing.objects.count()) == (5, 1)


def test_a_slice_takes_as_many_queries_whatever_its_size(play):
    counts = []
    for size in (5, 50):
        batch = play.begin(*(finding(f"{size}-{n}") for n in range(size)))
        with CaptureQueriesContext(connection) as queries:
            actions.take_steps(batch.pk, now=play.cast.clock.at)
        counts.append(len(queries))

    assert counts[1] <= counts[0] + 2 < 20


def test_long_after_its_end_nothing_names_the_number_or_the_holder(play, stored_bytes):
    batch = play.begin(finding("record-77", person="pseudonym-77"), finding("record-78", subject="+84912345999"))
    case = batch.cases.get(record="record-77")
    play.days(1)
    word = actions.appeal(play.code(case), "Tôi là chủ số này", play.cast.keys, now=play.cast.clock.at)
    actions.answer_appeal(play.cast.first, word.pk, grant=True, reason="đúng là chủ", now=play.cast.clock.at)
    before = play.cast.clock.pass_by(days=2)

    assert pruning.empty(pruning.over(before)) == 1
    row = play.read(case)
    assert (row.value, row.person, row.record) == ("gone", "", case.pk.hex)
    assert words.text_of(case.words.get(), play.cast.keys) == ""
    assert row.outcome == "granted" and case.words.get().decided_by == play.cast.first
    Outgoing.objects.update(body=b"")  # by its own rule
    Task.objects.all().delete()
    held = stored_bytes()
    assert NUMBER.encode() not in held and b"pseudonym-77" not in held and b"record-77" not in held
    assert b"+84912345999" in held
    assert not pruning.without_cases(before).exists()


def test_the_batches_key_goes_with_the_last_number(play):
    batch = play.begin(finding())
    play.days(1)
    actions.correct(play.carrier, "c1", ["r1"], now=play.cast.clock.at)
    before = play.cast.clock.pass_by(days=1)
    pruning.empty(pruning.over(before))

    assert pruning.destroy_keys(pruning.without_cases(before)) == 1
    assert Batch.objects.get(pk=batch.pk).sealed_by == ""
    assert Case.objects.get(batch=batch).outcome == "corrected"


def test_an_open_case_is_never_emptied(play):
    play.begin(finding())
    play.days(400)

    assert not pruning.over(play.cast.clock.at + timedelta(days=4000)).exists()


def test_a_message_has_the_shape_that_partners_were_told(play):
    play.case()
    play.work()
    message = json.loads(bytes(Outgoing.objects.get().body))

    assert set(message) == {"type", "timestamp", "data"} and message["type"] == "followup.orders"
    assert set(message["data"]["orders"][0]) == {
        *(
            "order_id",
            "case",
            "number",
            "record",
            "action",
            "text",
            "object",
            "keeps",
            "fields",
            "made_at",
            "answer_by",
        ),
        *("rule", "notice", "page", "demo"),
    }
