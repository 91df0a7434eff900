"""Files that only we may read: written whole or not at all, kept through a power cut, refused if others can read them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from keng.base.errors import RefusedError, Said

PRIVATE_MODE = 0o600
OTHERS = 0o077

READABLE = Said(
    "Tệp khóa {path} người khác cũng đọc được (quyền {mode}). Hãy chạy: chmod 600 {path}; nếu đã có người đọc thì thay khóa.",
    "The key file {path} can be read by others (mode {mode}). Run: chmod 600 {path}; if somebody read it, rotate the key.",
)


def read_private(path: Path) -> bytes:
    """What the file holds. Raises RefusedError `key_readable` if others may read it."""
    check_private(path)
    return path.read_bytes()


def check_private(path: Path) -> None:
    """Return if the file is readable by us alone. Raises RefusedError `key_readable`, OSError if it is not there."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        raise RefusedError("key_readable", READABLE.filled(path=path, mode=f"{mode:03o}"))


def write_private(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, readable by us alone, and see it safely onto the disk with its folder."""
    draft = path.with_suffix(path.suffix + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_MODE)
    with os.fdopen(descriptor, "wb") as stream:
        os.fchmod(stream.fileno(), PRIVATE_MODE)  # a draft left over may have another mode
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """The file is gone, also after a power cut. What the disk or a backup keeps of it is beyond us."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """The names in the folder are safely on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
