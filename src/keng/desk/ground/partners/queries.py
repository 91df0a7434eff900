"""Reading partners for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from keng.base import webhooks
from keng.base.errors import InputError, Said
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.plainly import rows_with

IS_TAKEN = "EXISTS (SELECT 1 FROM partners_inbound WHERE partner_id = %s AND message_id = %s)"
"""In another statement: whether a message was taken before."""
UNKNOWN = Said("Không có đối tác mang mã này.", "There is no partner of this code.")


def find_partner(code: str) -> Partner | None:
    """The partner of that code."""
    return next(iter(rows_with(Partner, "code", code)), None)


def find_partners(codes: Iterable[str]) -> list[Partner]:
    """The partners of these codes, in the order of the codes. One query."""
    found = Partner.objects.in_bulk(list(codes))
    return [found[code] for code in sorted(found)]


def of_kind(kind: str) -> list[Partner]:
    """Every partner of a kind, in the order of their codes."""
    return list(Partner.objects.filter(kind=kind).order_by("code"))


def everyone() -> list[Partner]:
    """Every partner, by kind and name."""
    return list(Partner.objects.order_by("kind", "name"))


def of_organisations(organisations: QuerySet[Organisation]) -> list[Partner]:
    """The partners that belong to these organisations, by name. One query."""
    return list(Partner.objects.filter(organisation__in=organisations).select_related("organisation").order_by("name"))


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
