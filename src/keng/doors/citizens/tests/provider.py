"""A provider in memory, with keys of its own, that tells the truth or one lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from keng.base.errors import UnavailableError
from keng.doors.citizens import fetching

ISSUER, CLIENT = "http://127.0.0.1:9100", "keng"
SUBJECT = "001099012345"  # what a provider might call a citizen by: it must be stored nowhere


@dataclass
class Provider:
    """`claims` are laid over those of the token; the other fields are what a broken or lying provider would do."""

    clock: Any
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    sign_with: Any = None
    about: dict[str, Any] = field(default_factory=dict)
    away: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    posted: list[dict[str, str]] = field(default_factory=list)
    codes: list[str] = field(default_factory=lambda: ["code-1"])

    def get(self, address: str, *, loopback_only: bool) -> dict[str, Any]:
        self._answer(address)
        if address.endswith("openid-configuration"):
            ends = {"authorization_endpoint": "/go", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return {"issuer": ISSUER, **{name: ISSUER + path for name, path in ends.items()}, **self.about}
        return KeySet([self.key]).as_dict(private=False)

    def post(
        self, address: str, fields: dict[str, str], headers: dict[str, str], *, loopback_only: bool
    ) -> dict[str, Any]:
        self._answer(address)
        self.posted.append({**fields, **headers})
        challenge = _b64(hashlib.sha256(fields["code_verifier"].encode()).digest()).decode()
        if fields["code"] not in self.codes or challenge != self.asked["code_challenge"]:
            raise UnavailableError("provider_away", fetching.AWAY)  # HTTP 400
        self.codes.remove(fields["code"])
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token()}

    def token(self) -> str:
        now = int(self.clock.at.timestamp())
        told = {
            "iss": ISSUER, "aud": CLIENT, "sub": SUBJECT, "iat": now, "exp": now + 300, "nonce": self.asked["nonce"],
            "jti": f"tx-{len(self.posted)}", "acr": "urn:vneid:loa:2", "name": "Nguyễn Văn A", "picture": "https://x/1.jpg",
        }  # fmt: skip
        told = {name: value for name, value in {**told, **self.claims}.items() if value is not None}
        if self.header.get("alg") in ("none", "HS256"):
            return self._unlawful(self.header["alg"], told)
        header = {"alg": "RS256", "kid": "one", **self.header}
        return jwt.encode(header, told, self.sign_with or self.key, algorithms=[header["alg"]])

    def _unlawful(self, alg: str, told: dict[str, Any]) -> str:
        """Unsigned, or by the old trick: signed with HMAC under the public key, which everybody has."""
        body = b".".join(_b64(json.dumps(part).encode()) for part in ({"alg": alg, "kid": "one"}, told))
        mark = hmac.new(self.key.as_pem(private=False), body, hashlib.sha256).digest() if alg == "HS256" else b""
        return (body + b"." + _b64(mark)).decode()

    def note(self, address: str) -> None:
        """Remember what the citizen was sent here with."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    def _answer(self, address: str) -> None:
        if self.away and self.away in address:
            raise UnavailableError("provider_away", fetching.AWAY)


def other_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


def elliptic() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "one"})


def _b64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
