"""Reading people for others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from keng.desk.ground.people.models import EntryLink, Officer


def open_link(token: str, *, now: datetime) -> EntryLink | None:
    """The sign-in link of that token, if it can still be used."""
    hashed = hashlib.sha256(token.encode()).digest()
    return (
        EntryLink.objects.filter(token_hash=hashed, used_at=None, expires_at__gt=now).select_related("officer").first()
    )


def officers_of(actors: Iterable[str]) -> dict[str, Officer]:
    """Officers by how the ledger names them (`officer:12`); other actors are passed over. One query."""
    ids = {int(one.removeprefix("officer:")) for one in actors if one.startswith("officer:")}
    return {officer.actor: officer for officer in Officer.objects.filter(pk__in=ids)} if ids else {}
