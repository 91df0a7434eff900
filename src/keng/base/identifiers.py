"""Identifiers that people read and that machines sort.

Letters are Crockford's base 32 (no I, L, O, U), so a code read over the telephone has one spelling.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
import uuid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS_PER_LETTER = 5
RECEIPT_LETTERS = 16  # 80 bits: cannot be guessed
RECEIPT_GROUP = 4
CODE_LETTERS = 7  # 35 bits: unique with a retry, not secret
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": "", " ": ""})


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): 48 bits of milliseconds, then random, so keys grow with time."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def new_code(prefix: str) -> str:
    """A short public reference such as `TB-7K3M2QX`: names a thing, opens nothing."""
    return f"{prefix}-{_letters(secrets.token_bytes(8), CODE_LETTERS)}"


def new_receipt() -> str:
    """A secret receipt such as `7K3M-2QXW-90AB-CDEF`."""
    return _grouped(_letters(secrets.token_bytes(16), RECEIPT_LETTERS))


def receipt_from(secret: bytes, *parts: bytes) -> str:
    """The receipt that belongs to `parts`: the same parts give the same receipt, and only the holder of `secret` can tell it.

    Used when a sender retries: the retry must get the receipt of the first try, and only a hash of it is stored.
    """
    digest = hmac.new(secret, b"".join(len(part).to_bytes(8, "big") + part for part in parts), hashlib.sha256)
    return _grouped(_letters(digest.digest(), RECEIPT_LETTERS))


def read_receipt(typed: str) -> str | None:
    """The receipt as we write it, from what a person typed (case, spaces, O for 0); None if it cannot be one."""
    letters = typed.strip().upper().translate(_READ_AS)
    if len(letters) != RECEIPT_LETTERS or any(letter not in ALPHABET for letter in letters):
        return None
    return _grouped(letters)


def receipt_hash(receipt: str) -> bytes:
    """What is stored of a receipt. A plain SHA-256 is enough for 80 random bits."""
    return hashlib.sha256(receipt.encode("ascii")).digest()


def _letters(random: bytes, count: int) -> str:
    number = int.from_bytes(random, "big")
    return "".join(ALPHABET[(number >> (BITS_PER_LETTER * index)) & 31] for index in range(count))


def _grouped(letters: str) -> str:
    return "-".join(letters[index : index + RECEIPT_GROUP] for index in range(0, len(letters), RECEIPT_GROUP))
