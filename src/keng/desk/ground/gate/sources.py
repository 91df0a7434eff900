"""A caller as a keyed hash of the day. The day's key is destroyed when the next day is over, so no profile can be kept."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from keng.desk.ground.gate.addresses import Address, nets_of
from keng.desk.ground.keys import KeyStore, Purpose

DIGEST_BYTES = 16
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayKey:
    """The key of one day (UTC)."""

    day: str
    secret: bytes = field(repr=False)

    def digest(self, what: str, content: bytes) -> bytes:
        """A keyed digest that tells two things of one kind apart today, and says nothing of them."""
        return hmac.digest(self.secret, what.encode() + b"\0" + content, "sha256")[:DIGEST_BYTES]


@dataclass(frozen=True, slots=True)
class Source:
    """A caller as the gate counts it: its own net, and the wider one around it."""

    narrow: bytes
    wide: bytes


def source_of(address: Address | None, key: DayKey) -> Source:
    """The caller at that address today."""
    nets = nets_of(address)
    return Source(key.digest("narrow", nets.narrow.encode()), key.digest("wide", nets.wide.encode()))


_kept: dict[tuple[str, str], DayKey] = {}
_making = Lock()


def day_key(keys: KeyStore, now: datetime) -> DayKey:
    """Today's key, made at first use; read from its file once in a process."""
    day = now.date().isoformat()
    place = (str(keys.folder), day)
    if place not in _kept:
        with _making:
            if len(_kept) > 8:
                _kept.clear()
            _kept[place] = DayKey(day, keys.secret(Purpose.GATE, now, owner=day)[1])
    return _kept[place]


def live_keys(keys: KeyStore, now: datetime) -> list[DayKey]:
    """Today's key, and yesterday's for what was signed just before midnight."""
    return [day_key(keys, now), *([day_key(keys, now - DAY)] if now.hour == 0 else [])]


def forget_old_keys(keys: KeyStore, now: datetime) -> int:
    """Destroy the keys of days before yesterday; returns how many."""
    last = (now - DAY).date().isoformat()
    _kept.clear()
    gone = [key for key in keys.all() if key.purpose == Purpose.GATE and key.owner < last and not key.destroyed_at]
    for key in gone:
        keys.retire(key.id, now)
        keys.destroy(key.id, now)
    return len(gone)
