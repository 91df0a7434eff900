"""The register's own key, and the sealed files of its parts.

A part is one file, KENG_HOME/registers/ID/OFFSET, written whole before its row: killed in between, it counts for nothing and the
next try writes over it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from keng.base import sealing
from keng.base.errors import ConflictError, UnavailableError
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.models import Chunk, Register, RegisterKey
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.keys.actions import SealedKind


def new_key(register: Register, keys: KeyStore, now: datetime) -> RegisterKey:
    """A fresh key for a register, sealed; not saved yet."""
    by, wrapping = keys.secret(Purpose.REGISTERS, now)
    return RegisterKey(
        register=register, sealed_by=by, sealed=sealing.seal(wrapping, _label(register.pk, "key"), sealing.new_key())
    )


def key_of(register: Register, keys: KeyStore) -> bytes:
    """The register's key. Raises ConflictError `erased`."""
    row = RegisterKey.objects.filter(register=register).first()
    if row is None:
        raise ConflictError("erased", refusals.ERASED)
    return sealing.unseal(keys.secret_by_id(row.sealed_by), _label(register.pk, "key"), bytes(row.sealed))


def write_part(register: Register, key: bytes, offset: int, content: bytes) -> None:
    """Write a part, safely onto the disk. Raises UnavailableError `no_room`."""
    folder = folder_of(register)
    target, draft = folder / str(offset), folder / f"{offset}.draft"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(sealing.seal(key, _label(register.pk, f"part:{offset}"), content))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
        _sync(folder)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UnavailableError("no_room", refusals.NO_ROOM) from error


def parts(register: Register, key: bytes) -> Iterator[bytes]:
    """The file's bytes in order, one part at a time."""
    for chunk in list(
        Chunk.objects.filter(register=register).order_by("offset")
    ):  # read whole: its caller writes meanwhile
        sealed = (folder_of(register) / str(chunk.offset)).read_bytes()
        yield sealing.unseal(key, _label(register.pk, f"part:{chunk.offset}"), sealed)


def forget(register: Register) -> None:
    """Remove the files. The key goes first, in the caller's transaction: without it they say nothing."""
    shutil.rmtree(folder_of(register), ignore_errors=True)


def seal_evidence(register: Register, key: bytes, number: int, plain: bytes) -> bytes:
    return sealing.seal(key, _label(register.pk, f"sample:{number}"), plain)


def open_evidence(register: Register, key: bytes, number: int, sealed: bytes) -> bytes:
    return sealing.unseal(key, _label(register.pk, f"sample:{number}"), sealed)


def folder_of(register: Register) -> Path:
    return Path(settings.KENG_HOME) / "registers" / str(register.pk)


def _label(pk: object, part: str) -> str:
    return f"register:{pk}:{part}"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


KEYS = SealedKind(RegisterKey, "sealed_by", "sealed", lambda row: _label(row.register_id, "key"), Purpose.REGISTERS)
