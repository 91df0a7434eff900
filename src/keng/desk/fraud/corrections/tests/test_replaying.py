"""A model tried on stored reports: what it would change is told, and nothing changes."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.corrections import actions, pruning, queries, replaying
from keng.desk.fraud.corrections.models import Change, Replay, Tally
from keng.desk.fraud.reports.actions import erase
from keng.desk.fraud.reports.models import ErasedWhy, Report
from keng.desk.fraud.verdicts import actions as models
from keng.desk.fraud.verdicts.models import Verdict
from keng.desk.fraud.verdicts.tests.made import SCAM, model_file
from keng.desk.ground.jobs import tasks
from keng.desk.ground.jobs.models import Task
from keng.desk.ground.jobs.states import TaskState
from keng.engines.classify import classify, load
from keng.vietnam.rules.retention import keeping

TRICK = classify(SCAM).trick
HARMLESS = "Mẹ ơi con về trễ, đừng chờ cơm"


@pytest.fixture
def other(cast):
    """A model that calls everything true."""
    return models.add_model(model_file(), actor="system:test", now=cast.clock.at)


@pytest.fixture
def small_slices(monkeypatch):
    monkeypatch.setattr(replaying, "SLICE", 2)


def start(cast, version, officer=None, newest=1000):
    return replaying.start(officer or cast.operator, version, newest=newest, now=cast.clock.at)


def work(cast, most=1000):
    """Do so many tasks; returns how many were done."""
    done = 0
    while done < most and (claimed := tasks.claim(cast.clock.at)):
        assert tasks.do(claimed, lambda: cast.clock.at)
        done += 1
    return done


def told(cast, replay):
    return queries.get_replay(cast.operator, replay.pk)


def test_it_says_from_what_to_what_and_how_often_officers_are_on_its_side(cast, other, small_slices):
    scams = [cast.report() for _ in range(4)]
    harmless = cast.report(text=HARMLESS, loss=None)
    actions.correct(cast.first, scams[0].report.pk, "true", cast.keys, now=cast.clock.at)
    actions.correct(cast.first, scams[1].report.pk, "right", cast.keys, now=cast.clock.at)
    actions.correct(cast.first, harmless.report.pk, "right", cast.keys, now=cast.clock.at)
    before = list(Verdict.objects.order_by("pk").values())

    replay = start(cast, other)
    assert work(cast) == 3

    away, same = queries.moves(replay)
    assert (away.was, away.would_be, away.reports, away.judged, away.was_right, away.would_be_right) == (
        TRICK,
        "true",
        4,
        2,
        1,
        1,
    )
    assert (same.was, same.would_be, same.reports, same.would_be_right) == ("true", "true", 1, 1)
    found = told(cast, replay)
    assert (found.read, found.changed, found.judged, found.was_right, found.would_be_right) == (5, 4, 3, 2, 2)
    assert list(Verdict.objects.order_by("pk").values()) == before


def test_the_reports_are_told_by_code_those_that_an_officer_judged_apart(cast, other):
    judged, plain = cast.report(), cast.report()
    actions.correct(cast.first, judged.report.pk, "true", cast.keys, now=cast.clock.at)
    replay = start(cast, other)
    work(cast)

    [one] = queries.changes(cast.first, replay, judged=True)
    [two] = queries.changes(cast.auditor, replay, judged=False)

    assert (one.code, one.was, one.would_be, one.said) == (judged.report.code, TRICK, "true", "true")
    assert (two.code, two.said, two.scam_was > 0.5 > two.scam_would_be) == (plain.report.code, "", True)
    assert queries.changes(cast.first, replay, judged=False, was="parcel") == []
    assert queries.changes(cast.operator, replay, judged=False) == []  # codes of reports are for who may list reports


def test_the_progress_is_that_of_its_tasks(cast, other, small_slices):
    for _ in range(5):
        cast.report()
    replay = start(cast, other)

    seen = []
    for _ in range(3):
        seen.append((told(cast, replay).progress.done, told(cast, replay).read))
        work(cast, 1)

    assert seen == [(0, 0), (1, 2), (2, 4)]
    assert (told(cast, replay).progress.done, told(cast, replay).progress.left, told(cast, replay).read) == (3, 0, 5)


def test_a_slice_that_was_killed_is_read_once_more_and_counted_once(cast, other):
    cast.report()
    replay = start(cast, other)
    killed = tasks.claim(cast.clock.at)  # and nothing more is heard of it
    cast.clock.pass_by(minutes=2)

    assert work(cast) == 1

    assert tasks.do(killed, lambda: cast.clock.at) is False
    assert [row.reports for row in Tally.objects.filter(replay=replay)] == [1]
    assert Task.objects.get().state == TaskState.DONE


def test_it_reads_the_newest_as_they_stood_and_not_what_came_later(cast, other, small_slices):
    old, *_rest = [cast.report() for _ in range(4)]
    replay = start(cast, other, newest=3)
    cast.report()
    work(cast)

    assert (replay.reports, told(cast, replay).read) == (3, 3)
    assert not Change.objects.filter(report=old.report).exists()


def test_what_is_erased_meanwhile_is_left_out(cast, other):
    gone, stays = cast.report(), cast.report()
    replay = start(cast, other)
    erase(gone.report.pk, ErasedWhy.REQUEST, actor="system:test", now=cast.clock.at)
    work(cast)

    assert told(cast, replay).read == 1
    assert [change.report_id for change in Change.objects.all()] == [stays.report.pk]


def test_without_words_there_is_nothing_to_compare(cast, other):
    cast.report(text="")
    replay = start(cast, other)
    work(cast)

    assert (replay.reports, told(cast, replay).read) == (1, 0)


def test_who_may_and_what_is_refused(cast, other):
    with pytest.raises(ConflictError, match="nothing_stored"):
        start(cast, other)
    cast.report()
    with pytest.raises(RefusedError):
        start(cast, other, cast.auditor)
    with pytest.raises(InputError, match="no_such_model"):
        start(cast, "nowhere")
    for newest in (0, -1, 2_000_001):
        with pytest.raises(InputError, match="bad_number"):
            start(cast, other, newest=newest)
    with pytest.raises(InputError, match="no_replay"):
        queries.get_replay(cast.operator, Report.objects.get().pk)
    assert not Replay.objects.exists()


def test_the_same_without_a_worker_for_the_command(cast, tmp_path):
    for _ in range(3):
        cast.report()
    path = tmp_path / "m.json"
    path.write_bytes(model_file())
    sums = replaying.Sums()

    rows = replaying.readable(10).select_related("key", "shared")
    found = list(sums.adding(replaying.compare_in_slices(load(str(path)), rows, cast.keys, size=2)))

    assert [(one.was.called, one.would_be.called, one.changes) for one in found] == [(TRICK, "true", True)] * 3
    assert [(row.was, row.would_be, row.reports) for row in sums.tallies()] == [(TRICK, "true", 3)]
    assert not Replay.objects.exists() and not Change.objects.exists()


def test_a_replay_goes_after_a_year_with_all_of_it(cast, other):
    cast.report()
    start(cast, other)
    work(cast)
    cast.clock.pass_by(days=366)

    pruning.old_replays(cast.clock.at - keeping("corrections.Replay", cast.clock.at.date()).time).delete()

    assert not Replay.objects.exists() and not Tally.objects.exists() and not Change.objects.exists()
