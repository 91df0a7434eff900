"""Codes of an authenticator (RFC 6238: SHA-1, 30 seconds, 6 digits) and the secret behind them. Nothing is stored here."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno

from keng.base import sealing
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.signin.models import Authenticator

STEP_SECONDS = 30
WINDOW_STEPS = 1  # before and after: clocks differ
ISSUER = "Keng"
DECOY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # what a name that nobody bears is checked against, so that it takes as long


def new_secret() -> str:
    """A fresh secret of 160 bits, in base 32."""
    return pyotp.random_base32()


def seal(row: Authenticator, secret: str, keys: KeyStore, *, now: datetime) -> None:
    """Put the secret into the row, sealed with a key from the key store."""
    row.sealed_by, key = keys.secret(Purpose.SIGNIN, now)
    row.secret = sealing.seal(key, row.subject, secret.encode())


def unseal(row: Authenticator, keys: KeyStore) -> str:
    """The row's secret. Raises BrokenSealError, KeyError, DemoKeyError."""
    return sealing.unseal(keys.secret_by_id(row.sealed_by), row.subject, bytes(row.secret)).decode()


def decoy(keys: KeyStore, *, now: datetime) -> str:
    """A secret that nobody has, for the same reading and opening as a real one."""
    key = keys.secret(Purpose.SIGNIN, now)[1]
    return sealing.unseal(key, "decoy", sealing.seal(key, "decoy", DECOY.encode())).decode()


def matched_step(secret: str, digits: str, *, now: datetime) -> int | None:
    """The 30-second step whose code `digits` is, within the window; None if none. Every step is compared, found or not."""
    here = int(now.timestamp()) // STEP_SECONDS
    typed = "".join(digits.split()).encode()
    codes = pyotp.TOTP(secret)
    found = None
    for step in range(here - WINDOW_STEPS, here + WINDOW_STEPS + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), typed):
            found = step
    return found


def address_of(secret: str, username: str) -> str:
    """The `otpauth:` address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """A QR code as an SVG picture in a `data:` address, black on white in either light."""
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
