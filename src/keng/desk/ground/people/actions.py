"""What can be done about people: enrol them, let them in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from keng.base.errors import RefusedError, Said
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people.models import EntryLink, Officer

LINK_LIFE = timedelta(hours=12)
LINK_BYTES = 24

LINK_SPENT = Said(
    "Đường link vào này không dùng được: đã dùng rồi, đã hết hạn, hoặc gõ sai. Hãy chạy lại lệnh để có đường link mới.",
    "This sign-in link does not work: it was used, it expired, or it was mistyped. Run the command again for a new one.",
)


@transaction.atomic
def enrol(username: str, display_name: str, unit_name: str, role: str, *, now: datetime) -> Officer:
    """The officer of that internal name, made if there is none yet."""
    officer, is_new = Officer.objects.get_or_create(
        username=username, defaults={"display_name": display_name, "unit_name": unit_name, "role": role}
    )
    if is_new:
        officer.set_unusable_password()
        officer.save(update_fields=["password"])
        ledger.record(actor="system:enrol", verb="people.enrol", subject=officer.actor, data={"role": role}, at=now)
    return officer


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
    if link is None or not link.officer.is_active:
        raise RefusedError("link_spent", LINK_SPENT)
    # On the link's own columns alone: across a join PostgreSQL would not look again at what it waited for.
    if EntryLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now) != 1:
        raise RefusedError("link_spent", LINK_SPENT)
    ledger.record(actor=link.officer.actor, verb="people.enter", subject=link.officer.actor, data={}, at=now)
    return link.officer


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
