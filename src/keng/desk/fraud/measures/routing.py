"""Who is asked: every partner that serves the object. A number is every carrier's, since people keep it when they change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from keng.base.errors import InputError, RefusedError
from keng.base.weburl import parse_url
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.kinds import PARTNER_OF, Kind, Target
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.partners.served import known_names, longest_match


def partners_for(kind: Kind, target: Target, chosen: Collection[str] = ()) -> list[Partner]:
    """The partners to ask, in the order of their codes; for preservation only the chosen ones, if any were.

    Raises InputError `no_bank`, `no_partner`, `other_partner`; RefusedError `whole_suffix`.
    """
    serving = serving_partners(target)
    if not serving:
        raise InputError("no_partner", refusals.NO_PARTNER, field="object")
    if kind == Kind.TAKE_DOWN_PAGE and is_whole_platform(target, serving):
        raise RefusedError("whole_suffix", refusals.WHOLE_SUFFIX, field="object")
    if kind != Kind.PRESERVE_DATA or not chosen:
        return serving
    if not set(chosen) <= {one.pk for one in serving}:
        raise InputError("other_partner", refusals.OTHER_PARTNER, field="partners")
    return [one for one in serving if one.pk in chosen]


def is_whole_platform(target: Target, asked: Collection[Partner]) -> bool:
    """Whether a page is the front of a platform that many share, and not a page of somebody's own on it."""
    url = parse_url(target.value) if target.kind == "url" else None
    if url is None or urlsplit(url.text).path not in ("", "/"):
        return False
    host = url.host.removeprefix("www.")
    return any(host in known_names(one.pk) for one in asked)


def serving_partners(target: Target, known: Sequence[Partner] | None = None) -> list[Partner]:
    """Every connected partner that serves the object. `known`: all partners, for whoever asks this of many objects.

    Raises InputError `no_bank`.
    """
    kind = PARTNER_OF[target.kind]
    of_kind = (
        partners.of_kind(kind)
        if known is None
        else sorted((one for one in known if one.kind == kind), key=lambda one: one.pk)
    )
    match kind:
        case "bank":
            return _bank_of(target.value, of_kind)
        case "carrier":
            return of_kind
        case "registry":
            return _closest(of_kind, target.value)
        case _:
            return _platform_of(target, of_kind)


def _bank_of(account: str, banks: Sequence[Partner]) -> list[Partner]:
    code = account.partition(":")[0]
    if code == "?":
        raise InputError("no_bank", refusals.NO_BANK, field="account")
    return [one for one in banks if one.pk == code]


def _platform_of(target: Target, platforms: Sequence[Partner]) -> list[Partner]:
    if target.kind == "social":
        return [one for one in platforms if one.pk == f"platform:{target.value.partition(':')[0]}"]
    url = parse_url(target.value)
    return _closest(platforms, url.host) if url else []


def _closest(some: Sequence[Partner], host: str) -> list[Partner]:
    """Those whose suffix or host is the longest that `host` stands under."""
    lengths = {one: longest_match(host, one.serves) for one in some}
    longest = max(lengths.values(), default=0)
    return [one for one, length in lengths.items() if length == longest > 0]
