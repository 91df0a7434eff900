"""Whose a register is: of its submitter, and of who leads the police tree. A register of the whole country is no province's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from keng.base.errors import ConflictError, InputError
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.models import Register, RegisterState
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer


def require(officer: Officer, verb: str, *, now: datetime) -> None:
    """Return if the officer may do `verb` and leads. Raises RefusedError `not_allowed`."""
    rights.require(officer, verb, now=now)
    if not rights.leads(officer, verb, now=now):
        raise rights.refusal()


def get_for_officer(officer: Officer, verb: str, code: str, *, now: datetime, locked: bool = False) -> Register:
    """A register by its code. Raises RefusedError `not_allowed`, InputError `no_register`."""
    require(officer, verb, now=now)
    rows = Register.objects.select_for_update(of=("self",), no_key=True) if locked else Register.objects
    return _found(rows.select_related("partner").filter(code=code))


def get_of_partner(partner: Partner, ident: UUID, *, locked: bool = False) -> Register:
    """One of the partner's own. Another's is refused like one that is not there: InputError `no_register`."""
    rows = Register.objects.select_for_update(of=("self",), no_key=True) if locked else Register.objects
    return _found(rows.select_related("partner").filter(partner=partner, pk=ident))


def partners_of(officer: Officer, verb: str, *, now: datetime) -> list[Partner]:
    """The partners whose clerk this is. Raises RefusedError `not_allowed` if there is none."""
    found = partners.of_organisations(rights.may_on(officer, verb, now=now))
    if not found:
        raise rights.refusal()
    return found


def get_for_clerk(officer: Officer, verb: str, code: str, *, now: datetime) -> Register:
    """One of the clerk's own partners', by its code. Raises as above."""
    own = partners_of(officer, verb, now=now)
    found = _found(Register.objects.select_related("partner__organisation").filter(partner__in=own, code=code))
    rights.require(officer, verb, on=found.partner.organisation, now=now)
    return found


def check_cleansed(register: Register) -> None:
    """Return if its results are there. Raises ConflictError `not_cleansed`, `erased`."""
    if register.erased_at is not None:
        raise ConflictError("erased", refusals.ERASED)
    if register.state != RegisterState.CLEANSED:
        raise ConflictError("not_cleansed", refusals.NOT_CLEANSED)


def _found(rows: QuerySet[Register]) -> Register:
    found = rows.first()
    if found is None:
        raise InputError("no_register", refusals.NO_REGISTER)
    return found
