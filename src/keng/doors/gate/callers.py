"""Who calls, as the settings let us believe."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from keng.base.errors import KengError
from keng.desk.fraud.reports.origin import Origin
from keng.desk.ground.gate.actions import Admitted
from keng.desk.ground.gate.addresses import Address, client_of, is_in
from keng.desk.ground.gate.sources import day_key
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import queries as partners

WAITING = "keng.waiting"  # in the WSGI environment, set by keng.site.front; no header can set it


def address_of(request: HttpRequest) -> Address | None:
    """The caller's address: the peer's, or what a proxy of ours says of it."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return client_of(request.META.get("REMOTE_ADDR", ""), forwarded, settings.KENG_PROXIES)


def is_neighbour(address: Address | None) -> bool:
    """True for our own machines, which the gate does not count."""
    return address is not None and is_in(address, settings.KENG_NEIGHBOURS)


def is_signed(request: HttpRequest, now: datetime) -> bool:
    """True if a partner signed this call. Callers who say so are believed only if the signature holds."""
    if "webhook-signature" not in request.headers:
        return False
    try:
        partners.authenticate(request.headers, request.body, store(), now=now)
    except KengError:
        return False
    return True


def waiting_in(request: HttpRequest) -> int:
    """How many requests of this process waited for a thread when this one came."""
    return int(request.META.get(WAITING, 0))


def origin_of(request: HttpRequest, now: datetime) -> Origin:
    """What a report keeps of how it came."""
    admitted: Admitted | None = getattr(request, "admitted", None)
    return Origin(day_key(store(), now), admitted.source if admitted else None, bool(admitted and admitted.later))
