"""Signing and checking messages by Standard Webhooks (https://www.standardwebhooks.com, specification 1.0.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from keng.base.errors import InputError, Said

SECRET_PREFIX = "whsec_"  # noqa: S105 - the standard's prefix, not a secret
TOLERANCE = timedelta(minutes=5)
MAX_ID_LENGTH = 128

BAD_SIGNATURE = Said("Chữ ký không đúng.", "The signature is wrong.")
STALE = Said(
    "Thời điểm ký lệch quá năm phút so với đồng hồ của Kẻng.",
    "The signing time is more than five minutes off Kẻng's clock.",
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a checked message says of itself."""

    message_id: str
    timestamp: datetime


def sign(secrets: str | Sequence[str], message_id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """The three headers that go with `body`. While a secret is replaced there are two, newest first: both sign."""
    secrets = [secrets] if isinstance(secrets, str) else secrets
    seconds = str(int(timestamp.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{_signature(secret, message_id, seconds, body)}" for secret in secrets),
    }


def check(secrets: list[str], headers: Mapping[str, str], body: bytes, *, now: datetime) -> Envelope:
    """The envelope, if one of `secrets` (several while they rotate) signed it within five minutes of `now`.

    Whether the id was seen before is the caller's to ask, in the transaction that acts on the message.
    Raises InputError `bad_signature` or `stale_timestamp`.
    """
    message_id = headers.get("webhook-id", "")
    seconds = headers.get("webhook-timestamp", "")
    if not message_id or len(message_id) > MAX_ID_LENGTH or not (seconds.isascii() and seconds.isdigit()):
        raise InputError("bad_signature", BAD_SIGNATURE)
    given = [part[3:] for part in headers.get("webhook-signature", "").split() if part.startswith("v1,")]
    expected = [_signature(secret, message_id, seconds, body) for secret in secrets]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in expected):
        raise InputError("bad_signature", BAD_SIGNATURE)
    timestamp = _moment(seconds)
    if abs(now - timestamp) > TOLERANCE:
        raise InputError("stale_timestamp", STALE)
    return Envelope(message_id, timestamp)


def _moment(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise InputError("stale_timestamp", STALE) from error


def _signature(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode("ascii")


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook secret is whsec_ followed by base64") from error
