"""The one clock of the desk. Engines never read it: time is given to them.

In rehearsals and tests the file named by KENG_CLOCK_FILE holds seconds to add to the machine's clock, so that "24 hours
later" is one write away and every process agrees. The file is read only while the demo is on.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

LONGEST = 64  # bytes that the file may hold


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + rehearsal_offset()


def rehearsal_offset() -> timedelta:
    """How far the rehearsal's clock runs ahead of the machine's: zero outside the demo, or if the file cannot be read."""
    path = os.environ.get("KENG_CLOCK_FILE")
    if not path or os.environ.get("KENG_DEMO") != "1":
        return timedelta()
    try:
        return _offset(path)
    except (OSError, ValueError):
        return timedelta()


Look = tuple[str, int, int, int]
"""How the file looks from outside: its path, its place on the disk, when it was written, its size."""

_told: dict[Look, timedelta] = {}  # what it said when it looked so; the last look alone


def _offset(path: str) -> timedelta:
    """What the file holds, read again only if it is another one: a page asks for the time a hundred times."""
    found = os.stat(path)  # noqa: PTH116 - the shortest way
    look = path, found.st_ino, found.st_mtime_ns, found.st_size
    offset = _told.get(look)
    if offset is None:
        offset = timedelta(seconds=float(_read(path)))
        _told.clear()
        _told[look] = offset
    return offset


def _read(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, LONGEST)
    finally:
        os.close(file)
