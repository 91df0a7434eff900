"""Whose lists of suspected accounts somebody may hand in and take away: who leads, every bank's; a bank's clerk, their own."""

from __future__ import annotations

from datetime import datetime

from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner, PartnerKind
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer


def banks_for(actor: Officer, verb: str, *, now: datetime) -> list[Partner]:
    """The banks for which they may do `lists.take` or `lists.give`. Empty for a clerk of no bank.

    Raises RefusedError `not_allowed` for everybody else. Two queries.
    """
    if rights.leads(actor, verb, now=now):
        return partners.of_kind(PartnerKind.BANK)
    own = partners.of_organisations(rights.may_on(actor, verb, now=now))
    if not own:
        raise rights.refusal()
    return [one for one in own if one.kind == PartnerKind.BANK]


def get_bank(actor: Officer, verb: str, code: str, *, now: datetime) -> Partner:
    """One of them. Another's is refused like one that is not there: RefusedError `not_allowed`."""
    rights.forget(actor)
    bank = next((one for one in banks_for(actor, verb, now=now) if one.pk == code), None)
    if bank is None:
        raise rights.refusal()
    rights.require(actor, verb, on=None if rights.leads(actor, verb, now=now) else bank.organisation, now=now)
    return bank


def note_given(
    partner: Partner, *, form: str, shape: str, accounts: int, sha256: str, actor: str, now: datetime
) -> None:
    """That a bank's list went out of Kẻng, by whose hand, and which file it was."""
    data: dict[str, object] = {"form": form, "shape": shape, "accounts": accounts, "sha256": sha256}
    ledger.record(actor=actor, verb="signs.give_list", subject=f"partner:{partner.code}", data=data, at=now)
