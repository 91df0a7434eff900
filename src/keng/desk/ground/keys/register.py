"""The register of keys, `keys.json`: what each key is for, since when, until when. It holds no secret.

A key is prepared (made, not used yet), current (newest of its purpose and owner: seals and signs), replaced (opens and
verifies only), retired (serves nothing), destroyed (its private file is gone). Times only ever get filled in.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from threading import Lock
from time import monotonic

from keng.desk.ground.keys.files import write_private

REGISTER = "keys.json"
LOOK_AGAIN_SECONDS = 0.05  # a request asks for keys five times, and each look at a file lets other threads go first


class Purpose(StrEnum):
    """What a key is for. One key has one purpose."""

    LEDGER = "ledger"
    REPORTS = "reports"
    RECEIPTS = "receipts"
    WEB = "web"
    PARTNER = "partner"
    GATE = "gate"
    SIGNIN = "signin"
    IDENTITIES = "identities"
    SMS = "sms"
    REGISTERS = "registers"
    PERSONS = "persons"


class KeyState(StrEnum):
    """How far a key is in its life."""

    PREPARED = "prepared"
    CURRENT = "current"
    REPLACED = "replaced"
    RETIRED = "retired"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the register. `owner` is the partner's code for a partner's secret, else empty."""

    id: str
    purpose: str
    owner: str
    made_at: str
    retired_at: str | None
    demo: bool
    activated_at: str | None = None
    replaced_at: str | None = None
    destroyed_at: str | None = None

    @property
    def state(self) -> KeyState:
        if self.destroyed_at:
            return KeyState.DESTROYED
        if self.retired_at:
            return KeyState.RETIRED
        if self.replaced_at:
            return KeyState.REPLACED
        return KeyState.CURRENT if self.activated_at else KeyState.PREPARED

    @property
    def filename(self) -> str:
        """The private file, beside the register."""
        return f"{self.id}.pem" if self.purpose == Purpose.LEDGER else f"{self.id}.key"


FIELDS = frozenset(field.name for field in fields(Key))
Signature = tuple[int, int, int]


@dataclass(slots=True)
class Loaded:
    """The register as last read, and the secrets opened since. `signature` tells whether the file is still the same."""

    signature: Signature | None
    keys: tuple[Key, ...]
    secrets: dict[str, object]
    looked_at: float  # by the monotonic clock


_loaded: dict[Path, Loaded] = {}
_looking = Lock()  # a look and what is kept of it are one step: no older look ever takes a newer one's place


def load(folder: Path) -> Loaded:
    """The register of that folder, read again only if the file is another one: one `stat` in LOOK_AGAIN_SECONDS.

    What this process writes it sees at once; whoever is to write it, or finds no key, calls `look_again` first.
    """
    known = _loaded.get(folder)
    if known is not None and monotonic() - known.looked_at < LOOK_AGAIN_SECONDS:
        return known
    return look_again(folder)


def look_again(folder: Path) -> Loaded:
    """As `load`, however short the last look is ago."""
    with _looking:
        known, at = _loaded.get(folder), monotonic()
        signature = _signature(folder / REGISTER)
        if known is None or known.signature != signature:
            known = _loaded[folder] = Loaded(signature, read(folder), {}, at)
        known.looked_at = at
        return known


def read(folder: Path) -> tuple[Key, ...]:
    """The rows on the disk, oldest first; none if there is no register yet."""
    try:
        rows = json.loads((folder / REGISTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(_key(row) for row in rows)


def write(folder: Path, keys: list[Key]) -> None:
    """Put this register in place of the one before, whole. Under the store's lock."""
    write_private(folder / REGISTER, json.dumps([asdict(key) for key in keys], indent=1).encode())
    with _looking:
        _loaded.pop(folder, None)


def _key(row: dict[str, object]) -> Key:
    """A row; one written before rotation was known was in use from the start, and words of later releases are passed over."""
    known = {name: value for name, value in row.items() if name in FIELDS}
    return Key(**{"activated_at": row["made_at"], **known})  # type: ignore[arg-type]


def _signature(path: Path) -> Signature | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
