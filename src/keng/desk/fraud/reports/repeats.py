"""The very same bytes again and again are kept once: each report has its own receipt and key, and the original is shared.

Who sends cannot tell: the answer, the receipt and the page are those of any report. The count is kept in memory, so that an
ordinary report costs nothing here. Why: docs/decisions/0016-repeats-share-an-original.md.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from keng.base import sealing
from keng.base.times import day_in_vietnam
from keng.desk.fraud.reports.models import SharedOriginal
from keng.desk.fraud.reports.sealed import shared_label
from keng.desk.ground.keys import KeyStore, Purpose
from keng.vietnam import rules

WITHIN = timedelta(minutes=10)
MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Shared:
    """An original that several reports share, and its key. `is_new`: this report is the first to share it."""

    row: SharedOriginal
    key: bytes = field(repr=False)
    is_new: bool


class Counter:
    """How often each digest was kept within ten minutes, by this process."""

    def __init__(self) -> None:
        self.seen: OrderedDict[bytes, tuple[datetime, int]] = OrderedDict()
        self.lock = Lock()

    def add(self, digest: bytes, now: datetime) -> None:
        """Count once more."""
        with self.lock:
            since, times = self._since(digest, now)
            self.seen[digest] = since, times + 1
            self.seen.move_to_end(digest)
            while len(self.seen) > MOST_KEPT:
                self.seen.popitem(last=False)

    def times(self, digest: bytes, now: datetime) -> int:
        """How often it was kept."""
        with self.lock:
            return self._since(digest, now)[1]

    def _since(self, digest: bytes, now: datetime) -> tuple[datetime, int]:
        since, times = self.seen.get(digest, (now, 0))
        return (since, times) if now - since < WITHIN else (now, 0)


counter = Counter()


def is_flood(digest: bytes, now: datetime) -> bool:
    """Whether a submission that comes now is, with those kept before it, the time from which on the bytes are kept only once."""
    return counter.times(digest, now) + 1 >= rules.limit("reports.repeats", day_in_vietnam(now)).value


def count(digest: bytes, now: datetime) -> None:
    """A submission was kept as a new report. A machine that tries again because nobody answered makes no flood."""
    counter.add(digest, now)


def share(digest: bytes, original: bytes, keys: KeyStore, now: datetime) -> Shared:
    """The shared original of that digest, made if it is not there; in the caller's transaction."""
    sealed_by, wrapping = keys.secret(Purpose.REPORTS, now)
    key = sealing.new_key()
    row = SharedOriginal(digest=digest, made_at=now, sealed_by=sealed_by)
    row.sealed = sealing.seal(key, shared_label(row), original)
    row.sealed_key = sealing.seal(wrapping, shared_label(row), key)
    SharedOriginal.objects.bulk_create([row], ignore_conflicts=True)
    found = SharedOriginal.objects.get(digest=digest)
    if bytes(found.sealed) == row.sealed:
        return Shared(found, key, is_new=True)
    wrapping = keys.secret_by_id(found.sealed_by)
    return Shared(found, sealing.unseal(wrapping, shared_label(found), bytes(found.sealed_key or b"")), is_new=False)


def forget(*, now: datetime) -> int:
    """Clear the way to shared originals whose flood is over: from then on only the keys of the reports open them."""
    over = SharedOriginal.objects.filter(made_at__lt=now - 2 * WITHIN, digest__isnull=False)
    return over.update(digest=None, sealed_key=None, sealed_by="")
