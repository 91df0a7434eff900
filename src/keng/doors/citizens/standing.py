"""Who a citizen is towards Kẻng in this browser: nobody, or somebody for whom a provider vouched, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from keng.base import clock
from keng.desk.ground.citizens import queries
from keng.desk.ground.citizens.models import Stay

SESSION_KEY = "citizen"
NEXT = "next"


@dataclass(frozen=True, slots=True)
class Assurance:
    """How sure who is of whom, since when. `level` 0: signed in, nothing vouched for; 1 and 2 by `rules/assurance.toml`.

    `actor` is the citizen's pseudonym in the ledger, `stay` the sign-in that proves it: what an act may keep beside it.
    """

    level: int
    issuer: str
    at: datetime
    transaction_id: str
    actor: str
    stay: UUID


def assurance_of(request: HttpRequest) -> Assurance | None:
    """What is vouched for of whoever sends this request; None if nobody signed in, or their session is over."""
    stay = stay_of(request)
    if stay is None:
        return None
    identity = stay.identity
    return Assurance(stay.level, identity.issuer, stay.began_at, stay.transaction_id, identity.actor, stay.pk)


def stay_of(request: HttpRequest) -> Stay | None:
    """The citizen's session in this browser, if it goes on."""
    found = request.session.get(SESSION_KEY)
    return queries.stay_that_goes_on(UUID(found), now=clock.now()) if found else None


def sign_in_url(back_to: str) -> str:
    """Where to sign in and come back to a page of an appeal; empty if no provider is set."""
    return f"{reverse('citizens:begin')}?{urlencode({NEXT: back_to})}" if settings.KENG_IDP else ""
