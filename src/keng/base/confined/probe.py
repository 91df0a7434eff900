"""A job that tries the walls from inside, for `keng doctor`: what it could do is the finding."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable


def knock(_data: bytes) -> tuple[dict[str, object], bytes]:
    """Facts: `open`, the names of what was not refused."""
    libc = ctypes.CDLL(None, use_errno=True)
    tried: dict[str, Callable[[], int]] = {
        "socket": lambda: libc.socket(2, 1, 0),
        "read": lambda: libc.open(b"/etc/passwd", os.O_RDONLY),
        "write": lambda: libc.open(b"/tmp/keng-probe", os.O_WRONLY | os.O_CREAT, 0o600),
        "exec": lambda: libc.execv(b"/bin/true", None),
        "kill": lambda: libc.kill(os.getpid(), 0),
    }
    return {"open": [name for name, attempt in tried.items() if attempt() != -1]}, b""
