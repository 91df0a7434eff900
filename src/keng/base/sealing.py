"""Sealing bytes with AES-256-GCM: one key for each report, itself sealed by a key that lives outside the database.

A sealed value is `nonce (12 bytes) || ciphertext and tag`. The label (which row, which field) is authenticated with it, so a
value moved to another row or field does not open. Destroying a report's key makes everything sealed with it unreadable.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class BrokenSealError(Exception):
    """The value was altered, moved, or sealed with another key."""


def new_key() -> bytes:
    """A fresh 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, label: str, plain: bytes) -> bytes:
    """`plain` sealed for the place that `label` names."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, label.encode())


def unseal(key: bytes, label: str, sealed: bytes) -> bytes:
    """What was sealed for this place. Raises BrokenSealError."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label.encode())
    except (InvalidTag, ValueError) as error:
        raise BrokenSealError(label) from error
