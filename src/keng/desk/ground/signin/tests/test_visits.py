"""Sessions: they end by the clock, by their officer, by a key that is gone; each end is in the ledger."""

from __future__ import annotations

import pytest

from keng.base.errors import InputError
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.signin import factors, queries, visits
from keng.desk.ground.signin.models import Ended, Visit, Way


def begin(cast, officer=None):
    return visits.begin(officer or cast.first, Way.PASSKEY, now=cast.clock.at)


def go_on(cast, visit, *, is_used=True):
    return visits.go_on(visit.pk, visit.officer, is_used=is_used, now=cast.clock.at)


@pytest.mark.parametrize(("minutes", "goes_on"), [(29, True), (30, False)])
def test_half_an_hour_unused_ends_it(cast, minutes, goes_on):
    visit = begin(cast)
    cast.clock.pass_by(minutes=minutes)

    assert (go_on(cast, visit) is not None) is goes_on
    assert Visit.objects.get().ended_why == ("" if goes_on else Ended.IDLE)


@pytest.mark.parametrize(("last", "goes_on"), [(19, True), (20, False)])
def test_twelve_hours_end_it_however_busy(cast, last, goes_on):
    visit = begin(cast)
    for _ in range(35):
        cast.clock.pass_by(minutes=20)
        assert go_on(cast, visit)
    cast.clock.pass_by(minutes=last)

    assert (go_on(cast, visit) is not None) is goes_on
    assert Visit.objects.get().ended_why == ("" if goes_on else Ended.TOO_LONG)


def test_a_page_that_freshens_itself_is_not_use(cast):
    visit = begin(cast)
    for _ in range(29):
        cast.clock.pass_by(minutes=1)
        assert go_on(cast, visit, is_used=False)
    cast.clock.pass_by(minutes=1)

    assert go_on(cast, visit, is_used=False) is None


def test_an_ended_session_does_not_go_on_and_its_end_is_in_the_ledger_once(cast, entries):
    visit = begin(cast)
    cast.clock.pass_by(hours=1)

    assert go_on(cast, visit) is None
    assert go_on(cast, visit) is None
    assert visits.end(visit.pk, Ended.LEFT, actor=cast.first.actor, now=cast.clock.at) is False
    assert entries(visit.subject) == ["signin.end_session"]


def test_an_officer_who_left_has_no_session(cast):
    visit = begin(cast)
    cast.first.is_active = False
    cast.first.save(update_fields=["is_active"])

    assert visits.go_on(visit.pk, cast.first, is_used=True, now=cast.clock.at) is None
    assert Visit.objects.get().ended_why == Ended.INACTIVE


def test_a_session_is_its_officers_alone(cast):
    visit = begin(cast)

    assert visits.go_on(visit.pk, cast.second, is_used=True, now=cast.clock.at) is None
    with pytest.raises(InputError):
        visits.end_own(cast.second, visit.pk, now=cast.clock.at)
    assert go_on(cast, visit)


def test_one_ends_ones_other_sessions_and_nobody_elses(cast):
    here, there, others = begin(cast), begin(cast), begin(cast, cast.second)

    assert visits.end_others(cast.first, here.pk, now=cast.clock.at) == 1
    assert [go_on(cast, one) is not None for one in (here, there, others)] == [True, False, True]


def test_the_worker_writes_down_what_the_clock_ended(cast):
    begin(cast)
    cast.clock.pass_by(minutes=10)
    fresh = begin(cast)
    cast.clock.pass_by(minutes=20)

    assert visits.end_what_is_over(now=cast.clock.at) == 1
    assert visits.end_what_is_over(now=cast.clock.at) == 0
    assert queries.open_visits(cast.first, now=cast.clock.at) == [fresh]
    assert ledger.newest_entries(limit=1)[0].facts == {"why": "idle"}


def test_losing_every_key_ends_every_session(hai):
    visit = hai.by_passkey()

    factors.invite(hai.officer, lost=True, now=hai.now)

    assert visits.go_on(visit.pk, hai.officer, is_used=True, now=hai.now) is None
    assert Visit.objects.get(pk=visit.pk).ended_why == Ended.REVOKED
