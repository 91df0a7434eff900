"""Challenges, proofs and tickets: what a caller over its budget is asked for, and how it shows that it was done.

A challenge is `base64url(purpose 1, kind 1, bits 1, seconds 4, salt 6, HMAC 12)`; the HMAC covers the source, so it serves
nobody else. A proof is `challenge.counter` where SHA-256 of these very characters begins with `bits` zero bits. A ticket is
the same token of another kind: it serves once its time has come, for those who cannot compute. Docs: docs/under-attack.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from keng.base.errors import ConflictError, InputError, KengError, RefusedError, Said
from keng.desk.ground.gate.sources import DayKey

VALID_FOR = timedelta(minutes=10)
EASIER_BY = 3  # bits by which what is asked may have risen since the challenge was given
MOST_COUNTER_DIGITS = 12
HEAD = struct.Struct(">cBBI6s")
MAC_BYTES = 12
WORK, TICKET = 1, 2

FORGED = Said(
    "Bằng chứng tính toán này không phải do Kẻng giao cho bạn. Hãy lấy câu đố mới và làm lại.",
    "This proof answers no challenge that Kẻng gave you. Take a new challenge and try again.",
)
STALE = Said(
    "Câu đố này đã quá hạn. Hãy lấy câu đố mới; những gì bạn viết vẫn còn.",
    "This challenge has run out. Take a new one; what you wrote is still there.",
)
TOO_EASY = Said(
    "Lời giải chưa đủ khó cho lúc này. Hãy lấy câu đố mới và giải lại.",
    "The proof is too easy for what is asked now. Take a new challenge and solve it.",
)
UNSOLVED = Said("Lời giải không đúng câu đố.", "The answer does not solve the challenge.")
REPLAYED = Said(
    "Lời giải này đã được dùng rồi. Mỗi lời giải dùng một lần.",
    "This proof was used before. Each serves once.",
)
TOO_EARLY = Said(
    "Chưa tới lúc. Hãy chờ thêm ít giây rồi gửi lại.", "It is too early. Wait a few seconds and send again."
)


class Purpose(StrEnum):
    """What a caller comes for. Each has a budget of its own; the first letter names it in a challenge."""

    REPORT = "report"
    LOOKUP = "lookup"
    MESSAGE = "message"
    APPEAL = "appeal"
    PICTURE = "picture"

    @property
    def letter(self) -> bytes:
        return self.value[:1].encode()


@dataclass(frozen=True, slots=True)
class Paid:
    """What a token was worth: `digest` names it for the list of those used, until when it would be valid."""

    digest: bytes
    until: datetime
    waited: bool


def make_challenge(key: DayKey, source: bytes, purpose: Purpose, bits: int, now: datetime) -> str:
    """A challenge for this source and purpose, valid for ten minutes."""
    return _token(key, source, purpose, WORK, bits, now)


def make_ticket(key: DayKey, source: bytes, purpose: Purpose, not_before: datetime) -> str:
    """A ticket that serves from `not_before` on, for ten minutes."""
    return _token(key, source, purpose, TICKET, 0, not_before)


def check(
    token: str, keys: Iterable[DayKey], sources: Iterable[bytes], purpose: Purpose, bits: int, now: datetime
) -> Paid:
    """What the proof or ticket is worth; one SHA-256 and an HMAC for each live key. `sources` belong to `keys`, in order.

    Raises InputError `proof_forged`, `proof_unsolved`; RefusedError `proof_stale`, `proof_too_easy`, `too_early`.
    """
    challenge, _, counter = token.partition(".")
    raw = _decode(challenge)
    letter, kind, told_bits, seconds, _salt = HEAD.unpack(raw[: HEAD.size])
    if kind == WORK and not (_is_counter(counter) and leading_zero_bits(_sha256(token)) >= told_bits):
        raise InputError("proof_unsolved", UNSOLVED, field="Keng-Proof")
    if letter != purpose.letter or not _is_signed(raw, keys, sources) or (kind == TICKET and counter):
        raise InputError("proof_forged", FORGED, field="Keng-Proof")
    made = datetime.fromtimestamp(seconds, UTC)
    if kind == TICKET and now < made:
        raise RefusedError("too_early", TOO_EARLY, field="Keng-Proof")
    if not made - timedelta(seconds=1) <= now < made + VALID_FOR:
        raise RefusedError("proof_stale", STALE, field="Keng-Proof")
    if kind == WORK and told_bits < bits - EASIER_BY:
        raise RefusedError("proof_too_easy", TOO_EASY, field="Keng-Proof")
    return Paid(hashlib.sha256(raw).digest()[:16], made + VALID_FOR, waited=kind == TICKET)


def replayed() -> KengError:
    """The error for a token that was used before."""
    return ConflictError("proof_replayed", REPLAYED, field="Keng-Proof")


def solve(challenge: str) -> str:
    """The proof for a challenge, by trying; 2**bits hashes on average."""
    bits, counter = _decode(challenge)[2], 0
    while True:
        token = f"{challenge}.{counter}"
        if leading_zero_bits(_sha256(token)) >= bits:
            return token
        counter += 1


def leading_zero_bits(digest: bytes) -> int:
    """How many zero bits the digest begins with."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()


def _token(key: DayKey, source: bytes, purpose: Purpose, kind: int, bits: int, at: datetime) -> str:
    head = HEAD.pack(purpose.letter, kind, bits, int(at.timestamp()), secrets.token_bytes(6))
    return base64.urlsafe_b64encode(head + _mac(key, source, head)).rstrip(b"=").decode()


def _mac(key: DayKey, source: bytes, head: bytes) -> bytes:
    return hmac.digest(key.secret, b"challenge\0" + head + source, "sha256")[:MAC_BYTES]


def _is_signed(raw: bytes, keys: Iterable[DayKey], sources: Iterable[bytes]) -> bool:
    head, mac = raw[: HEAD.size], raw[HEAD.size :]
    return any(hmac.compare_digest(mac, _mac(key, source, head)) for key, source in zip(keys, sources, strict=True))


def _is_counter(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= MOST_COUNTER_DIGITS


def _decode(challenge: str) -> bytes:
    try:
        raw = base64.b64decode(challenge.encode("ascii") + b"=" * (-len(challenge) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raw = b""
    if len(raw) != HEAD.size + MAC_BYTES or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != challenge:
        raise InputError("proof_forged", FORGED, field="Keng-Proof")
    return raw
