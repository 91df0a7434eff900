"""Proposing new facts for an organisation, and deciding on them. Nothing changes before a second person agrees."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import VIETNAM
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations import actions as organisations
from keng.desk.ground.organisations import queries as organisation_queries
from keng.desk.ground.organisations.facts import OwnFacts
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.upkeep.models import Proposal, ProposalState

MOST_REASON = 500

NO_REASON = Said("Hãy ghi lý do, nhiều nhất 500 chữ.", "Give a reason, 500 letters at most.")
NO_CHANGE = Said("Đề nghị này không đổi gì.", "This proposal changes nothing.")
NO_PROPOSAL = Said("Không có đề nghị này.", "There is no such proposal.")
DECIDED = Said("Đề nghị này đã được quyết định.", "This proposal has been decided already.")
SECOND_PERSON = Said(
    "Người duyệt phải là người khác với người đề nghị.", "Whoever decides must be another than who proposed."
)
HAS_ENDED = Said(
    "Đơn vị này đã kết thúc, dữ liệu không đổi nữa.", "This organisation has ended; its data stay as they are."
)


@transaction.atomic
def propose(
    by: Officer, organisation: Organisation, base: int, facts: OwnFacts, why: str, *, now: datetime
) -> Proposal:
    """Propose facts in the place of version `base`. Raises ConflictError `stale_base` if the data changed since."""
    rights.require(by, "upkeep.propose", on=organisation, now=now)
    row = Organisation.objects.get(pk=organisation.pk)
    _check_stands(row, now)
    if row.version != base:
        raise ConflictError("stale_base", organisations.STALE)
    before = organisation_queries.facts_of(row)
    if facts == before:
        raise InputError("no_change", NO_CHANGE)
    proposal = Proposal.objects.create(
        organisation=row,
        base=base,
        before=before.as_json(),
        facts=facts.as_json(),
        why=_reason(why, "why"),
        proposed_by=by,
        proposed_at=now,
    )
    data: dict[str, object] = {"organisation": row.code, "base": base}
    ledger.record(actor=by.actor, verb="upkeep.propose", subject=proposal.subject, data=data, at=now)
    return proposal


@transaction.atomic
def approve(by: Officer, proposal_id: UUID, *, now: datetime) -> Proposal:
    """Put the proposed facts in force. Raises ConflictError `stale_base` if others were put in force before: nothing changes."""
    proposal = _get_for_decision(by, proposal_id, "upkeep.approve", now)
    _check_stands(proposal.organisation, now)
    facts = OwnFacts.from_json(proposal.facts)
    organisations.change_facts(proposal.organisation, proposal.base, facts, actor=by.actor, now=now)
    _decide(proposal, by, ProposalState.APPROVED, "", now)
    data: dict[str, object] = {"organisation": proposal.organisation.code}
    ledger.record(actor=by.actor, verb="upkeep.approve", subject=proposal.subject, data=data, at=now)
    return proposal


@transaction.atomic
def decline(by: Officer, proposal_id: UUID, reason: str, *, now: datetime) -> Proposal:
    """Leave everything as it stands, with a reason for who proposed."""
    proposal = _get_for_decision(by, proposal_id, "upkeep.decline", now)
    _decide(proposal, by, ProposalState.DECLINED, _reason(reason, "reason"), now)
    data: dict[str, object] = {"organisation": proposal.organisation.code}
    ledger.record(actor=by.actor, verb="upkeep.decline", subject=proposal.subject, data=data, at=now)
    return proposal


def get_proposal(proposal_id: UUID) -> Proposal:
    """The proposal of that id. Raises InputError `no_proposal`."""
    found = Proposal.objects.select_related("organisation", "proposed_by", "decided_by").filter(pk=proposal_id).first()
    if found is None:
        raise InputError("no_proposal", NO_PROPOSAL)
    return found


def _get_for_decision(by: Officer, proposal_id: UUID, verb: str, now: datetime) -> Proposal:
    proposal = get_proposal(proposal_id)
    rights.require(by, verb, on=proposal.organisation, now=now)
    if proposal.proposed_by_id == by.pk:
        raise RefusedError("second_person", SECOND_PERSON)
    return proposal


def _decide(proposal: Proposal, by: Officer, state: ProposalState, reason: str, now: datetime) -> None:
    """Of two who decide at once, one does."""
    changes = {"state": state, "decided_by": by, "decided_at": now, "decided_reason": reason}
    if Proposal.objects.filter(pk=proposal.pk, state=ProposalState.OPEN).update(**changes) != 1:
        raise ConflictError("decided_already", DECIDED)


def _check_stands(organisation: Organisation, now: datetime) -> None:
    if not organisation.stands_on(now.astimezone(VIETNAM).date()):
        raise RefusedError("organisation_ended", HAS_ENDED)


def _reason(written: str, field: str) -> str:
    reason = written.strip()
    if not reason or len(reason) > MOST_REASON or "\0" in reason:
        raise InputError("no_reason", NO_REASON, field=field)
    return reason
