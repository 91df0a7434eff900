"""A device that holds passkeys, in memory: what a phone or a USB key would answer, and the lies that a broken one would tell."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from keng.desk.ground.signin.passkeys import RelyingParty

PARTY = RelyingParty("localhost", "http://localhost:8000")
PRESENT, VERIFIED, WITH_KEY = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV, AuthenticatorData.FLAG.AT


@dataclass
class Device:
    """One key on one device. Its fields may be set to what a lying device would send."""

    origin: str = PARTY.origin
    party_id: str = PARTY.id
    flags: int = PRESENT | VERIFIED
    count: int = 0
    counts: bool = True
    handle: bytes | None = None
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        told = AttestedCredentialData.create(Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(self._party_hash(), self.flags | WITH_KEY, self.count, told)
        return self._sent(
            clientDataJSON=self._client("webauthn.create", asked),
            attestationObject=AttestationObject.create("none", data, {}),
        )

    def use(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        self.count += self.counts
        data = AuthenticatorData.create(self._party_hash(), self.flags, self.count)
        client = self._client("webauthn.get", options["publicKey"])
        signature = self.key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.handle)

    def _client(self, what: str, asked: dict[str, Any]) -> bytes:
        return bytes(CollectedClientData.create(what, asked["challenge"], self.origin))

    def _party_hash(self) -> bytes:
        return hashlib.sha256(self.party_id.encode()).digest()

    def _sent(self, **parts: bytes | None) -> dict[str, Any]:
        response = {name: websafe_encode(bytes(part)) for name, part in parts.items() if part is not None}
        ident = websafe_encode(self.id)
        return {
            "id": ident, "rawId": ident, "type": "public-key", "response": response, "clientExtensionResults": {},
        }  # fmt: skip
