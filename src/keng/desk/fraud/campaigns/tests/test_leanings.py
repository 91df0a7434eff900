"""Campaigns that read alike are offered to officers, the most worth deciding first, and no more once one has decided."""

from __future__ import annotations

import random

import pytest

from keng.desk.fraud.campaigns import actions, queries, reading
from keng.desk.fraud.campaigns.linking import mend_units
from keng.desk.fraud.campaigns.models import Leaning
from keng.desk.fraud.campaigns.placing import note_leanings
from keng.desk.fraud.campaigns.suggesting import AT_ONE_TIME, AT_OTHER_TIMES, BOTH_NAME, READ_ALIKE
from keng.desk.fraud.campaigns.tests.test_judging import WHY, Country
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.people.actions import enrol
from keng.engines import link as engine
from keng.engines.link.tests.cases import babble
from keng.engines.link.tests.test_leaning import SCRIPT, half_told
from keng.engines.link.tests.test_linking import mutated


@pytest.fixture
def country(cast):
    return Country(cast)


@pytest.fixture
def read_alike(country):
    """Three reports, two, and one, of which the engine holds the one and the two for the three's, the one rather."""
    groups = {label: country.group(label, size) for label, size in (("A", 3), ("B", 2), ("C", 1))}
    note_leanings([engine.Leaning("C", "A", 0.3, 0.0), engine.Leaning("B", "A", 0.12, 1.5)])
    return {label: country.code(group[0]) for label, group in groups.items()}


def offered(country):
    """The codes of the two campaigns that a sitting would offer next, and what speaks for it."""
    found, _clean = reading.next_to_sort(country.cast.first, lambda code, one: True)
    return found and (found[0], found[1].other, [reason.vi for reason in found[1].reasons])


def test_what_reads_alike_is_offered_until_it_is_decided(country, read_alike):
    first, now = country.cast.first, country.now
    one, other, alone = read_alike["A"], read_alike["B"], read_alike["C"]
    assert [(found.other, found.is_guess) for found in queries.suggestions_of(first, one)] == [
        (alone, True),
        (other, True),
    ]

    assert offered(country) == (one, alone, [READ_ALIKE.filled(n=30).vi])
    apart = actions.keep_apart(first, one, alone, WHY, now=now)
    assert offered(country) == (one, other, [READ_ALIKE.filled(n=12).vi, AT_ONE_TIME.vi])
    actions.merge(first, other, one, WHY, now=now)
    assert offered(country) is None and queries.suggestions_of(first, one) == []

    actions.undo(first, apart.pk, WHY, now=now)
    assert offered(country) == (one, alone, [READ_ALIKE.filled(n=30).vi])


def test_what_speaks_against_it_is_told(country, read_alike):
    note_leanings([engine.Leaning("C", "A", 0.3, -1.0)])
    assert offered(country) == (read_alike["A"], read_alike["C"], [READ_ALIKE.filled(n=30).vi, AT_OTHER_TIMES.vi])


def test_a_shared_value_is_offered_before_what_reads_alike(country, read_alike):
    named = [country.group(label, 2, value="+84912345678") for label in "DE"]
    codes = {country.code(group[0]) for group in named}
    code, other, reasons = offered(country)
    assert {code, other} == codes
    assert reasons == [BOTH_NAME.filled(kind="phone", value="+84912345678", here=2, there=2).vi]
    note_leanings([engine.Leaning("D", "E", 0.4, 0.0), engine.Leaning("C", "A", 0.3, 0.0)])
    assert offered(country)[2] == [*reasons, READ_ALIKE.filled(n=40).vi]
    assert not queries.suggestions_of(country.cast.first, code)[0].is_guess


def test_who_has_reports_of_one_side_alone_is_not_told_of_the_other(country, read_alike):
    centre = organisations.find_centre(country.now.date())
    ours, theirs = (
        add(NewOrganisation(f"police-{n}", "province", f"Công an {n}", parent=centre), now=country.now) for n in (1, 2)
    )
    officer = enrol("o1", "o", "", "officer", now=country.now, organisation=ours)
    Report.objects.update(owner=theirs)
    for label, expected in (("A", []), ("C", [read_alike["C"]])):
        Report.objects.filter(pk__in=[pk for pk, of in country.label.items() if of == label]).update(owner=ours)
        while mend_units():
            pass
        assert [found.other for found in queries.suggestions_of(officer, read_alike["A"])] == expected
        assert [found.other for _code, found in queries.guesses(officer)] == expected


def test_codes_that_are_no_campaigns_any_more_are_passed_over(country, read_alike):
    note_leanings([engine.Leaning("A", "gone", 0.3, 0.0), engine.Leaning("B", "C", 0.2, 0.0)])
    assert [(one.one.engine_code, one.other.engine_code, one.place) for one in Leaning.objects.all()] == [("B", "C", 0)]
    country.merge("C", "B")
    assert offered(country) is None


def test_the_engine_at_work_notes_what_may_be_asked(desk):
    dice = random.Random(0)
    gang = [desk.tell(f"{mutated(SCRIPT, dice)} chuyen vao so tai khoan 1017588888 VCB") for _ in range(12)]
    for number in range(60):
        desk.tell(f"{babble(9000 + number)} goi 09123{number // 3:05}")
    alone = desk.tell(half_told(0.4).text)
    desk.link()
    assert desk.code(alone) != desk.code(gang[0])
    (found,) = Leaning.objects.select_related("one", "other")
    assert (found.one.head.code, found.other.head.code) == (desk.code(alone), desk.code(gang[0]))
    ((code, one),) = queries.guesses(desk.cast.first)
    assert (code, one.other) == (desk.code(gang[0]), desk.code(alone))
    actions.merge(desk.cast.first, desk.code(alone), desk.code(gang[0]), WHY, now=desk.cast.clock.at)
    desk.tell(babble(99))
    desk.link()
    assert list(queries.guesses(desk.cast.first)) == []
