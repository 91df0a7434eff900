"""Shifts and skills: who may be put on a roster, and which hours and places have nobody trained."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.base.errors import ConflictError, InputError, KengError, RefusedError
from keng.base.times import VIETNAM
from keng.desk.ground.duty import actions, queries
from keng.desk.ground.duty.models import HeldSkill, Shift
from keng.desk.ground.duty.queries import Cover
from keng.desk.ground.duty.tests.conftest import MONDAY
from keng.desk.ground.organisations import tree
from keng.desk.ground.people import actions as people

MIDNIGHT = datetime.combine(MONDAY, datetime.min.time(), VIETNAM)


def cover_of(ground, unit, hours=24, start=MIDNIGHT, **asked):
    return queries.coverage(ground.cast.first, unit, start, hours, **asked)


def own(ground, unit, **asked):
    """The cover of the day as 24 letters: # throughout, / a part, . nobody."""
    return "".join(
        {"full": "#", "part": "/", "none": "."}[hour.own.value] for hour in cover_of(ground, unit, **asked).hours
    )


def test_a_shift_across_midnight_covers_the_hours_of_both_days(ground):
    ground.shift(ground.province, 22, 8, day=MONDAY - timedelta(days=1))
    ground.shift(ground.province, 22, 8)

    assert own(ground, ground.province) == "######" + "." * 16 + "##"


@pytest.mark.parametrize(("until", "strip"), [(7.5, "##"), (7.25, "#/"), (7.0, "#/")])
def test_an_hour_is_covered_only_to_the_last_minute(ground, until, strip):
    """Two shifts that meet within an hour cover it; a quarter between them does not."""
    ground.shift(ground.province, 6, until - 6)
    ground.shift(ground.province, 7.5, 2)

    assert own(ground, ground.province)[6:8] == strip


def test_two_on_duty_at_once_do_not_count_twice(ground):
    second = people.enrol("hai-nguoi", "Hai", "", "officer", organisation=ground.province, now=ground.now)
    actions.give_skill(second, "money_tracing", since=date(2026, 1, 1), now=ground.now)
    ground.shift(ground.province, 6, 0.5)
    ground.shift(ground.province, 6, 0.5, second)

    assert own(ground, ground.province)[6] == "/"


def test_a_province_sees_the_gaps_of_its_communes_and_a_commune_only_its_own(ground):
    ground.shift(ground.commune, 8, 4)
    ground.shift(ground.other, 10, 4)

    seen = cover_of(ground, ground.province)
    assert seen.below == 2
    assert [hour.below_full for hour in seen.hours] == [0] * 8 + [1, 1, 2, 2, 1, 1] + [0] * 10
    assert seen.below_gaps == 2 * 24 - 8
    assert seen.own_gaps == 24
    assert cover_of(ground, ground.commune).below == 0
    assert cover_of(ground, ground.centre).below == 3


@pytest.mark.parametrize("lack", ["nothing", "skill", "skill over", "left", "appointment over", "cancelled"])
def test_only_somebody_trained_who_still_serves_covers_an_hour(ground, lack):
    officer = ground.of[ground.province.code]
    shift = ground.shift(ground.province, 8, 1)
    match lack:
        case "skill":
            HeldSkill.objects.filter(officer=officer).update(skill="english")
        case "skill over":
            HeldSkill.objects.filter(officer=officer).update(valid_to=MONDAY)
        case "left":
            officer.is_active = False
            officer.save(update_fields=["is_active"])
        case "appointment over":
            people.end_appointment(ground.cast.operator, officer.appointments.get(), now=ground.now)
        case "cancelled":
            actions.cancel(ground.cast.operator, shift.pk, now=ground.now)

    assert own(ground, ground.province)[8] == ("#" if lack == "nothing" else ".")


def test_cover_by_one_skill_asks_for_that_skill(ground):
    ground.shift(ground.province, 8, 1)

    assert own(ground, ground.province, skill="money_tracing")[8] == "#"
    assert own(ground, ground.province, skill="digital_forensics")[8] == "."


def test_the_cover_of_a_unit_that_ended_is_its_successors(ground):
    ground.shift(ground.commune, 8, 1)

    tree.merge(ground.commune, ground.other, MONDAY, now=ground.now)
    ground.other.refresh_from_db()

    assert own(ground, ground.other)[8] == "#"
    assert cover_of(ground, ground.province).below == 1


TIMES = st.tuples(st.integers(0, 23 * 4), st.integers(1, 24 * 4))


@given(st.lists(TIMES, max_size=12))
def test_the_strip_agrees_with_counting_minutes(quarters):
    """Intervals in quarters of an hour, in any order, against a plain set of quarters."""
    intervals = [
        (MIDNIGHT + timedelta(minutes=15 * at), MIDNIGHT + timedelta(minutes=15 * (at + long))) for at, long in quarters
    ]
    held = {quarter for at, long in quarters for quarter in range(at, at + long)}

    told = queries._by_hour(intervals, MIDNIGHT, 24)

    for hour, cover in enumerate(told):
        count = sum(quarter in held for quarter in range(hour * 4, hour * 4 + 4))
        assert cover is (Cover.FULL if count == 4 else Cover.PART if count else Cover.NONE)


@pytest.mark.parametrize("lack", ["nothing", "skill", "left"])
def test_a_place_without_a_trained_officer_is_named(ground, lack):
    type(ground.province).objects.filter(code__in=("tinh", "xa-1", "xa-2")).update(place_code="00001", place_on=MONDAY)
    officer = ground.of["xa-1"]
    if lack == "skill":
        HeldSkill.objects.filter(officer=officer).update(skill="lao")
    if lack == "left":
        officer.is_active = False
        officer.save(update_fields=["is_active"])

    bare = queries.untrained_units(ground.cast.first, ground.province, now=ground.now)
    assert [row.code for row in bare] == ([] if lack == "nothing" else ["xa-1"])


def test_the_cover_of_a_whole_country_takes_as_many_queries_as_that_of_a_commune(ground, django_assert_max_num_queries):
    tree.load(ground.centre, ground.now.date(), now=ground.now, communes=True)

    with django_assert_max_num_queries(6):
        assert cover_of(ground, ground.centre, hours=168).below > 3000
    with django_assert_max_num_queries(3):
        assert len(queries.untrained_units(ground.cast.first, ground.centre, now=ground.now)) > 3000


# --- planning


@pytest.mark.parametrize(
    ("begins", "hours", "fault"),
    [(8, 24, None), (8, 24.25, "bad_times"), (8, 0, "bad_times"), (8, -1, "bad_times"), (-48, 4, "shift_over"),
     (24 * 400, 4, "too_far")],
)  # fmt: skip
def test_a_shift_has_a_length_and_lies_ahead(ground, begins, hours, fault):
    if fault is None:
        assert ground.shift(ground.province, begins, hours).pk
        return
    with pytest.raises(KengError) as refused:
        ground.shift(ground.province, begins, hours)
    assert refused.value.code == fault


@pytest.mark.parametrize(("whose", "works"), [("tinh", True), ("trung-tam", True), ("xa-1", False)])
def test_who_is_on_duty_serves_the_unit_or_one_above_it(ground, whose, works):
    if works:
        assert ground.shift(ground.province, 8, 1, ground.of[whose]).pk
        return
    with pytest.raises(RefusedError):
        ground.shift(ground.province, 8, 1, ground.of[whose])


@pytest.mark.parametrize(("ends", "works"), [(9, True), (8.5, False)])
def test_who_is_on_duty_serves_to_the_end_of_the_shift(ground, ends, works):
    officer = ground.of["tinh"]
    officer.appointments.update(valid_to=MIDNIGHT + timedelta(hours=ends))
    if works:
        assert ground.shift(ground.province, 8, 1).pk
        return
    with pytest.raises(RefusedError):
        ground.shift(ground.province, 8, 1)


@pytest.mark.parametrize(("begins", "works"), [(9, True), (8.75, False), (7, True), (7.25, False), (8.25, False)])
def test_nobody_is_in_two_shifts_at_once_in_whatever_unit(ground, begins, works):
    officer = ground.of["trung-tam"]
    ground.shift(ground.province, 8, 1, officer)
    if works:
        assert ground.shift(ground.commune, begins, 1, officer).pk
        return
    with pytest.raises(ConflictError) as refused:
        ground.shift(ground.commune, begins, 1, officer)
    assert "23/11 08:00" in refused.value.said.vi
    assert Shift.objects.count() == 1


def test_a_cancelled_shift_leaves_its_time_free_and_is_cancelled_once(ground, entries):
    shift = ground.shift(ground.province, 8, 1)
    actions.cancel(ground.cast.operator, shift.pk, now=ground.now)
    with pytest.raises(ConflictError):
        actions.cancel(ground.cast.operator, shift.pk, now=ground.now)

    assert ground.shift(ground.province, 8, 1).pk
    assert entries(shift.subject) == ["duty.plan", "duty.cancel"]


def test_a_shift_that_is_over_stays_in_the_record(ground):
    shift = ground.shift(ground.province, 8, 1)
    ground.cast.clock.pass_by(days=7)

    with pytest.raises(RefusedError):
        actions.cancel(ground.cast.operator, shift.pk, now=ground.now)


def test_a_shift_that_is_not_there_is_refused_as_one_that_is_not_yours(ground):
    for ident in (ground.shift(ground.province, 8, 1).pk, 10**9, 10**30):
        with pytest.raises(RefusedError) as refused:
            actions.cancel(ground.cast.first, ident, now=ground.now)
        assert refused.value.code == "not_allowed"


# --- skills


@pytest.mark.parametrize(
    ("since", "until", "fault"),
    [("2026-06-01", None, "has_skill"), ("2025-01-01", "2026-01-01", None), ("2025-01-01", "2026-01-02", "has_skill"),
     ("2025-06-01", "2025-06-01", "bad_days"), ("1900-01-01", "1901-01-01", "bad_days")],
)  # fmt: skip
def test_a_skill_is_held_once_at_a_time(ground, since, until, fault):
    days = {"since": date.fromisoformat(since), "until": until and date.fromisoformat(until)}

    def attest():
        return actions.attest(
            ground.cast.operator, ground.province, ground.of["tinh"], "money_tracing", **days, now=ground.now
        )

    if fault is None:
        assert attest().pk
        return
    with pytest.raises(KengError) as refused:
        attest()
    assert refused.value.code == fault


def test_a_skill_is_one_of_the_list(ground):
    with pytest.raises(InputError):
        actions.attest(
            ground.cast.operator, ground.province, ground.of["tinh"], "mind reading", since=MONDAY, now=ground.now
        )


@pytest.mark.parametrize(("unit", "works"), [("province", True), ("commune", False)])
def test_a_skill_is_attested_and_withdrawn_where_the_officer_serves(ground, unit, works):
    organisation, officer = getattr(ground, unit), ground.of["tinh"]
    held = HeldSkill.objects.get(officer=officer)
    if works:
        actions.withdraw(ground.cast.operator, organisation, held.pk, now=ground.now)
        assert queries.skills_of([officer.pk], MONDAY) == {}
        with pytest.raises(ConflictError):
            actions.withdraw(ground.cast.operator, organisation, held.pk, now=ground.now)
        return
    with pytest.raises(RefusedError):
        actions.withdraw(ground.cast.operator, organisation, held.pk, now=ground.now)
    assert queries.skills_of([officer.pk], MONDAY)[officer.pk] == [held]


def test_the_roster_of_a_week_is_in_order_and_knows_who_is_on_duty(ground):
    late, early = ground.shift(ground.province, 14, 8), ground.shift(ground.province, 6, 8)

    assert queries.roster(ground.cast.auditor, ground.province, MIDNIGHT, MIDNIGHT + timedelta(days=7)) == [early, late]
    assert queries.on_duty(ground.province, MIDNIGHT + timedelta(hours=14)) == [late]
    assert queries.on_duty(ground.province, MIDNIGHT + timedelta(hours=5)) == []
