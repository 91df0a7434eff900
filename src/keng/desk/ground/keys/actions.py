"""What can be done to a key: rotate, retire, destroy; and sealing anew what an older key sealed.

The register is a file and the ledger a table, so no transaction spans both. Each step is therefore announced in the ledger
first and done in the register after, and each can be repeated: killed between the two, the same command goes on where it stood.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from keng.base import sealing
from keng.base.errors import InputError, RefusedError, Said
from keng.base.times import in_utc
from keng.desk.ground.keys.register import Key, KeyState, Purpose
from keng.desk.ground.keys.store import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.ledger import queries as ledger_queries

ACTOR = "system:keys"
MOST_LIVE_PARTNER_SECRETS = 2
SETTLES_AFTER = timedelta(hours=1)  # what was under way when a key was replaced has long ended
BATCH = 500
TRIES, PAUSE_SECONDS = 100, 0.05
SEALING = (Purpose.REPORTS, Purpose.SIGNIN, Purpose.SMS, Purpose.REGISTERS)  # keys that seal rows of the database

NO_KEY = Said("Không có khóa {id}.", "There is no key {id}.")
OWNER = Said(
    "Khóa của đối tác cần mã đối tác (--owner); khóa khác thì không.", "A partner's key has an owner, no other."
)
TWO_LIVE = Said(
    "Đối tác {owner} đang có hai khóa cùng dùng được. Hãy cho khóa cũ nghỉ trước: {old}.",
    "Partner {owner} has two live secrets already. Retire the older one first: {old}.",
)
IN_USE = Said("Khóa {id} đang được dùng: hãy thay khóa trước.", "Key {id} is in use: rotate first.")
SEALED = Said(
    "Còn {count} mục do {id} niêm: hãy chạy `keng keys reseal` trước.",
    "{count} rows are still sealed by {id}: run `keng keys reseal` first.",
)
UNSETTLED = Said(
    "Khóa {id} mới được thay chưa đầy một giờ: việc đang dở có thể còn cần nó.",
    "Key {id} was replaced less than an hour ago: work under way may still need it.",
)
NOT_RETIRED = Said("Khóa {id} chưa được cho nghỉ.", "Key {id} is not retired.")
NOT_PLACED = Said(
    "Chưa ghi được lời báo khóa mới vào sổ; hãy chạy lại lệnh này.",
    "The new key's announcement has no place in the ledger yet; run this command again.",
)


@dataclass(frozen=True, slots=True)
class SealedKind:
    """A table whose rows each hold a secret sealed by a key of ours: by which, the sealed bytes, their label, that key's purpose.

    A row whose `by` is empty holds nothing any more.
    """

    model: type[Model]
    by: str
    sealed: str
    label: Callable[[Any], str]
    purpose: Purpose = Purpose.REPORTS

    def count(self, key_id: str) -> int:
        """How many rows this key seals."""
        return self.model._default_manager.filter(**{self.by: key_id}).count()


def rotate(store: KeyStore, purpose: Purpose, *, owner: str = "", now: datetime) -> Key:
    """Make a new key, announce it in the ledger, and use it from now on. The one before it opens and verifies only.

    A ledger key is announced with its public half, in an entry that a checkpoint of the old key covers before the new key
    signs anything. Raises InputError `bad_owner`, RefusedError `two_live`.
    """
    if bool(owner) is not (purpose is Purpose.PARTNER):
        raise InputError("bad_owner", OWNER, field="owner")
    _check_overlap(store, purpose, owner)
    key = store.prepare(purpose, owner, now)
    facts: dict[str, object] = {"purpose": str(purpose), "owner": owner}
    if purpose is Purpose.LEDGER:
        facts["public"] = store.public(key).raw().hex()
    _record("keys.rotate", key, facts, now)
    if purpose is Purpose.LEDGER:
        _see_it_signed(store, key, now)
    return store.activate(key.id, now)


def retire(store: KeyStore, key_id: str, kinds: Iterable[SealedKind], *, now: datetime) -> Key:
    """A replaced key serves nothing any more. Raises RefusedError `key_in_use`, `key_seals`, `key_unsettled`."""
    key = _get(store, key_id)
    if key.state is KeyState.CURRENT:
        raise RefusedError("key_in_use", IN_USE.filled(id=key_id))
    _check_seals_nothing(key, kinds)
    if key.purpose in SEALING and key.replaced_at and now - _moment(key.replaced_at) < SETTLES_AFTER:
        raise RefusedError("key_unsettled", UNSETTLED.filled(id=key_id))
    _record("keys.retire", key, {"purpose": key.purpose, "owner": key.owner}, now)
    return store.retire(key_id, now)


def destroy(store: KeyStore, key_id: str, kinds: Iterable[SealedKind], *, now: datetime) -> Key:
    """Remove a retired key's private file for good. Raises RefusedError `key_not_retired`, `key_seals`."""
    key = _get(store, key_id)
    if key.state not in (KeyState.RETIRED, KeyState.DESTROYED):
        raise RefusedError("key_not_retired", NOT_RETIRED.filled(id=key_id))
    _check_seals_nothing(key, kinds)
    _record("keys.destroy", key, {"purpose": key.purpose, "owner": key.owner}, now)
    return store.destroy(key_id, now)


@transaction.atomic
def reseal_batch(store: KeyStore, kind: SealedKind, *, now: datetime, most: int = BATCH) -> int:
    """Seal up to `most` rows' keys anew under the current key. Returns how many; 0 when all are. Killed, nothing is half done."""
    current, wrapping = store.secret(kind.purpose, now)
    rows = list(_sealed_by_others(kind, current).select_for_update().order_by("pk")[:most])
    for row in rows:
        label = kind.label(row)
        key = sealing.unseal(store.secret_by_id(getattr(row, kind.by)), label, bytes(getattr(row, kind.sealed)))
        setattr(row, kind.by, current)
        setattr(row, kind.sealed, sealing.seal(wrapping, label, key))
    if rows:
        kind.model._default_manager.bulk_update(rows, [kind.by, kind.sealed])
        data = {"kind": kind.model._meta.label, "rows": len(rows)}
        ledger.record(actor=ACTOR, verb="keys.reseal", subject=f"key:{current}", data=data, at=now)
    return len(rows)


def _sealed_by_others(kind: SealedKind, current: str) -> Any:
    return kind.model._default_manager.exclude(**{kind.by: current}).exclude(**{kind.by: ""})


def _check_overlap(store: KeyStore, purpose: Purpose, owner: str) -> None:
    if purpose is not Purpose.PARTNER:
        return
    live = [key for key in store.all() if (key.purpose, key.owner) == (purpose, owner)]
    old = [key for key in live if key.state is KeyState.REPLACED]
    if len(old) >= MOST_LIVE_PARTNER_SECRETS - 1:
        raise RefusedError("two_live", TWO_LIVE.filled(owner=owner, old=old[0].id))


def _check_seals_nothing(key: Key, kinds: Iterable[SealedKind]) -> None:
    if count := sum(kind.count(key.id) for kind in kinds):
        raise RefusedError("key_seals", SEALED.filled(id=key.id, count=count))


def _see_it_signed(store: KeyStore, key: Key, now: datetime) -> None:
    """Sequence with the old key until the announcement has its place under that key's signature."""
    signer = store.ledger_signer(now)
    for _ in range(TRIES):
        if _is_placed(key):
            return
        if not ledger.sequence_once(signer, now):
            time.sleep(PAUSE_SECONDS)  # another sequencer is at work: it will place the entry
    if not _is_placed(key):
        raise RefusedError("not_placed", NOT_PLACED)


def _is_placed(key: Key) -> bool:
    return any(one.verb == "keys.rotate" and one.place is not None for one in _entries(key))


@transaction.atomic
def _record(verb: str, key: Key, facts: dict[str, object], now: datetime) -> None:
    """Write the entry, unless an earlier run of the same command wrote it."""
    if not any(one.verb == verb for one in _entries(key)):
        ledger.record(actor=ACTOR, verb=verb, subject=f"key:{key.id}", data=facts, at=now)


def _entries(key: Key) -> list[ledger_queries.LedgerEntry]:
    return ledger_queries.entries_on(f"key:{key.id}")


def _get(store: KeyStore, key_id: str) -> Key:
    try:
        return store.key(key_id)
    except KeyError as error:
        raise InputError("no_key", NO_KEY.filled(id=key_id)) from error


def _moment(written: str) -> datetime:
    return in_utc(datetime.fromisoformat(written))
