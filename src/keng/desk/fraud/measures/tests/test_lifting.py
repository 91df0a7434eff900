"""A lift reaches every partner and every list; wrongful measures are counted with the hours to mend."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.base.errors import ConflictError, InputError
from keng.desk.fraud.measures import actions, listeners, mending
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import Measure, Request
from keng.desk.fraud.measures.tests.conftest import CARRIERS, answer, messages
from keng.desk.ground.people.models import Officer


@pytest.fixture
def a_list():
    """A list that is filled because of measures, as a list app would keep it."""
    heard = []

    def listener(measure, now):
        heard.append((measure.code, measure.state))

    listeners.on_over(listener)
    listeners.on_over(listener)
    yield heard
    listeners.forget(listener)


def lift(cast, measure, **how):
    return actions.lift(cast.first, measure.pk, "nhầm", now=cast.clock.at, **how)


def test_it_reaches_every_partner_also_who_refused_or_never_answered(cast, order):
    measure = order(Kind.BLOCK_NUMBER)
    done, refused, _silent = Request.objects.order_by("partner_id")
    answer(cast, done, "executed")
    answer(cast, refused, "refused", reason="not_our_number")

    lift(cast, measure)

    released = [one["to"] for one in messages(measure) if one["type"] == "measure.released"]
    assert released == CARRIERS
    assert {one["data"]["until"] for one in messages(measure) if one["type"] == "measure.released"} == {
        f"{cast.clock.at:%Y-%m-%dT%H:%M:%SZ}"
    }


@pytest.mark.parametrize("how", ["lift", "end", "decline"])
def test_it_reaches_every_list_once(cast, order, a_list, how):
    if how == "decline":
        measure = cast.hold()
        actions.decline(cast.second, measure.pk, "chưa đủ", now=cast.clock.at)
    else:
        measure = order(Kind.BLOCK_NUMBER)
        if how == "lift":
            lift(cast, measure)
        else:
            actions.end_what_is_over(now=measure.ends_at)
    actions.end_what_is_over(now=cast.clock.at + timedelta(days=99))

    assert a_list == [(measure.code, Measure.objects.get(pk=measure.pk).state)]


def test_if_a_list_cannot_be_told_the_lift_is_not_done_by_half(cast, order):
    measure = order(Kind.BLOCK_NUMBER)

    def broken(_measure, _now):
        raise RuntimeError("the list cannot be written")

    listeners.on_over(broken)
    try:
        with pytest.raises(RuntimeError):
            lift(cast, measure)
    finally:
        listeners.forget(broken)

    assert Measure.objects.get().state == "active"
    assert {one["type"] for one in messages(measure)} == {"measure.requested"}


def test_a_wrongful_measure_counts_with_the_hours_to_mend(cast, order):
    block, domain = order(Kind.BLOCK_NUMBER), order(Kind.SUSPEND_DOMAIN)
    cast.clock.pass_by(hours=5)
    lift(cast, block, wrong="wrong_object")
    lift(cast, domain)

    counts = mending.count_wrong(cast.auditor, since=block.sent_at, until=cast.clock.at, now=cast.clock.at)

    assert [(one.kind, one.unit, one.sent, one.wrong, one.wrong_by_class, one.median_hours) for one in counts] == [
        ("block_number", "Trung tâm", 1, 1, (("wrong_object", 1),), 5.0),
        ("suspend_domain", "Trung tâm", 1, 0, (), None),
    ]


def test_one_that_ended_before_it_was_found_wrong_counts_to_its_end(cast, order):
    block = order(Kind.BLOCK_NUMBER)
    with pytest.raises(ConflictError):
        actions.find_wrong(cast.first, block.pk, "no_fraud", now=cast.clock.at)
    cast.clock.pass_by(days=60)

    actions.find_wrong(cast.first, block.pk, "no_fraud", now=cast.clock.at)

    [count] = mending.count_wrong(cast.auditor, since=block.sent_at, until=cast.clock.at, now=cast.clock.at)
    assert (count.wrong, count.median_hours) == (1, 30 * 24)
    with pytest.raises(ConflictError):
        actions.find_wrong(cast.first, block.pk, "other", now=cast.clock.at)


def test_units_and_periods_are_counted_apart(cast, order):
    block = order(Kind.BLOCK_NUMBER)
    Officer.objects.filter(pk=cast.second.pk).update(unit_name="Đà Nẵng")
    cast.second.refresh_from_db()
    cast.clock.pass_by(days=40)
    hold = cast.hold(officer=cast.second)

    later = mending.count_wrong(
        cast.auditor, since=hold.sent_at, until=hold.sent_at + timedelta(days=1), now=cast.clock.at
    )

    assert [(one.kind, one.unit) for one in later] == [("hold_funds", "Đà Nẵng")]
    assert block.sent_at < hold.sent_at


@pytest.mark.parametrize(("reason", "kept"), [("nhầm\x00 số", "nhầm số"), ("\x00", None)])
def test_a_reason_is_kept_without_what_no_database_stores(cast, order, reason, kept):
    measure = order(Kind.BLOCK_NUMBER)

    if kept is None:
        with pytest.raises(InputError):
            actions.lift(cast.first, measure.pk, reason, now=cast.clock.at)
    else:
        assert actions.lift(cast.first, measure.pk, reason, now=cast.clock.at).lift_reason == kept


@pytest.mark.parametrize("wrong", ["mood", "WRONG_OBJECT", " "])
def test_the_class_is_of_the_closed_list(cast, order, wrong):
    measure = order(Kind.BLOCK_NUMBER)

    with pytest.raises(InputError) as refusal:
        lift(cast, measure, wrong=wrong)

    assert refusal.value.code == "bad_class"
    assert Measure.objects.get().state == "active"
