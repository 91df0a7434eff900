"""Keyed digests that stand for people where their numbers may not: the same for the same number, and telling nothing of it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from keng.desk.ground.keys import KeyStore, Purpose

LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # no digit, so nothing that passes for a number
DIGEST_BYTES = 16


def pseudonym_key(keys: KeyStore, now: datetime) -> bytes:
    """What pseudonyms are made with. It is never rotated: a person could not be found again."""
    return keys.secret(Purpose.PERSONS, now)[1]


def pseudonym(key: bytes, text: str) -> str:
    """32 letters a-p that stand for a citizen's number, or another text."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[: 2 * DIGEST_BYTES].translate(LETTERS)


def about(person: str) -> str:
    """How the ledger names a person."""
    return f"person:{person}"
