"""Reading partners for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from keng.base import webhooks
from keng.base.errors import InputError, Said
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.partners.models import Partner

UNKNOWN = Said("Không có đối tác mang mã này.", "There is no partner of this code.")


def find_partner(code: str) -> Partner | None:
    """The partner of that code."""
    return Partner.objects.filter(pk=code).first()


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Names by code. One query."""
    return dict(Partner.objects.filter(pk__in=set(codes)).values_list("pk", "name"))


def authenticate(
    headers: Mapping[str, str], body: bytes, keys: KeyStore, *, now: datetime
) -> tuple[Partner, webhooks.Envelope]:
    """Who signed this call, and its envelope. Raises InputError `unknown_partner`, `bad_signature`, `stale_timestamp`."""
    partner = find_partner(headers.get("keng-partner", ""))
    if partner is None:
        raise InputError("unknown_partner", UNKNOWN)
    return partner, webhooks.check(keys.partner_secrets(partner.pk, now), headers, body, now=now)
