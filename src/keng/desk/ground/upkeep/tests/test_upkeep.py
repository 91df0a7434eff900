"""An organisation's own data changes only when two persons want it, and on what they saw."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations import tree
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.organisations.facts import Contact, Item
from keng.desk.ground.organisations.models import ContactPoint
from keng.desk.ground.people import actions as people
from keng.desk.ground.upkeep import actions, queries

HOTLINE = Contact("phone", "069 123 456", "24/7", "trực ban")
STATION = Item("Máy trạm", 2)


class Unit:
    """A bank with a keeper, an approver, and somebody who is both."""

    def __init__(self, cast) -> None:
        self.cast = cast
        self.row = add(NewOrganisation("bank", "bank", "Ngân hàng", "Bank"), now=cast.clock.at)
        self.keeper = people.enrol("giu", "Giữ", "", "keeper", organisation=self.row, now=cast.clock.at)
        self.approver = people.enrol("duyet", "Duyệt", "", "approver", organisation=self.row, now=cast.clock.at)
        self.both = people.enrol("ca-hai", "Cả hai", "", "keeper", organisation=self.row, now=cast.clock.at)
        people.give_role(self.both, self.row, "approver", now=cast.clock.at)

    def facts(self):
        self.row.refresh_from_db()
        return organisations.facts_of(self.row)

    def propose(self, by=None, base=None, **changes):
        facts = replace(self.facts(), **(changes or {"contacts": (HOTLINE,)}))
        return actions.propose(
            by or self.keeper, self.row, base or self.row.version, facts, "có số mới", now=self.cast.clock.at
        )


@pytest.fixture
def unit(cast):
    return Unit(cast)


def test_nothing_changes_before_a_second_person_agrees(unit, cast, entries):
    proposal = unit.propose(contacts=(HOTLINE,), equipment=(STATION,), name="Ngân hàng Mới")
    assert unit.facts().contacts == ()

    actions.approve(unit.approver, proposal.pk, now=cast.clock.at)

    facts = unit.facts()
    assert (facts.contacts, facts.equipment, facts.name) == ((HOTLINE,), (STATION,), "Ngân hàng Mới")
    assert organisations.find("ngan hang moi", cast.clock.at.date()) == [unit.row]
    assert entries(proposal.subject) == ["upkeep.propose", "upkeep.approve"]
    assert "organisations.change_facts" in entries(unit.row.subject)


@pytest.mark.parametrize(("by", "works"), [("approver", True), ("both", True), ("keeper", False), ("first", False)])
def test_an_approver_of_the_organisation_decides(unit, cast, by, works):
    proposal = unit.propose()
    decider = getattr(unit, by, None) or cast.first
    if works:
        assert actions.approve(decider, proposal.pk, now=cast.clock.at)
        return
    with pytest.raises(RefusedError):
        actions.approve(decider, proposal.pk, now=cast.clock.at)
    assert unit.facts().contacts == ()


@pytest.mark.parametrize("verb", ["approve", "decline"])
def test_nobody_decides_on_what_they_proposed(unit, cast, verb):
    proposal = unit.propose(by=unit.both)

    with pytest.raises(RefusedError) as refused:
        getattr(actions, verb)(
            unit.both, proposal.pk, **({"reason": "x"} if verb == "decline" else {}), now=cast.clock.at
        )
    assert refused.value.code == "second_person"


def test_a_declined_proposal_changes_nothing_and_tells_why(unit, cast):
    proposal = unit.propose()
    with pytest.raises(InputError):
        actions.decline(unit.approver, proposal.pk, "  ", now=cast.clock.at)

    actions.decline(unit.approver, proposal.pk, "số này sai", now=cast.clock.at)

    shown = queries.proposals_of(unit.keeper, unit.row)[0]
    assert (shown.state, shown.decided_reason, shown.decided_by) == ("declined", "số này sai", unit.approver)
    assert unit.facts().contacts == ()
    assert unit.row.version == 1


def test_of_two_proposals_that_meet_the_second_is_refused_and_changes_nothing(unit, cast):
    first, second = unit.propose(hours="24/7"), unit.propose(equipment=(STATION,))
    actions.approve(unit.approver, first.pk, now=cast.clock.at)

    with pytest.raises(ConflictError) as refused:
        actions.approve(unit.approver, second.pk, now=cast.clock.at)

    assert refused.value.code == "stale_base"
    assert (unit.facts().hours, unit.facts().equipment) == ("24/7", ())
    second.refresh_from_db()
    assert second.state == "open"
    assert actions.decline(unit.approver, second.pk, "viết lại", now=cast.clock.at)


def test_a_form_that_was_opened_before_a_change_is_refused(unit, cast):
    seen = unit.row.version
    actions.approve(unit.approver, unit.propose().pk, now=cast.clock.at)

    with pytest.raises(ConflictError) as refused:
        unit.propose(base=seen, hours="24/7")
    assert refused.value.code == "stale_base"


def test_a_proposal_is_decided_once(unit, cast):
    proposal = unit.propose()
    actions.decline(unit.approver, proposal.pk, "sai", now=cast.clock.at)

    for decide in (actions.approve, lambda *a, **k: actions.decline(*a, "sai", **k)):
        with pytest.raises(ConflictError):
            decide(unit.approver, proposal.pk, now=cast.clock.at)
    assert unit.facts().contacts == ()


def test_what_goes_is_ended_and_what_stays_is_left_alone(unit, cast):
    other = Contact("fax", "069 999", "24/7")
    actions.approve(unit.approver, unit.propose(contacts=(HOTLINE, other)).pk, now=cast.clock.at)
    kept = ContactPoint.objects.get(value=HOTLINE.value).pk

    actions.approve(unit.approver, unit.propose(contacts=(HOTLINE,)).pk, now=cast.clock.pass_by(hours=1))

    assert unit.facts().contacts == (HOTLINE,)
    assert ContactPoint.objects.get(value=HOTLINE.value, ended_at=None).pk == kept
    assert ContactPoint.objects.get(value=other.value).ended_at == cast.clock.at


def test_the_history_tells_what_went_and_what_came(unit, cast):
    actions.approve(unit.approver, unit.propose(contacts=(HOTLINE,)).pk, now=cast.clock.at)
    proposal = unit.propose(contacts=(replace(HOTLINE, value="069 777"),), hours="24/7")
    actions.approve(unit.approver, proposal.pk, now=cast.clock.at)

    changes = {one.part.en: (one.gone, one.new) for one in queries.changes_of(proposal)}
    assert changes == {
        "Hours": ((), ("24/7",)),
        "Contact points": (
            ("điện thoại | 069 123 456 | 24/7 | trực ban",),
            ("điện thoại | 069 777 | 24/7 | trực ban",),
        ),
    }


def test_a_proposal_changes_something_and_says_why(unit, cast):
    with pytest.raises(InputError) as refused:
        unit.propose(hours="")
    assert refused.value.code == "no_change"
    with pytest.raises(InputError):
        actions.propose(unit.keeper, unit.row, 1, replace(unit.facts(), hours="24/7"), " ", now=cast.clock.at)


def test_an_organisation_that_ended_keeps_its_data(unit, cast):
    proposal = unit.propose()
    tree.merge(
        unit.row,
        add(NewOrganisation("other", "bank", "Khác"), now=cast.clock.at),
        cast.clock.at.date(),
        now=cast.clock.at,
    )

    with pytest.raises(RefusedError):
        actions.approve(unit.approver, proposal.pk, now=cast.clock.at)
    with pytest.raises(RefusedError):
        unit.propose(hours="24/7")


def test_a_proposal_that_is_not_there_is_refused_as_one_that_is_not_yours(unit, cast):
    said = set()
    for ident in (unit.propose().pk, uuid4()):
        with pytest.raises(RefusedError) as refused:
            actions.approve(cast.first, ident, now=cast.clock.at)
        said.add((refused.value.code, refused.value.said))
    assert len(said) == 1
