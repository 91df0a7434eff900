"""A real robot process for the tests."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from keng.nation.robot.tests.fake_keng import SECRET, core

BANK = "970436"
CODES = {"bank": BANK, "carrier": "carrier:viettel", "registry": "registry:vnnic", "platform": "platform:facebook"}


class PartnerProcess:
    """Starts, kills and starts again with the same books."""

    def __init__(self, folder: Path, keng_url: str, *options: str, kind: str = "bank") -> None:
        self.folder = folder
        self.keng_url = keng_url
        self.kind = kind
        self.state = folder / f"{kind}.sqlite"
        self.options = options
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        (folder / "now").write_text("0", encoding="utf-8")
        self.start()

    def start(self) -> None:
        code = CODES[self.kind]
        words = [sys.executable, "-m", "keng.cli", "robot", "--kind", self.kind, "--code", code]
        words += ["--name", "Robot", "--port", "0"]
        words += ["--keng", self.keng_url, "--secret-file", str(self.folder / "secret")]
        words += ["--state", str(self.state), "--now-file", str(self.folder / "now"), *self.options]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith(f"Robot ({code}): http://"), self.process.stderr.read()
        self.url = line.split()[-1]

    def advance(self, seconds: float) -> None:
        """Move the partner's clock."""
        (self.folder / "now").write_text(str(seconds), encoding="utf-8")

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """A clean stop; the exit status."""
        return self._end(signal.SIGTERM)

    def open_account(self, number: str, opening: int) -> str:
        account = f"{BANK}:{number}"
        status, _ = core(self.url, "accounts", {"account": account, "opening": opening})
        assert status in (200, 201)
        return account

    def _end(self, number: int) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.errors = self.process.communicate(timeout=20)[1]
        return self.process.returncode
