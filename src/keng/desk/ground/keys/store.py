"""A folder of key files with one register, `keys.json`.

Invariant: a private key is written once (mode 600) and never into the database; the register says what each is for, since
when, until when, and whether it is a demo key. Demo keys refuse to work when the demo is off. What was opened is kept in
memory until the register changes: then it is read anew, so that a retired key serves nobody.
"""

from __future__ import annotations

import base64
import fcntl
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from keng.base.errors import RefusedError, Said
from keng.base.keys_command import make_key, public_path
from keng.base.signing import PublicKey, Signer, load_signer
from keng.base.times import in_utc, iso
from keng.desk.ground.keys import register
from keng.desk.ground.keys.files import check_private, read_private, remove, write_private
from keng.desk.ground.keys.register import Key, KeyState, Purpose

SECRET_BYTES = 32
LIVE = (KeyState.CURRENT, KeyState.REPLACED)
Opened = TypeVar("Opened")

NOT_LIVE = Said("Khóa {id} không còn dùng được ({state}).", "Key {id} serves no more ({state}).")


class DemoKeyError(RuntimeError):
    """A key made for the demo was asked to work outside it."""


class KeyStore:
    """The keys in one folder. `demo` says whether the demo is on now."""

    def __init__(self, folder: Path, *, demo: bool) -> None:
        self.folder = folder
        self.demo = demo

    def ledger_signer(self, now: datetime) -> Signer:
        """What signs the ledger's checkpoints; made at first use."""
        key = self._current(Purpose.LEDGER, "", now)
        return self._opened(key, lambda: load_signer(self._checked(key)))

    def secret(self, purpose: Purpose, now: datetime, owner: str = "") -> tuple[str, bytes]:
        """The id and bytes of the current key of that purpose and owner; made at first use."""
        key = self._current(purpose, owner, now)
        return key.id, self._secret(key)

    def secret_by_id(self, key_id: str) -> bytes:
        """The bytes of one key, for what was sealed with it. Raises KeyError, DemoKeyError, RefusedError `key_not_live`."""
        key = self._usable(self.key(key_id))
        if key.state not in LIVE:
            raise RefusedError("key_not_live", NOT_LIVE.filled(id=key_id, state=key.state))
        return self._secret(key)

    def secrets(self, purpose: Purpose, now: datetime, owner: str = "") -> list[bytes]:
        """The bytes of all live keys of that purpose and owner, the current one first, then the newest."""
        self._current(purpose, owner, now)
        live = [key for key in self.all() if (key.purpose, key.owner) == (purpose, owner) and key.state in LIVE]
        newest_first = live[::-1]
        newest_first.sort(key=lambda key: key.state is not KeyState.CURRENT)
        return [self._secret(self._usable(key)) for key in newest_first]

    def live_ids(self, purpose: Purpose) -> list[str]:
        """The ids of the keys of that purpose that can be used or still open and verify."""
        return [key.id for key in self.all() if key.purpose == purpose and key.state in LIVE]

    def partner_secrets(self, partner: str, now: datetime) -> list[str]:
        """The `whsec_` secrets that a partner may sign with, newest first; while one replaces another there are two."""
        found = self.secrets(Purpose.PARTNER, now, partner)
        return ["whsec_" + base64.b64encode(secret).decode("ascii") for secret in found]

    def all(self) -> tuple[Key, ...]:
        """The register, oldest first."""
        return register.load(self.folder).keys

    def key(self, key_id: str) -> Key:
        """One row of the register, also of one that another process made a moment ago. Raises KeyError."""
        found = self._row(key_id)
        if found is None:
            register.look_again(self.folder)
            found = self._row(key_id)
        if found is None:
            raise KeyError(key_id)
        return found

    def _row(self, key_id: str) -> Key | None:
        return next((key for key in self.all() if key.id == key_id), None)

    def public(self, key: Key) -> PublicKey:
        """The public half of a ledger key; it stays when the private one is destroyed."""
        return PublicKey.load(public_path(self.folder / key.filename))

    def check(self) -> None:
        """Return if every private file is there and readable by us alone. Raises RefusedError `key_readable`, OSError."""
        for key in self.all():
            if key.state is not KeyState.DESTROYED:
                check_private(self.folder / key.filename)

    def prepare(self, purpose: Purpose, owner: str, now: datetime) -> Key:
        """A key that is not used yet: the one that was prepared before and never came into use, or a new one."""
        with self._locked():
            waiting = [key for key in self.all() if (key.purpose, key.owner) == (purpose, owner)]
            prepared = [key for key in waiting if key.state is KeyState.PREPARED]
            return prepared[0] if prepared else self._make(purpose, owner, now, activated_at=None)

    def activate(self, key_id: str, now: datetime) -> Key:
        """Use this key from now on; the one before it only opens and verifies. Safe to repeat."""
        with self._locked():
            new = self.key(key_id)
            if new.state is not KeyState.PREPARED:
                return new
            same = {key.id for key in self.all() if (key.purpose, key.owner) == (new.purpose, new.owner)}
            rows = [
                replace(key, replaced_at=iso(now)) if key.id in same and key.state is KeyState.CURRENT else key
                for key in self.all()
            ]
            activated = replace(new, activated_at=iso(now))
            register.write(self.folder, [activated if key.id == key_id else key for key in rows])
            return activated

    def retire(self, key_id: str, now: datetime) -> Key:
        """The key serves nothing any more. Safe to repeat."""
        with self._locked():
            key = self.key(key_id)
            return key if key.retired_at else self._write_over(replace(key, retired_at=iso(now)))

    def destroy(self, key_id: str, now: datetime) -> Key:
        """The private file is gone for good; the row stays. Safe to repeat."""
        with self._locked():
            key = self.key(key_id)
            if key.destroyed_at is None:
                key = self._write_over(replace(key, destroyed_at=iso(now)))
            remove(self.folder / key.filename)
            return key

    def forget(self, purpose: Purpose, before: datetime) -> int:
        """Drop the rows of keys of that purpose that were destroyed before that moment; how many. Safe to repeat."""

        def stays(key: Key) -> bool:
            return key.purpose != purpose or not _is_destroyed_before(key, before)

        if all(map(stays, self.all())):
            return 0
        with self._locked():
            rows = self.all()
            kept = [key for key in rows if stays(key)]
            register.write(self.folder, kept)
            return len(rows) - len(kept)

    def _current(self, purpose: Purpose, owner: str, now: datetime) -> Key:
        found = self._find(purpose, owner)
        if found is None:
            with self._locked():
                found = self._find(purpose, owner) or self._make(purpose, owner, now, activated_at=iso(now))
        return self._usable(found)

    def _find(self, purpose: Purpose, owner: str) -> Key | None:
        for key in reversed(self.all()):
            if (key.purpose, key.owner) == (purpose, owner) and key.state is KeyState.CURRENT:
                return key
        return None

    def _make(self, purpose: Purpose, owner: str, now: datetime, *, activated_at: str | None) -> Key:
        key = Key(
            f"{purpose}-{secrets.token_hex(4)}", purpose, owner, iso(now), None, self.demo, activated_at=activated_at
        )
        if purpose is Purpose.LEDGER:
            make_key(self.folder / key.filename)  # and beside it, as .pub, the half that strangers verify with
        else:
            write_private(self.folder / key.filename, base64.b64encode(secrets.token_bytes(SECRET_BYTES)))
        register.write(self.folder, [*self.all(), key])
        return key

    def _write_over(self, changed: Key) -> Key:
        register.write(self.folder, [changed if key.id == changed.id else key for key in self.all()])
        return changed

    def _secret(self, key: Key) -> bytes:
        return self._opened(key, lambda: base64.b64decode(read_private(self.folder / key.filename)))

    def _opened(self, key: Key, read: Callable[[], Opened]) -> Opened:
        """What `read` gives for that key, read once for each state of the register."""
        opened = register.load(self.folder).secrets
        if key.id not in opened:
            opened[key.id] = read()
        return opened[key.id]  # type: ignore[return-value]

    def _checked(self, key: Key) -> Path:
        path = self.folder / key.filename
        check_private(path)
        return path

    def _usable(self, key: Key) -> Key:
        if key.demo and not self.demo:
            raise DemoKeyError(f"{key.id} was made for the demo, and the demo is off")
        return key

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time over all processes. What the register says is read again inside: another may just have written it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            register.look_again(self.folder)
            yield


def _is_destroyed_before(key: Key, before: datetime) -> bool:
    return key.destroyed_at is not None and in_utc(datetime.fromisoformat(key.destroyed_at)) < before
