"""The process that links reports, as the worker keeps it running beside itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time

START_AGAIN_SECONDS = 2.0
STOP_WITHIN_SECONDS = 8.0


class Companion:
    """The process beside the worker: started when it is not there, not more often than every two seconds."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = -START_AGAIN_SECONDS

    def look(self) -> None:
        """Start it if it does not run."""
        if self.process is not None and self.process.poll() is None:
            return
        if time.monotonic() - self.started_at >= START_AGAIN_SECONDS:
            words = ["linker", "--parent", str(os.getpid())]
            self.process = subprocess.Popen([sys.executable, "-m", "keng.cli", *words])
            self.started_at = time.monotonic()

    def stop(self) -> None:
        """Ask it to end, then make it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
