"""Whose a report is: routed, offered, accepted, refused, gone up, assigned; and never to and fro."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from keng.base.errors import ConflictError, InputError, KengError, RefusedError
from keng.desk.fraud.jurisdiction import actions, queries
from keng.desk.fraud.jurisdiction.models import Handover
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.tree import load
from keng.desk.ground.people.actions import enrol
from keng.vietnam import places, police

DAY = date(2026, 11, 21)
WHY = "nạn nhân ở nơi khác"


@dataclass
class Country:
    """The centre, three provinces, and in each an officer; a report that the first province owns."""

    cast: Any
    units: dict[str, Any]
    officers: dict[str, Any]

    def report(self, place: str = "01") -> Report:
        return self.cast.report(place=place).report

    def owner(self, report: Report) -> str:
        return next(name for name, unit in self.units.items() if unit.pk == Report.objects.get(pk=report.pk).owner_id)

    def offer(self, report: Report, giver: str, to: str) -> Handover:
        return actions.offer(self.officers[giver], report.pk, self.units[to].code, WHY, now=self.cast.clock.at)

    def assign(self, report: Report, by: str, to: str) -> Handover:
        return actions.assign(self.officers[by], report.pk, self.units[to].code, WHY, now=self.cast.clock.at)


@pytest.fixture
def country(cast) -> Country:
    now = cast.clock.at
    centre = organisations.find_centre(DAY)
    load(centre, DAY, now=now)
    codes = {"hanoi": "01", "laocai": "15", "hue": "46"}
    units = {
        name: organisations.get_organisation(police.code_of_unit(places.unit(code, DAY)))
        for name, code in codes.items()
    }
    officers = {name: enrol(name, name, "", "officer", now=now, organisation=unit) for name, unit in units.items()}
    return Country(cast, {"centre": centre, **units}, {"centre": cast.first, **officers})


def test_a_report_goes_to_the_province_that_its_reporter_names(country):
    assert country.owner(country.report("15")) == "laocai"
    assert country.report("15").route == "route.province_of_reporter"


def test_a_report_of_a_commune_goes_to_its_province(country):
    commune = places.children(places.unit("46", DAY), DAY)[0]

    assert country.owner(country.report(commune.code)) == "hue"


def test_a_report_without_a_place_goes_to_the_centre(country):
    assert country.owner(country.report("")) == "centre"


def test_a_place_that_is_none_today_is_refused(country):
    with pytest.raises(InputError) as refused:
        country.report("02")  # Hà Giang until 2025-06-30
    assert refused.value.code == "bad_place"


def test_the_giver_owns_it_until_it_is_accepted(country, entries):
    report = country.report()
    handover = country.offer(report, "hanoi", "hue")
    assert country.owner(report) == "hanoi"

    actions.accept(country.officers["hue"], handover.pk, now=country.cast.clock.at)

    assert country.owner(report) == "hue"
    assert entries(report.subject)[-2:] == ["jurisdiction.offer", "jurisdiction.accept"]


def test_the_new_owner_may_read_it_and_the_old_one_no_longer(country):
    report = country.report()

    def look(who: str) -> None:
        reports.look(country.officers[who], report.pk, "triage", country.cast.keys, now=country.cast.clock.at)

    look("hanoi")
    with pytest.raises(InputError):
        look("hue")

    actions.accept(country.officers["hue"], country.offer(report, "hanoi", "hue").pk, now=country.cast.clock.at)

    look("hue")
    look("centre")
    with pytest.raises(InputError):
        look("hanoi")


def test_a_refused_offer_goes_up_to_the_unit_above_both(country, entries):
    report = country.report()
    handover = country.offer(report, "hanoi", "hue")

    actions.refuse(country.officers["hue"], handover.pk, "không thuộc địa bàn", now=country.cast.clock.at)

    assert country.owner(report) == "centre"
    assert entries(report.subject)[-2:] == ["jurisdiction.refuse", "jurisdiction.raise"]


@pytest.mark.parametrize(("minutes_over", "owner"), [(-1, "hanoi"), (0, "centre")])
def test_an_offer_that_nobody_accepts_in_time_goes_up(country, minutes_over, owner):
    report = country.report()
    handover = country.offer(report, "hanoi", "hue")
    country.cast.clock.at = handover.accept_by + timedelta(minutes=minutes_over)

    actions.send_up_the_overdue(now=country.cast.clock.at)
    actions.send_up_the_overdue(now=country.cast.clock.at)

    assert country.owner(report) == owner
    assert Handover.objects.filter(report=report, state="raised").count() == (owner == "centre")


def test_an_overdue_offer_cannot_be_accepted_though_no_worker_ran(country):
    report = country.report()
    handover = country.offer(report, "hanoi", "hue")
    country.cast.clock.at = handover.accept_by

    with pytest.raises(ConflictError) as refused:
        actions.accept(country.officers["hue"], handover.pk, now=country.cast.clock.at)
    assert refused.value.code == "too_late"
    assert queries.offered_to(country.officers["hue"], now=country.cast.clock.at) == []


def test_it_is_not_passed_back(country):
    report = country.report()
    actions.accept(country.officers["hue"], country.offer(report, "hanoi", "hue").pk, now=country.cast.clock.at)

    with pytest.raises(RefusedError) as refused:
        country.offer(report, "hue", "hanoi")
    assert refused.value.code == "had_it"
    assert country.offer(report, "hue", "laocai").state == "offered"


def test_an_offer_that_was_withdrawn_is_not_made_again(country):
    report = country.report()
    handover = country.offer(report, "hanoi", "hue")
    actions.withdraw(country.officers["hanoi"], handover.pk, now=country.cast.clock.at)

    with pytest.raises(RefusedError) as refused:
        country.offer(report, "hanoi", "hue")
    assert refused.value.code == "had_it"
    assert country.owner(report) == "hanoi"


def test_two_offers_do_not_stand_at_once(country):
    report = country.report()
    country.offer(report, "hanoi", "hue")

    with pytest.raises(ConflictError) as refused:
        country.offer(report, "hanoi", "laocai")
    assert refused.value.code == "offered_already"


def test_what_was_assigned_is_not_offered(country):
    report = country.report()
    country.assign(report, "centre", "hue")
    assert country.owner(report) == "hue"

    with pytest.raises(RefusedError) as refused:
        country.offer(report, "hue", "laocai")
    assert refused.value.code == "decided_above"


def test_a_province_does_not_assign_to_another(country):
    report = country.report()

    with pytest.raises(RefusedError) as refused:
        country.assign(report, "hanoi", "hue")
    assert refused.value.code == "not_above"


def test_one_unit_assigns_to_another_once(country):
    report = country.report()
    country.assign(report, "centre", "hue")
    country.assign(report, "centre", "laocai")

    with pytest.raises(RefusedError) as refused:
        country.assign(report, "centre", "hue")
    assert refused.value.code == "had_it"


def test_only_the_receiver_answers_an_offer(country):
    handover = country.offer(country.report(), "hanoi", "hue")

    for who in ("hanoi", "laocai"):
        with pytest.raises(InputError) as refused:
            actions.accept(country.officers[who], handover.pk, now=country.cast.clock.at)
        assert refused.value.code == "no_offer"


@pytest.mark.parametrize("to", ["none", "970436", "bo", ""])
def test_a_receiver_must_be_a_police_unit_that_stands(country, to):
    report = country.report()
    with pytest.raises(InputError):
        actions.offer(country.officers["hanoi"], report.pk, to, WHY, now=country.cast.clock.at)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_given(country, reason):
    with pytest.raises(InputError) as refused:
        actions.offer(
            country.officers["hanoi"], country.report().pk, country.units["hue"].code, reason, now=country.cast.clock.at
        )
    assert refused.value.code == "no_reason"


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_units_try_it_ends(country, seed):
    """Units that always refuse, offer on or assign at once: the play is over after a bounded number of moves."""
    chance = random.Random(seed)
    report = country.report()
    names = list(country.units)
    moves = idle = 0
    while idle < 200:
        country.cast.clock.pass_by(minutes=chance.choice([1, 60, 60 * 25]))
        try:
            _try_something(country, report, chance, names)
        except KengError:
            idle += 1
            continue
        moves, idle = moves + 1, 0

    states = Handover.objects.filter(report=report).values_list("state", flat=True)
    assert moves <= 4 * len(names) ** 2
    assert list(states).count("offered") <= 1
    assert country.owner(report) in names


def _try_something(country: Country, report: Report, chance: random.Random, names: list[str]) -> None:
    now = country.cast.clock.at
    waiting = Handover.objects.filter(report=report, state="offered").first()
    by, to = chance.choice(names), chance.choice(names)
    what = chance.choice(["offer", "assign", "answer", "clock"])
    if what == "offer":
        country.offer(report, by, to)
    elif what == "assign":
        country.assign(report, by, to)
    elif what == "clock":
        if not actions.send_up_the_overdue(now=now):
            raise InputError("nothing", actions.refusals.NO_OFFER)
    elif waiting is None:
        raise InputError("nothing", actions.refusals.NO_OFFER)
    elif chance.random() < 0.7:
        actions.refuse(country.officers[by], waiting.pk, "không", now=now)
    else:
        actions.accept(country.officers[by], waiting.pk, now=now)
