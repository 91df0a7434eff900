"""The queue: one list, those first whose money can still be held, and no open report outside it."""

from __future__ import annotations

from datetime import timedelta

from keng.desk.fraud.measures import actions, renewing
from keng.desk.fraud.measures import queue as queries
from keng.desk.fraud.measures.models import Measure, Request
from keng.desk.fraud.reports import actions as reports


def lines(cast, officer=None):
    return queries.queue(officer or cast.first, now=cast.clock.at)


def loss(cast, amount, minutes):
    return {**cast.body()["loss"], "amount": amount, "at": (cast.clock.at - timedelta(minutes=minutes)).isoformat()}


def test_money_that_can_still_be_held_comes_first_not_the_largest_loss(cast):
    old = cast.report(loss=loss(cast, 100_000_000, 600)).report
    fresh = cast.report(loss=loss(cast, 20_000_000, 1)).report

    first, second = lines(cast)

    assert (first.code, second.code) == (fresh.code, old.code)
    assert first.holdable > second.holdable


def test_a_report_without_a_loss_waits_to_be_read_after_all_money(cast):
    plain = cast.report(loss=None).report
    lost = cast.report(loss=loss(cast, 1_000_000, 3000)).report

    assert [(line.what, line.code) for line in lines(cast)] == [("hold", lost.code), ("read", plain.code)]


def test_a_loss_too_old_to_hold_still_waits_to_be_read(cast):
    report = cast.report(loss=loss(cast, 1_000_000, 5)).report
    cast.clock.pass_by(days=4)

    assert [(line.what, line.code) for line in lines(cast)] == [("read", report.code)]


def test_a_hold_to_be_confirmed_moves_up_in_its_last_hour(cast):
    measure = cast.hold()
    Request.objects.update(state="executed", held_amount=4_800_000)
    cast.clock.pass_by(hours=22)
    fresh = cast.report(loss=loss(cast, 1_000_000, 2)).report
    assert [line.code for line in lines(cast)] == [fresh.code, measure.report.code]

    cast.clock.pass_by(hours=1, minutes=30)

    first = lines(cast)[0]
    assert (first.what, first.code, first.held) == ("confirm", measure.report.code, 4_800_000)


def test_what_was_decided_or_closed_leaves_the_queue(cast):
    measure = cast.hold()
    plain = cast.report(loss=None).report
    actions.approve(cast.second, measure.pk, now=cast.clock.at)
    reports.close(cast.first, plain.pk, "tin quảng cáo", now=cast.clock.at)

    assert lines(cast) == []


def renewal_of(cast, measure):
    return renewing.propose_renewal(cast.first, measure.pk, "ngân hàng còn xác minh", now=cast.clock.at)


def test_a_renewal_waits_in_the_queue_for_another_officer_until_the_measure_ends(cast):
    measure = cast.hold()
    actions.approve(cast.second, measure.pk, now=cast.clock.at)
    assert lines(cast) == []

    renewal_of(cast, measure)

    (line,) = lines(cast)
    assert (line.what, line.measure_code, line.is_mine) == ("renew", measure.code, True)
    assert line.clock_to == Measure.objects.get().ends_at
    assert [one.is_mine for one in lines(cast, cast.second)] == [False]
    cast.clock.at = line.clock_to
    assert [one.what for one in lines(cast)] == []


def test_a_renewal_moves_up_in_the_last_hour_of_its_measure(cast):
    measure = cast.hold()
    actions.approve(cast.second, measure.pk, now=cast.clock.at)
    Request.objects.update(state="executed", held_amount=4_800_000)
    renewal_of(cast, measure)
    ends_at = Measure.objects.get().ends_at
    cast.clock.at = ends_at - timedelta(hours=2)
    fresh = cast.report(loss=loss(cast, 1_000_000, 2)).report
    assert [line.code for line in lines(cast)] == [fresh.code, measure.report.code]

    cast.clock.at = ends_at - timedelta(minutes=30)

    assert (lines(cast)[0].what, lines(cast)[0].held) == ("renew", 4_800_000)


def test_a_decided_renewal_leaves_the_queue(cast):
    measure = cast.hold()
    actions.approve(cast.second, measure.pk, now=cast.clock.at)
    renewing.approve_renewal(cast.second, renewal_of(cast, measure).pk, now=cast.clock.at)

    assert lines(cast) == []
