"""Reading proposals for others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keng.base.errors import Said
from keng.desk.ground.organisations.facts import Contact, Item, OwnFacts, written_contacts, written_equipment
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.upkeep.models import Proposal, ProposalState

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Change:
    """What a proposal takes away and what it puts there, of one part of the facts, a line each."""

    part: Said
    gone: tuple[str, ...]
    new: tuple[str, ...]


PARTS: tuple[tuple[Said, Callable[[OwnFacts], tuple[str, ...]]], ...] = (
    (Said("Tên", "Name"), lambda facts: (facts.name,)),
    (Said("Tên tiếng Anh", "English name"), lambda facts: (facts.name_en,)),
    (Said("Giờ làm việc", "Hours"), lambda facts: (facts.hours,) if facts.hours else ()),
    (Said("Đầu mối liên hệ", "Contact points"), lambda facts: tuple(map(_contact, facts.contacts))),
    (Said("Trang bị", "Equipment"), lambda facts: tuple(map(_item, facts.equipment))),
)


def proposals_of(officer: Officer, organisation: Organisation) -> list[Proposal]:
    """The newest proposals for an organisation, the open ones first. One query."""
    rights.require_to_read(officer, "upkeep.read", on=organisation)
    rows = Proposal.objects.filter(organisation__heir_path=organisation.path).select_related(
        "proposed_by", "decided_by"
    )
    newest = list(rows.order_by("-proposed_at")[:MOST_SHOWN])
    return sorted(newest, key=lambda row: row.state != ProposalState.OPEN)


def changes_of(proposal: Proposal) -> list[Change]:
    """What the proposal changes, part by part."""
    before, after = OwnFacts.from_json(proposal.before), OwnFacts.from_json(proposal.facts)
    changes = []
    for part, lines in PARTS:
        gone = tuple(line for line in lines(before) if line not in lines(after))
        new = tuple(line for line in lines(after) if line not in lines(before))
        if gone or new:
            changes.append(Change(part, gone, new))
    return changes


def _contact(one: Contact) -> str:
    return written_contacts([one])


def _item(one: Item) -> str:
    return written_equipment([one])
