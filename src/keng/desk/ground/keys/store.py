"""A folder of key files with one register, `keys.json`.

Invariant: a private key is written once (mode 600) and never into the database; the register says what each is for, since
when, until when, and whether it is a demo key. Demo keys refuse to work when the demo is off.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from keng.base.keys_command import make_key
from keng.base.signing import Signer, load_signer
from keng.base.times import iso

SECRET_BYTES = 32


class Purpose(StrEnum):
    """What a key is for. One key has one purpose."""

    LEDGER = "ledger"
    REPORTS = "reports"
    RECEIPTS = "receipts"
    WEB = "web"
    PARTNER = "partner"
    SIGNIN = "signin"
    IDENTITIES = "identities"


class DemoKeyError(RuntimeError):
    """A key made for the demo was asked to work outside it."""


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the register. `owner` is the partner's code for a partner's secret, else empty."""

    id: str
    purpose: str
    owner: str
    made_at: str
    retired_at: str | None
    demo: bool


class KeyStore:
    """The keys in one folder. `demo` says whether the demo is on now."""

    def __init__(self, folder: Path, *, demo: bool) -> None:
        self.folder = folder
        self.demo = demo

    def ledger_signer(self, now: datetime) -> Signer:
        """What signs the ledger's checkpoints; made at first use."""
        key = self._current(Purpose.LEDGER, "", now)
        return load_signer(self._path(key))

    def secret(self, purpose: Purpose, now: datetime, owner: str = "") -> tuple[str, bytes]:
        """The id and bytes of the newest key of that purpose and owner; made at first use."""
        key = self._current(purpose, owner, now)
        return key.id, base64.b64decode(self._path(key).read_text(encoding="ascii"))

    def secret_by_id(self, key_id: str) -> bytes:
        """The bytes of one key, for what was sealed with it. Raises KeyError, DemoKeyError."""
        key = next((one for one in self.keys() if one.id == key_id), None)
        if key is None:
            raise KeyError(key_id)
        return base64.b64decode(self._path(self._usable(key)).read_text(encoding="ascii"))

    def partner_secrets(self, partner: str, now: datetime) -> list[str]:
        """The `whsec_` secrets that a partner may sign with, newest first."""
        live = [key for key in self.keys() if key.owner == partner and key.retired_at is None]
        if not live:
            live = [self._current(Purpose.PARTNER, partner, now)]
        newest_first = sorted(live, key=lambda key: key.made_at, reverse=True)
        return ["whsec_" + self._path(self._usable(key)).read_text(encoding="ascii").strip() for key in newest_first]

    def keys(self) -> list[Key]:
        """The register, oldest first."""
        path = self.folder / "keys.json"
        if not path.exists():
            return []
        return [Key(**row) for row in json.loads(path.read_text(encoding="utf-8"))]

    def _current(self, purpose: Purpose, owner: str, now: datetime) -> Key:
        found = self._find(purpose, owner)
        if found is None:
            with self._locked():
                found = self._find(purpose, owner) or self._make(purpose, owner, now)
        return self._usable(found)

    def _find(self, purpose: Purpose, owner: str) -> Key | None:
        rows = [key for key in self.keys() if (key.purpose, key.owner, key.retired_at) == (purpose, owner, None)]
        return rows[-1] if rows else None

    def _make(self, purpose: Purpose, owner: str, now: datetime) -> Key:
        key = Key(f"{purpose}-{secrets.token_hex(4)}", purpose, owner, iso(now), None, self.demo)
        if purpose is Purpose.LEDGER:
            make_key(self._path(key))  # and beside it, as .pub, the public half that strangers verify with
        else:
            _write_private(self._path(key), base64.b64encode(secrets.token_bytes(SECRET_BYTES)))
        rows = [asdict(one) for one in [*self.keys(), key]]
        _write_private(self.folder / "keys.json", json.dumps(rows, indent=1).encode())
        return key

    def _usable(self, key: Key) -> Key:
        if key.demo and not self.demo:
            raise DemoKeyError(f"{key.id} was made for the demo, and the demo is off")
        return key

    def _path(self, key: Key) -> Path:
        return self.folder / (f"{key.id}.pem" if key.purpose == Purpose.LEDGER else f"{key.id}.key")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write_private(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, readable by us alone."""
    draft = path.with_suffix(path.suffix + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
