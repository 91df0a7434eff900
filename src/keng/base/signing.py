"""Ed25519 keys, and the two texts that ledgers sign with them: C2SP *signed notes* and *transparency log checkpoints*.

Sources: RFC 8032 (Ed25519), https://c2sp.org/signed-note (v1.0.0), https://c2sp.org/tlog-checkpoint (read 2026-11).
The bytes of a note, UTF-8, every line ending in U+000A:

    <origin>                      what is signed begins here; for us the origin is also the name of the key
    <size>                        number of leaves, decimal, no leading zero
    <base64 of the root>          RFC 4648 section 4, 32 bytes
    <extension line> ...          none or more, not empty; what is signed ends with the line end of the last one
                                  one empty line, not signed
    — <name> <base64 of 4 + 64>   U+2014, space, name, space; key hash, then the Ed25519 signature of the text

The key hash is the first 4 bytes of SHA-256(name || 0x0A || 0x01 || 32 bytes of the public key). It only says which key
to try. `key_id`, which the rest of Kẻng stores beside every signature, is the first 8 bytes, as hex, of the SHA-256
of the public key's SubjectPublicKeyInfo in DER: it does not depend on a name.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keng.base.errors import InputError, Said
from keng.base.merkle import HASH_BYTES

SIGNATURE_TYPE_ED25519 = b"\x01"
KEY_HASH_BYTES = 4
SIGNATURE_BYTES = 64
MOST_SIGNATURES = 64
DEFAULT_NAME = "keng/ledger"
NAME = re.compile(r"[^\s+\x00-\x20]+")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")

UNREADABLE_KEY = Said("Không đọc được khóa {path}", "the key {path} cannot be read")
NOT_ED25519 = Said("{path} không phải là khóa Ed25519 dạng PEM", "{path} is no Ed25519 key in PEM form")
BAD_NOTE = Said("Văn bản ký không đúng dạng: {why}", "the signed note is malformed: {why}")
BAD_NAME = Said("Tên khóa rỗng hoặc có dấu cách hay dấu +", "the key name is empty or holds a space or a plus sign")
NOT_SIGNED = Said("Không có chữ ký của khóa đã cho", "no signature by a given key")
WRONG_SIGNATURE = Said("Chữ ký sai", "the signature is wrong")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key."""

    key: Ed25519PublicKey

    @classmethod
    def load(cls, path: Path) -> PublicKey:
        """Read PEM SubjectPublicKeyInfo. InputError if it is not there or is another kind of key."""
        return cls.from_pem(_read(path), str(path))

    @classmethod
    def from_pem(cls, pem: bytes, path: str = "PEM") -> PublicKey:
        try:
            key = s.load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise InputError("key.not_ed25519", NOT_ED25519.filled(path=path)) from error
        if not isinstance(key, Ed25519PublicKey):
            raise InputError("key.not_ed25519", NOT_ED25519.filled(path=path))
        return cls(key)

    @classmethod
    def from_raw(cls, raw: bytes) -> PublicKey:
        """The key of these 32 bytes. InputError if they are another number of bytes."""
        try:
            return cls(Ed25519PublicKey.from_public_bytes(raw))
        except ValueError as error:
            raise InputError("key.not_ed25519", NOT_ED25519.filled(path=raw.hex())) from error

    def raw(self) -> bytes:
        """The 32 bytes of the key."""
        return self.key.public_bytes(s.Encoding.Raw, s.PublicFormat.Raw)

    def pem(self) -> bytes:
        """SubjectPublicKeyInfo as PEM."""
        return self.key.public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)

    @property
    def key_id(self) -> str:
        """16 hex digits: the first 8 bytes of the SHA-256 of the SubjectPublicKeyInfo in DER."""
        return sha256(self.key.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:16]

    def key_hash(self, name: str) -> bytes:
        """The 4 bytes by which a signed note refers to this key under `name`."""
        return sha256(name.encode() + b"\n" + SIGNATURE_TYPE_ED25519 + self.raw()).digest()[:KEY_HASH_BYTES]

    def verify(self, message: bytes, signature: bytes) -> bool:
        try:
            self.key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 private key and the name under which it signs notes: a URL without a scheme, `keng.vn/ledger`."""

    key: Ed25519PrivateKey = field(repr=False)
    name: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InputError("key.name", BAD_NAME, field="name")

    @classmethod
    def load(cls, path: Path, name: str) -> Signer:
        """Read an unencrypted PEM PKCS 8 key. InputError if it is not there or is another kind of key."""
        try:
            key = s.load_pem_private_key(_read(path), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InputError("key.not_ed25519", NOT_ED25519.filled(path=path)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise InputError("key.not_ed25519", NOT_ED25519.filled(path=path))
        return cls(key, name)

    @classmethod
    def generate(cls, name: str) -> Signer:
        return cls(Ed25519PrivateKey.generate(), name)

    def pem(self) -> bytes:
        """The private key as unencrypted PEM PKCS 8: for a file of mode 600, nowhere else."""
        return self.key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key.public_key())

    @property
    def key_id(self) -> str:
        return self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature: the same message gives the same bytes."""
        return self.key.sign(message)


def load_signer(path: Path, name: str = DEFAULT_NAME) -> Signer:
    """`Signer.load` under the usual name. One installation signs under one name for ever: it is its ledger's origin."""
    return Signer.load(path, name)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says about itself at one size. `extensions` are lines of our own, signed with the rest."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The text to sign, ending in a line end. InputError if it would not read back as this checkpoint."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        text = "".join(f"{line}\n" for line in lines)
        if parse_checkpoint(text) != self:
            raise InputError("note.malformed", BAD_NOTE.filled(why="text"))
        return text


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in the text of an opened note. InputError unless its bytes are those that `text()` gives."""
    if CONTROL.search(text) or not text.endswith("\n"):
        raise InputError("note.malformed", BAD_NOTE.filled(why="text"))
    origin, *rest = text[:-1].split("\n")
    if not origin or len(rest) < 2 or not all(rest) or not SIZE.fullmatch(rest[0]):
        raise InputError("note.malformed", BAD_NOTE.filled(why="checkpoint"))
    root = _from_base64(rest[1])
    if len(root) != HASH_BYTES:
        raise InputError("note.malformed", BAD_NOTE.filled(why="root"))
    return Checkpoint(origin, int(rest[0]), root, tuple(rest[2:]))


def sign_note(text: str, signer: Signer) -> str:
    """The note: `text` (ends in a line end), an empty line, and one signature line."""
    signature = base64.b64encode(signer.public.key_hash(signer.name) + signer.sign(text.encode())).decode()
    return f"{text}\n— {signer.name} {signature}\n"


def open_note(note: str, name: str, keys: Sequence[PublicKey]) -> tuple[str, PublicKey]:
    """The text of the note and the first of `keys` that signed it as `name`.

    Signatures by other keys or names are passed over, as the specification asks. InputError `note.malformed`,
    `note.not_signed` (none by these keys) or `note.wrong_signature` (one by these keys does not hold).
    """
    text, parted, lines = note.rpartition("\n\n")
    if not parted or not lines.endswith("\n") or CONTROL.search(note):
        raise InputError("note.malformed", BAD_NOTE.filled(why="signatures"))
    message, by_hash = f"{text}\n", {key.key_hash(name): key for key in reversed(keys)}
    found: PublicKey | None = None
    for signed_as, key_hash, signature in _signatures(lines):
        key = by_hash.get(key_hash)
        if signed_as != name or key is None:
            continue
        if len(signature) != SIGNATURE_BYTES or not key.verify(message.encode(), signature):
            raise InputError("note.wrong_signature", WRONG_SIGNATURE)
        found = found or key
    if found is None:
        raise InputError("note.not_signed", NOT_SIGNED)
    return message, found


def _signatures(lines: str) -> list[tuple[str, bytes, bytes]]:
    rows = lines[:-1].split("\n")
    if len(rows) > MOST_SIGNATURES:
        raise InputError("note.malformed", BAD_NOTE.filled(why="signatures"))
    found = []
    for row in rows:
        dash, _, rest = row.partition(" ")
        name, _, text = rest.partition(" ")
        if dash != "—" or not NAME.fullmatch(name):
            raise InputError("note.malformed", BAD_NOTE.filled(why="signature"))
        data = _from_base64(text)
        found.append((name, data[:KEY_HASH_BYTES], data[KEY_HASH_BYTES:]))
    return found


def _from_base64(text: str) -> bytes:
    """Strict base64: one spelling alone of these bytes is accepted, so that no byte of a note changes unseen."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("note.malformed", BAD_NOTE.filled(why="base64")) from error
    if base64.b64encode(data).decode() != text:
        raise InputError("note.malformed", BAD_NOTE.filled(why="base64"))
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("key.unreadable", UNREADABLE_KEY.filled(path=path)) from error
