"""The one clock of the synthetic nation. A test moves it by writing an offset in seconds into a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]

CLOCK_FILE_VARIABLE = "KENG_CLOCK_FILE"


def open_clock(offset_file: Path | None = None) -> Clock:
    """A clock in UTC. The offset is read from `offset_file`, or the file that KENG_CLOCK_FILE names, at each look."""
    named = offset_file or os.environ.get(CLOCK_FILE_VARIABLE)
    if not named:
        return _real_now
    path = Path(named)
    return lambda: _real_now() + timedelta(seconds=_read_offset_seconds(path))


def to_millis(moment: datetime) -> int:
    """Milliseconds since 1970: how a partner's books keep times."""
    return round(moment.timestamp() * 1000)


def from_millis(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, tz=UTC)


def write_utc(moment: datetime) -> str:
    """`2026-11-21T07:30:00Z`, with milliseconds only if there are some."""
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def _real_now() -> datetime:
    return datetime.now(UTC)


def _read_offset_seconds(path: Path) -> float:
    """0 while the file is missing, empty or being written."""
    try:
        return float(path.read_text(encoding="utf-8").strip() or 0)
    except (OSError, ValueError):
        return 0.0
