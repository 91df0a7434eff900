"""The code in a holder's notices: made from the batch's own key, so that each notice can name it and only a hash is stored."""

from __future__ import annotations

from datetime import datetime

from keng.base import identifiers, sealing
from keng.desk.fraud.followup.models import Batch
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.keys.actions import SealedKind


def seal_new_key(batch: Batch, keys: KeyStore, now: datetime) -> bytes:
    """A new key for the batch, sealed into it; returned open."""
    key = sealing.new_key()
    batch.sealed_by, wrapping = keys.secret(Purpose.REPORTS, now)
    batch.sealed_key = sealing.seal(wrapping, label(batch), key)
    return key


def open_key(batch: Batch, keys: KeyStore) -> bytes:
    """The batch's key. Raises KeyError once it was destroyed."""
    return sealing.unseal(keys.secret_by_id(batch.sealed_by), label(batch), bytes(batch.sealed_key))


def code_of(key: bytes, record: str) -> str:
    """The code of a record's case, such as `7K3M-2QXW-90AB-CDEF`."""
    return identifiers.receipt_from(key, record.encode())


def label(batch: Batch) -> str:
    """The place that the key is sealed for."""
    return f"{batch.subject}:key"


KEYS = SealedKind(Batch, "sealed_by", "sealed_key", label)
