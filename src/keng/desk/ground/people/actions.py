"""What can be done about people: enrol them, appoint them, let them in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import VIETNAM
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations import actions as organisations
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import queries, rights
from keng.desk.ground.people.models import Appointment, EntryLink, Officer, Role

LINK_LIFE = timedelta(hours=12)
LINK_BYTES = 24

LINK_SPENT = Said(
    "Đường link vào này không dùng được: đã dùng rồi, đã hết hạn, hoặc gõ sai. Hãy chạy lại lệnh để có đường link mới.",
    "This sign-in link does not work: it was used, it expired, or it was mistyped. Run the command again for a new one.",
)


NOT_ONESELF = Said(
    "Không ai tự giao hay tự thôi vai trò của mình. Hãy nhờ người vận hành khác.",
    "Nobody gives or ends a role of their own. Ask another operator.",
)
NO_ROLE = Said("Không có vai trò này.", "There is no such role.")
WRONG_PLACE = Said(
    "Vai trò {role} không có ở loại đơn vị này.", "The role {role} does not exist in an organisation of this kind."
)
NOT_STANDING = Said("Đơn vị này đã kết thúc.", "This organisation has ended.")
HAS_IT = Said(
    "Người này đang giữ vai trò đó ở đơn vị này.", "This person holds that role in this organisation already."
)
NO_APPOINTMENT = Said("Không có lần giao vai trò này.", "There is no such appointment.")
ENDED_BEFORE = Said("Vai trò này đã kết thúc.", "This appointment has ended already.")
BAD_END = Said("Ngày kết thúc phải ở phía sau.", "The end must lie ahead.")


@transaction.atomic
def enrol(
    username: str,
    display_name: str,
    unit_name: str,
    role: str,
    *,
    now: datetime,
    organisation: Organisation | None = None,
) -> Officer:
    """The officer of that internal name, made and appointed if there is none yet.

    Without an organisation, `unit_name` is the centre on top of the tree, made if there is none of that name.
    """
    officer, is_new = Officer.objects.get_or_create(
        username=username, defaults={"display_name": display_name, "unit_name": unit_name, "role": role}
    )
    if is_new:
        officer.set_unusable_password()
        officer.save(update_fields=["password"])
        ledger.record(actor="system:enrol", verb="people.enrol", subject=officer.actor, data={"role": role}, at=now)
    if not officer.appointments.exists():
        unit = organisation or organisations.add_centre(unit_name, now=now)
        _appoint(officer, unit, role, actor="system:enrol", now=now)
    return officer


@transaction.atomic
def give_role(officer: Officer, organisation: Organisation, role: str, *, now: datetime) -> Appointment:
    """A role given by a set-up command, which no officer answers for. What is held already stays as it is."""
    held = queries.holding(officer, now=now).filter(organisation=organisation, role=role).first()
    return held or _appoint(officer, organisation, role, actor="system:enrol", now=now)


@transaction.atomic
def appoint(
    by: Officer,
    officer: Officer,
    organisation: Organisation,
    role: str,
    *,
    until: datetime | None = None,
    now: datetime,
) -> Appointment:
    """Give somebody a role in an organisation, from now until then (None: until it is ended). Never oneself."""
    rights.require(by, "people.appoint", on=organisation, now=now)
    if by.pk == officer.pk:
        raise RefusedError("not_oneself", NOT_ONESELF)
    if until is not None and until <= now:
        raise InputError("bad_end", BAD_END, field="until")
    Officer.objects.select_for_update().get(pk=officer.pk)
    if queries.holding(officer, now=now).filter(organisation=organisation, role=role).exists():
        raise ConflictError("has_role", HAS_IT)
    return _appoint(officer, organisation, role, actor=by.actor, until=until, now=now)


@transaction.atomic
def end_appointment(by: Officer, appointment: Appointment, *, now: datetime) -> None:
    """End a role at once. Never one's own."""
    rights.require(by, "people.end_appointment", on=appointment.organisation, now=now)
    if by.pk == appointment.officer_id:
        raise RefusedError("not_oneself", NOT_ONESELF)
    still = Q(valid_to=None) | Q(valid_to__gt=now)
    ended = Appointment.objects.filter(still, pk=appointment.pk).update(valid_to=now, ended_by=by.actor)
    if ended != 1:
        raise ConflictError("ended_already", ENDED_BEFORE)
    _call_by_first_role(appointment.officer, now)
    data: dict[str, object] = {"role": appointment.role, "organisation": appointment.organisation.code}
    ledger.record(actor=by.actor, verb="people.end_appointment", subject=appointment.officer.actor, data=data, at=now)


def get_appointment(ident: int) -> Appointment:
    """The appointment of that number. Raises InputError `no_appointment`."""
    found = Appointment.objects.filter(pk=ident).select_related("officer", "organisation").first()
    if found is None:
        raise InputError("no_appointment", NO_APPOINTMENT)
    return found


@transaction.atomic
def make_entry_link(officer: Officer, *, now: datetime) -> str:
    """A token that signs this officer in once within twelve hours. It is shown here and never again."""
    token = secrets.token_urlsafe(LINK_BYTES)
    EntryLink.objects.create(token_hash=_hash(token), officer=officer, made_at=now, expires_at=now + LINK_LIFE)
    ledger.record(actor="system:enrol", verb="people.make_entry_link", subject=officer.actor, data={}, at=now)
    return token


@transaction.atomic
def enter(token: str, *, now: datetime) -> Officer:
    """The officer whom this token signs in; the token is spent. Raises RefusedError `link_spent`."""
    link = EntryLink.objects.filter(token_hash=_hash(token)).select_related("officer").first()
    spent = EntryLink.objects.filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=now, officer__is_active=True
    ).update(used_at=now)
    if link is None or spent != 1:
        raise RefusedError("link_spent", LINK_SPENT)
    ledger.record(actor=link.officer.actor, verb="people.enter", subject=link.officer.actor, data={}, at=now)
    return link.officer


def _appoint(
    officer: Officer,
    organisation: Organisation,
    role: str,
    *,
    actor: str,
    until: datetime | None = None,
    now: datetime,
) -> Appointment:
    if role not in Role.values:
        raise InputError("no_role", NO_ROLE, field="role")
    if not rights.fits(role, organisation):
        raise InputError("wrong_place", WRONG_PLACE.filled(role=role), field="role")
    if not organisation.stands_on(now.astimezone(VIETNAM).date()):
        raise InputError("organisation_ended", NOT_STANDING, field="organisation")
    row = Appointment.objects.create(
        officer=officer, organisation=organisation, role=role, valid_from=now, valid_to=until, made_by=actor
    )
    _call_by_first_role(officer, now)
    data: dict[str, object] = {"role": role, "organisation": organisation.code}
    ledger.record(actor=actor, verb="people.appoint", subject=officer.actor, data=data, at=now)
    return row


def _call_by_first_role(officer: Officer, now: datetime) -> None:
    """Write down what pages call this person by. Who holds nothing any more is still called by what they held last."""
    held = queries.held_by(officer, now=now)
    if held:
        officer.role, officer.unit_name = held[0].role, held[0].unit_name
        officer.save(update_fields=["role", "unit_name"])
    rights.forget(officer)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
