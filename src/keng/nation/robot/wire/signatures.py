"""Standard Webhooks signatures (https://www.standardwebhooks.com), both directions, one or more shared secrets."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from keng.base.errors import InputError, RefusedError, Said

TOLERANCE_SECONDS = 5 * 60
LONGEST_ID = 256
SECRET_PREFIX = "whsec_"  # noqa: S105 - the marker before every secret, not one


def read_secrets(path: Path) -> tuple[bytes, ...]:
    """The keys in a file, one `whsec_` + base64 a line, newest first: two while a secret rotates."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not lines:
        raise InputError("no_secret", Said("Tệp khóa trống", "The secret file is empty"))
    return tuple(map(_decode_secret, lines))


def sign(secrets: Sequence[bytes], message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message sent now."""
    timestamp = str(int(moment.timestamp()))
    signatures = [f"v1,{_signature(secret, message_id, timestamp, body)}" for secret in secrets]
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


def verify(secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The message's id, or RefusedError `bad_signature` or `stale_timestamp`. `headers` is looked up as it is."""
    message_id = headers.get("webhook-id") or ""
    timestamp = headers.get("webhook-timestamp") or ""
    if not 0 < len(message_id) <= LONGEST_ID or not timestamp.isascii() or not timestamp.isdigit():
        raise _bad_signature()
    given = [part[3:] for part in (headers.get("webhook-signature") or "").split(" ") if part.startswith("v1,")]
    expected = [_signature(secret, message_id, timestamp, body) for secret in secrets]
    if not any(hmac.compare_digest(have.encode(), want.encode()) for have in given for want in expected):
        raise _bad_signature()
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise RefusedError(
            "stale_timestamp", Said("Thời điểm ký lệch quá năm phút", "Signed more than five minutes off")
        )
    return message_id


def _signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def _decode_secret(text: str) -> bytes:
    try:
        return base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as fault:
        raise InputError("bad_secret", Said("Khóa không phải base64", "A secret is not base64")) from fault


def _bad_signature() -> RefusedError:
    return RefusedError("bad_signature", Said("Chữ ký không đúng", "The signature is not right"))
