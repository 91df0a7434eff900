"""Reading what officers come in with, and where they are in."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import Q, QuerySet

from keng.base import identifiers
from keng.desk.ground.people.models import Officer
from keng.desk.ground.signin.models import Authenticator, CodeKind, OneUseCode, Passkey, Visit
from keng.desk.ground.signin.visits import over_because

NO_CODE = b"\0" * 32


def live_passkeys(officer: Officer) -> list[Passkey]:
    """The officer's keys, oldest first, doubted ones too."""
    return list(Passkey.objects.filter(officer=officer, removed_at=None).order_by("made_at"))


def authenticator_of(officer: Officer) -> Authenticator | None:
    """The officer's authenticator, if one counts."""
    return Authenticator.objects.filter(officer=officer, removed_at=None).exclude(confirmed_at=None).first()


def codes_left(officer: Officer) -> int:
    """How many recovery codes still work."""
    return OneUseCode.objects.filter(officer=officer, kind=CodeKind.RECOVERY, used_at=None, voided_at=None).count()


def has_way(officer: Officer) -> bool:
    """True if the officer can come in by what they hold: a sound key, or an authenticator with a code left."""
    sound = Passkey.objects.filter(officer=officer, removed_at=None, doubted_at=None)
    return sound.exists() or (authenticator_of(officer) is not None and codes_left(officer) > 0)


def find_invitation(code: str, *, now: datetime) -> OneUseCode | None:
    """The invitation of that code, if it still works."""
    return spendable(code, now).filter(kind=CodeKind.INVITATION).select_related("officer").first()


def spendable(code: str, now: datetime) -> QuerySet[OneUseCode]:
    """The code as typed, where it is unused, not void, not expired and of an active officer; one row or none."""
    return OneUseCode.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        code_hash=code_hash(code), used_at=None, voided_at=None, officer__is_active=True,
    )  # fmt: skip


def code_hash(code: str) -> bytes:
    """What is stored of a code, however it was typed. SHA-256 is enough for 80 random bits; the label keeps receipts apart."""
    tidy = identifiers.read_receipt(code)
    return hashlib.sha256(b"signin code:" + tidy.encode()).digest() if tidy else NO_CODE


def open_visits(officer: Officer, *, now: datetime) -> list[Visit]:
    """The officer's sessions that go on, newest first."""
    rows = Visit.objects.filter(officer=officer, ended_at=None).select_related("passkey").order_by("-began_at")
    return [row for row in rows if over_because(row, officer, now) is None]
