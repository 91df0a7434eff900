"""A campaign spans units; each officer sees and counts the reports of their own, and of the others not even that they are there."""

from __future__ import annotations

import pytest

from keng.base.errors import InputError, RefusedError
from keng.desk.fraud.campaigns import actions, queries, telling
from keng.desk.fraud.campaigns.linking import mend_units
from keng.desk.fraud.campaigns.models import Placement, UnitSum
from keng.desk.fraud.campaigns.tests.conftest import MULE, OTHER_MULE, scam
from keng.desk.fraud.jurisdiction import actions as jurisdiction
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.people.actions import enrol


@pytest.fixture
def units(cast):
    """Two provinces below the centre."""
    centre = organisations.find_centre(cast.clock.at.date())
    return [
        add(NewOrganisation(f"police-{n}", "province", f"Công an {n}", parent=centre), now=cast.clock.at)
        for n in (1, 2)
    ]


@pytest.fixture
def officers(cast, units):
    """One in each of two provinces."""
    return [enrol(f"o{unit.pk}", "o", "", "officer", now=cast.clock.at, organisation=unit) for unit in units]


@pytest.fixture
def told(desk, units):
    """Three reports in the first province, two in the second, one campaign; and one of the second alone."""
    here = [
        desk.tell(scam(name, MULE), account=MULE, amount=1_000_000 + n) for n, name in enumerate("Hoa Lan Mai".split())
    ]
    there = [
        desk.tell(scam(name, MULE) + " goi 0912345678", account=MULE, amount=5_000_000 + n)
        for n, name in enumerate("Cuc Truc".split())
    ]
    alone = [desk.tell(scam(name, OTHER_MULE)) for name in "Sen Dao".split()]
    Report.objects.filter(pk__in=here).update(owner=units[0])
    Report.objects.filter(pk__in=[*there, *alone]).update(owner=units[1])
    desk.link()
    return here, there, alone


def test_each_counts_only_their_own(desk, officers, told):
    here, there, _alone = told
    first, second = officers
    code = desk.code(here[0])

    assert desk.code(there[0]) == code
    mine, theirs, whole = (queries.get_campaign(who, code) for who in (first, second, desk.cast.first))
    assert (mine.reports, theirs.reports, whole.reports) == (3, 2, 5)
    assert (mine.lost, theirs.lost, whole.lost) == (3_000_003, 10_000_001, 13_000_004)
    assert mine.last_at == Report.objects.get(pk=here[-1]).received_at
    assert [line.reports for line in queries.campaigns(first)] == [3]
    assert sorted(line.reports for line in queries.campaigns(second)) == [2, 2]
    assert sorted(line.reports for line in queries.campaigns(desk.cast.first)) == [2, 5]
    assert {row.report_id for row in queries.members_of(first, code).rows} == set(here)
    assert "phone" not in {value.kind for value in queries.values_of(first, code)}
    assert "phone" in {value.kind for value in queries.values_of(second, code)}
    assert sum(day.reports for day in queries.growth_of(first, code)) == 3
    assert [(one.reports, one.lost) for one in queries.localities_of(first, code)] == [(3, 3_000_003)]
    assert len(queries.localities_of(desk.cast.first, code)) == 2
    assert queries.graph_of(first, code).looked_at == 3
    assert set(queries.campaigns_of(first, [*here, *there])) == set(here)


def test_a_campaign_of_other_units_is_not_there(desk, officers, told):
    _here, there, alone = told
    first, _second = officers
    code = desk.code(alone[0])
    for ask in (
        queries.get_campaign,
        queries.members_of,
        queries.values_of,
        queries.history_of,
        queries.suggestions_of,
    ):
        with pytest.raises(InputError, match="no_campaign"):
            ask(first, code)
    assert queries.campaign_of(first, alone[0]) is None
    assert queries.search(first, code) == []
    with pytest.raises(InputError, match="no_campaign"):
        actions.merge(first, code, desk.code(there[0]), "thử", now=desk.cast.clock.at)
    with pytest.raises(InputError, match="no_campaign"):
        actions.cut(first, there[0], "thử", now=desk.cast.clock.at)
    with pytest.raises(InputError, match="no_reports"):
        actions.split_reports(first, desk.code(there[0]), [there[0]], "thử", now=desk.cast.clock.at)
    with pytest.raises(RefusedError):
        queries.campaigns(desk.cast.operator)


def test_the_report_that_one_was_put_with_is_named_only_to_who_may_see_it(desk, officers, told):
    here, there, _alone = told
    code = desk.code(here[0])
    Placement.objects.filter(pk=here[1]).update(by_report=there[0])
    rows = {row.report_id: row for row in queries.members_of(officers[0], code).rows}
    assert (rows[here[1]].with_code, rows[here[1]].why_value) == ("", "")
    assert {row.report_id: row for row in queries.members_of(desk.cast.first, code).rows}[here[1]].with_code


def test_a_report_that_is_handed_over_counts_with_its_new_unit_at_once(desk, units, officers, told):
    here, _there, _alone = told
    code, now = desk.code(here[0]), desk.cast.clock.at
    jurisdiction.assign(desk.cast.first, here[0], units[1].code, "nạn nhân ở đó", now=now)

    assert [queries.get_campaign(who, code).reports for who in officers] == [2, 3]
    assert queries.get_campaign(officers[0], code).first_at == Report.objects.get(pk=here[1]).received_at


def test_a_release_that_did_not_tell_us_of_a_handover_is_mended(desk, officers, told):
    here, there, _alone = told
    Report.objects.filter(pk=here[0]).update(owner=Report.objects.get(pk=there[0]).owner_id)
    assert mend_units() == 1
    assert [queries.get_campaign(who, desk.code(here[0])).reports for who in officers] == [2, 3]
    assert mend_units() == 0


def test_reports_of_no_unit_are_for_whoever_holds_the_verb(desk, officers, told):
    here, _there, _alone = told
    Report.objects.filter(pk=here[0]).update(owner=None)
    mend_units()
    first, second = (type(who).objects.get(pk=who.pk) for who in officers)
    assert [queries.get_campaign(who, desk.code(here[0])).reports for who in (first, second)] == [3, 3]
    assert UnitSum.objects.filter(unit=-1, reports=1).count() == 1


def test_watching_tells_of_what_came_since(desk, units, officers, told):
    here, _there, _alone = told
    first, code = officers[0], desk.code(here[0])
    actions.watch(first, code, now=desk.cast.clock.at)
    assert queries.get_campaign(first, code).watched
    for unit, name in zip(units, ("Sen", "Ly"), strict=True):
        Report.objects.filter(pk=desk.tell(scam(name, MULE))).update(owner=unit)
    desk.link()
    assert [(one.line.code, one.new_reports) for one in queries.watched(first)] == [(code, 1)]
    actions.watch(first, code, now=desk.cast.clock.at)
    assert [one.new_reports for one in queries.watched(first)] == [0]
    actions.unwatch(first, code, now=desk.cast.clock.at)
    assert queries.watched(first) == []


def test_a_report_that_has_gone_to_another_unit_is_not_read_for_the_graph_though_it_is_counted_still(
    desk, officers, units, told
):
    _here, there, _alone = told
    _first, second = officers
    code = desk.code(there[0])
    assert {edge.reports for edge in queries.graph_of(second, code).edges} == {2}

    Report.objects.filter(pk=there[0]).update(owner=units[0])  # past the action that moves it in the sums

    assert {edge.reports for edge in queries.graph_of(second, code).edges} == {1}


def test_the_values_of_one_part_are_those_that_adding_up_finds(desk, officers, told, monkeypatch):
    here, there, _alone = told
    code = desk.code(here[0])
    whole = [(one.kind, one.value, one.reports) for one in queries.values_of(desk.cast.first, code)]
    parts = [{one.value: one.reports for one in queries.values_of(officer, code)} for officer in officers]
    assert len(there) and {value: n for _kind, value, n in whole} == {
        value: sum(part.get(value, 0) for part in parts) for _kind, value, _n in whole
    }
    assert whole == sorted(whole, key=lambda one: (-one[2], one[0], one[1]))

    monkeypatch.setattr(telling, "MANY", 1)
    named = [one.reports for one in queries.values_of(desk.cast.first, code, most=len(whole))]
    assert min(named) > 1
    assert len(named) == sum(n > 1 for _kind, _value, n in whole)
