"""Pauses that grow with failures. A try is counted before it is checked, so that many at once gain nothing.

Whoever is counted is a keyed hash of a scope and a name or an address (IPv6: its /64). The scopes keep apart what must
not lock out one another: codes for a name, codes from an address, passkeys from an address. Nothing pauses passkeys by
name: a stranger who guesses at a name's codes cannot keep its owner out.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from keng.base.errors import RefusedError, Said
from keng.base.times import day_in_vietnam
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.signin.models import Pause
from keng.vietnam import rules

FIRST_PAUSE = timedelta(seconds=2)
IPV6_BITS = 64  # what one household or office is given
MOST_DOUBLINGS = 30

WAIT = Said(
    "Có quá nhiều lần vào không được. Hãy thử lại sau {seconds} giây. Khoá đăng nhập vẫn dùng được.",
    "Too many entries failed. Try again in {seconds} seconds. A passkey still works.",
)


class Scope(StrEnum):
    """What is counted apart. The figure is how many times the rule's free failures a scope has: many people share an address."""

    CODE_NAME = "code-name"
    CODE_SOURCE = "code-source"
    KEY_SOURCE = "key-source"

    @property
    def share(self) -> int:
        return 1 if self is Scope.CODE_NAME else 10


@dataclass(frozen=True, slots=True)
class Counted:
    """Somebody who is counted in one scope."""

    scope: Scope
    who: bytes


def by_name(name: str, keys: KeyStore, *, now: datetime) -> Counted:
    """The name as typed, whether or not anybody bears it."""
    return Counted(Scope.CODE_NAME, _hash(Scope.CODE_NAME, name.strip().casefold(), keys, now))


def by_source(scope: Scope, address: str, keys: KeyStore, *, now: datetime) -> Counted:
    """The network that a request came from."""
    return Counted(scope, _hash(scope, network_of(address), keys, now))


def network_of(address: str) -> str:
    """An IPv4 address as it is (also inside IPv6), an IPv6 address as its /64; anything else as `unknown`."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(ipaddress.ip_network((int(found), IPV6_BITS), strict=False))


def take_try(counted: list[Counted], *, now: datetime) -> None:
    """Count one try against everybody listed. Raises RefusedError `too_many_tries` if one of them still waits.

    Commits by itself, before the try is checked; `forgive` takes it back where the try was good.
    """
    with transaction.atomic():
        rows = [(one, _row(one, now)) for one in _in_order(counted)]
        waits = max(row.until - now for _one, row in rows)
        if waits <= timedelta():
            for one, row in rows:
                _count(one, row, now)
    if waits > timedelta():
        raise RefusedError("too_many_tries", WAIT.filled(seconds=int(waits.total_seconds()) + 1))


def forgive(counted: list[Counted], *, now: datetime) -> None:
    """A good try: the name starts anew; an address gets its one try back, so that a good entry hides no guesses beside it."""
    with transaction.atomic():
        for one in _in_order(counted):
            row = Pause.objects.select_for_update().filter(who=one.who).first()
            if row is None:
                continue
            row.failures = 0 if one.scope is Scope.CODE_NAME else max(row.failures - 1, 0)
            row.until = now
            row.save(update_fields=["failures", "until"])


def pause_after(failures: int, scope: Scope, *, now: datetime) -> timedelta:
    """Nothing for the first few; then 2 s, 4 s, 8 s … up to the rule's longest."""
    free = rules.limit("signin.free_failures", day_in_vietnam(now)).value * scope.share
    if failures < free:
        return timedelta()
    longest = rules.limit("signin.longest_pause", day_in_vietnam(now)).time
    return min(FIRST_PAUSE * 2 ** min(failures - free, MOST_DOUBLINGS), longest)


def _in_order(counted: list[Counted]) -> list[Counted]:
    """One order of locks for everybody, so that no two tries wait for each other."""
    return sorted(counted, key=lambda one: one.who)


def _row(one: Counted, now: datetime) -> Pause:
    """The row, locked until the transaction ends; made if it is the first failure."""
    Pause.objects.bulk_create([Pause(who=one.who, failures=0, last_at=now, until=now)], ignore_conflicts=True)
    return Pause.objects.select_for_update().get(who=one.who)


def _count(one: Counted, row: Pause, now: datetime) -> None:
    forgotten = rules.limit("signin.failures_forgotten_after", day_in_vietnam(now)).time
    row.failures = (0 if now - row.last_at >= forgotten else row.failures) + 1
    row.last_at, row.until = now, now + pause_after(row.failures, one.scope, now=now)
    row.save(update_fields=["failures", "last_at", "until"])


def _hash(scope: Scope, value: str, keys: KeyStore, now: datetime) -> bytes:
    key = keys.secret(Purpose.SIGNIN, now)[1]
    return hmac.new(key, f"pause:{scope}:{value}".encode(), hashlib.sha256).digest()
