"""What officers came in with and where they were signed in goes some time after its end; the ledger keeps that it was."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from keng.desk.ground.keys import Purpose
from keng.desk.ground.keys.actions import SealedKind
from keng.desk.ground.signin.models import Authenticator, OneUseCode, Passkey, Pause, Visit

AUTHENTICATORS = SealedKind(Authenticator, "sealed_by", "secret", lambda row: row.subject, Purpose.SIGNIN)


def removed_passkeys(before: datetime) -> QuerySet[Passkey]:
    """Keys removed before that moment with which no session that is still kept began."""
    return Passkey.objects.filter(removed_at__lte=before, visit=None)


def dead_authenticators(before: datetime) -> QuerySet[Authenticator]:
    """Secrets removed before that moment, or made before it and never confirmed."""
    return Authenticator.objects.filter(Q(removed_at__lte=before) | Q(confirmed_at=None, made_at__lte=before))


def dead_codes(before: datetime) -> QuerySet[OneUseCode]:
    """Codes used, made void or run out before that moment."""
    return OneUseCode.objects.filter(Q(used_at__lte=before) | Q(voided_at__lte=before) | Q(expires_at__lte=before))


def old_visits(before: datetime) -> QuerySet[Visit]:
    """Sessions that ended before that moment."""
    return Visit.objects.filter(ended_at__lte=before)


def old_pauses(before: datetime) -> QuerySet[Pause]:
    """Counts of failures that nobody added to since that moment and that hold nobody up."""
    return Pause.objects.filter(last_at__lte=before, until__lte=before)
