"""Children that do not outlive their parent, however it died."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with_parent(parent: int, number: signal.Signals = signal.SIGTERM) -> None:
    """Linux: this process gets signal `number` when the process `parent` ends, though nobody could tell it to stop."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), number)
