"""OpenID Connect, authorisation code with PKCE: where to send the citizen, and what the provider's answer is worth.

Everything that does not hold closes: nobody is signed in. The provider's description and keys are fetched anew for each
sign-in, so a key that it withdrew is of no use from that moment.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from keng.base.errors import RefusedError, Said
from keng.base.times import day_in_vietnam, iso
from keng.desk.ground.citizens.actions import Vouched
from keng.doors.citizens import fetching
from keng.vietnam.rules.assurance import assurance_level

ALGORITHMS = ["ES256", "PS256", "RS256"]  # signatures with a public key only: never `none`, never a shared secret
LEEWAY_SECONDS = 60  # clocks differ
NUMBER_CLAIM = "citizen_id"  # optional; whose provider tells it sees on their page who asked about them
WAITS = timedelta(minutes=10)
MOST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2

NOT_PROVEN = Said(
    "Kẻng không tin được câu trả lời của nơi định danh, nên chưa cho ai vào. Hãy đăng nhập lại từ đầu.",
    "Kẻng could not trust the identity provider's answer and let nobody in. Sign in anew.",
)
GAVE_UP = Said(
    "Nơi định danh không xác nhận bạn, hoặc bạn đã dừng lại. Chưa có gì thay đổi.",
    "The identity provider did not confirm you, or you stopped. Nothing changed.",
)


@dataclass(frozen=True, slots=True)
class Provider:
    """Who vouches for citizens, and what it knows us as."""

    issuer: str
    client: str
    secret: str
    back: str
    loopback_only: bool


def read_provider(issuer: str, client: str, secret_file: str, back: str, *, demo: bool) -> Provider | None:
    """The provider that the settings name; None if they name none."""
    if not (issuer and client and secret_file):
        return None
    secret = Path(secret_file).read_text(encoding="utf-8").strip()
    return Provider(issuer.rstrip("/"), client, secret, back, demo)


def begin(provider: Provider, *, now: datetime) -> tuple[str, dict[str, str]]:
    """The address to send the citizen to, and what to keep until they come back."""
    about = _about(provider)
    kept = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(48),
        "at": iso(now),
    }
    asked = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": provider.back,
        "scope": "openid",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": _b64(hashlib.sha256(kept["verifier"].encode()).digest()),
        "code_challenge_method": "S256",
    }
    address = _text(about, "authorization_endpoint")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", kept


def finish(provider: Provider, kept: dict[str, str] | None, came: dict[str, str], *, now: datetime) -> Vouched:
    """What the provider vouches for. Raises RefusedError `not_proven`, `gave_up`; UnavailableError `provider_away`."""
    _check_return(provider, kept, came, now)
    assert kept is not None  # noqa: S101 - checked just above
    about = _about(provider)
    token = _id_token(provider, about, came["code"], kept["verifier"])
    keys = fetching.get(_text(about, "jwks_uri"), loopback_only=provider.loopback_only)
    claims = _claims(provider, token, keys, kept["nonce"], now)
    transaction = next((claims[name] for name in ("txn", "jti") if isinstance(claims.get(name), str)), "")
    acr = claims.get("acr")
    return Vouched(
        issuer=provider.issuer,
        subject=claims["sub"],
        level=assurance_level(acr, day_in_vietnam(now)) if isinstance(acr, str) else 0,
        transaction_id=transaction or _b64(hashlib.sha256(token.encode()).digest()),
        number=_number(claims.get(NUMBER_CLAIM)),
    )


def _number(told: Any) -> str:
    """The citizen's number, if the provider tells it as one: twelve digits."""
    return told if isinstance(told, str) and re.fullmatch(r"[0-9]{12}", told) else ""


def refuse(why: str) -> RefusedError:
    """The one refusal for whatever did not hold; `why` is for the ledger, not for the caller."""
    error = RefusedError("not_proven", NOT_PROVEN)
    error.why = why  # type: ignore[attr-defined]
    return error


def _check_return(provider: Provider, kept: dict[str, str] | None, came: dict[str, str], now: datetime) -> None:
    if kept is None or not hmac.compare_digest(kept["state"].encode(), came.get("state", "").encode()):
        raise refuse("state")
    if now - datetime.fromisoformat(kept["at"]) > WAITS:
        raise refuse("late")
    if came.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise refuse("issuer")
    if "error" in came or not came.get("code"):
        raise RefusedError("gave_up", GAVE_UP)


def _about(provider: Provider) -> dict[str, Any]:
    """The provider's own description of itself."""
    about = fetching.get(f"{provider.issuer}/.well-known/openid-configuration", loopback_only=provider.loopback_only)
    if about.get("issuer") != provider.issuer:
        raise refuse("issuer")
    return about


def _id_token(provider: Provider, about: dict[str, Any], code: str, verifier: str) -> str:
    known_as = f"{quote(provider.client, safe='')}:{quote(provider.secret, safe='')}"  # RFC 6749, 2.3.1
    told = fetching.post(
        _text(about, "token_endpoint"),
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": provider.back,
            "code_verifier": verifier,
        },
        {"Authorization": "Basic " + base64.b64encode(known_as.encode()).decode()},
        loopback_only=provider.loopback_only,
    )
    return _text(told, "id_token")


def _claims(provider: Provider, token: str, keys: dict[str, Any], nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of an id token that was signed by the provider, for us, for this sign-in, just now."""
    seconds = int(now.timestamp())
    registry = jwt.JWTClaimsRegistry(
        now=seconds,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
        registry.validate(claims)
        is_whole = _is_for_us_alone(provider, claims) and 0 < len(claims["sub"]) <= MOST_SUBJECT
        if not is_whole or seconds - claims["iat"] > WAITS.total_seconds():
            raise refuse("claims")
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise refuse(getattr(error, "error", "") or type(error).__name__) from error
    return dict(claims)


def _is_for_us_alone(provider: Provider, claims: dict[str, Any]) -> bool:
    """One audience, or a list in which the authorised party is us (OpenID Connect Core 1.0, 3.1.3.7)."""
    others = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", provider.client if len(others) == 1 else None)
    return party == provider.client and isinstance(claims["sub"], str)


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise refuse(f"no {name}")
    return value


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
