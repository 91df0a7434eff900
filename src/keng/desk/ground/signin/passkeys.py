"""The two ceremonies of WebAuthn: making a key and using one. Values in, values out; the challenge is kept by the caller.

User verification (finger, face, PIN) is required in both, and the key must be discoverable: one comes in without a name.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from keng.base.errors import InputError, Said
from keng.desk.ground.signin.models import Passkey

HANDLE_BYTES = 32

UNREADABLE = Said(
    "Khoá không dùng được: trình duyệt gửi lên dữ liệu không đúng hoặc đã cũ. Hãy thử lại từ đầu.",
    "The passkey did not work: what the browser sent is wrong or too old. Begin again.",
)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whose keys they are: the host that they are bound to, and the one origin that may ask for them."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a new key told."""

    credential_id: bytes
    public_data: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Used:
    """A key that signed the challenge: its counter and the handle that it holds, if it sent one."""

    sign_count: int
    user_handle: bytes | None


def relying_party(address: str) -> RelyingParty | None:
    """The relying party of an installation at `address`; None where browsers know no passkeys (plain HTTP, bare IP).

    WebAuthn takes no IP address. This machine, 127.0.0.1, also bears the name `localhost`, and there it works.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    if _is_loopback(host):
        host = "localhost"
    if _is_address(host) or not host or (parts.scheme != "https" and host != "localhost"):
        return None
    return RelyingParty(host, f"{parts.scheme}://{host}{port}")


def begin_making(
    party: RelyingParty, username: str, display_name: str, handle: bytes, known: list[bytes]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked, and the state to keep. Keys in `known` are not made twice on one device."""
    options, state = _server(party).register_begin(
        PublicKeyCredentialUserEntity(id=handle, name=username, display_name=display_name),
        credentials=[PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), {"handle": handle.hex(), **state}


def finish_making(party: RelyingParty, state: dict[str, Any], response: Any) -> Made:
    """The key that was made. Raises InputError `bad_passkey`."""
    try:
        told = _server(party).register_complete(state, response)
        data = told.credential_data
        return Made(data.credential_id, bytes(data), told.counter)
    except Exception as error:
        raise InputError("bad_passkey", UNREADABLE) from error


def begin_using(party: RelyingParty) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked, and the state to keep. No key is named: the device offers those it has."""
    options, state = _server(party).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options), dict(state)


def id_in(response: Any) -> bytes:
    """The identifier of the key that a response claims to be of; empty if it cannot be read."""
    try:
        return websafe_decode(response["rawId"])
    except Exception:  # noqa: BLE001 - any shape may come from outside
        return b""


def finish_using(party: RelyingParty, state: dict[str, Any], key: Passkey, response: Any) -> Used | None:
    """What the key's owner proved; None if the signature, challenge, origin or verification is not as it must be."""
    try:
        known = AttestedCredentialData(bytes(key.public_data))
        _server(party).authenticate_complete(state, [known], response)
        told = AuthenticationResponse.from_dict(response).response
    except Exception:  # noqa: BLE001 - fido2 parses foreign bytes and raises whatever its parsers do
        return None
    return Used(told.authenticator_data.counter, told.user_handle)


def new_handle() -> bytes:
    """A random name for an officer towards their devices: it tells nothing of them."""
    return secrets.token_bytes(HANDLE_BYTES)


def _server(party: RelyingParty) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=party.id, name="Kẻng"), verify_origin=party.origin.__eq__)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_loopback
