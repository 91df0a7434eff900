"""What the demo is made of: its folder, its banks, its officers, the processes that it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROBOT_PORTS_FROM = 101  # above the port of the pages


@dataclass(frozen=True, slots=True)
class DemoBank:
    """A bank whose robot answers in the demo. No hotline: a rehearsal gives nobody a real number to call."""

    bin: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """Somebody to sign in as. The names are of posts, not of people."""

    username: str
    display_name: str
    unit_name: str
    role: str


BANKS = (
    DemoBank("970436", "Vietcombank"),
    DemoBank("970418", "BIDV"),
    DemoBank("970415", "VietinBank"),
    DemoBank("970407", "Techcombank"),
    DemoBank("970422", "MB"),
    DemoBank("970405", "Agribank"),
)

OFFICERS = (
    DemoOfficer("truc-ban-1", "Trực ban 1", "Trung tâm diễn tập", "officer"),
    DemoOfficer("truc-ban-2", "Trực ban 2", "Trung tâm diễn tập", "officer"),
    DemoOfficer("kiem-tra", "Kiểm tra viên", "Trung tâm diễn tập", "auditor"),
    DemoOfficer("van-hanh", "Người vận hành", "Trung tâm diễn tập", "operator"),
)


@dataclass(frozen=True, slots=True)
class Country:
    """One demo: where its files are and how its day goes."""

    home: Path
    port: int
    people: int
    seed: int
    pace: float
    bank_mode: str
    bank_delay: float
    lively: bool
    restart_after: float  # seconds: how often to look for processes that died

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def nation(self) -> Path:
        """The folder that `keng nation make` filled."""
        return self.home / "nation"

    def port_of(self, bank: DemoBank) -> int:
        return self.port + ROBOT_PORTS_FROM + BANKS.index(bank)

    def make_nation(self) -> None:
        """Make the country's files, unless they are there."""
        if self.nation.exists():
            return
        self.home.mkdir(parents=True, exist_ok=True)
        words = ["nation", "make", str(self.nation), "--people", str(self.people), "--seed", str(self.seed)]
        subprocess.run(keng(*words), check=True, stdout=subprocess.DEVNULL)

    def write_secrets(self, secrets: dict[str, str]) -> None:
        """Each bank's own copy of the shared secret, and the list of banks for the day."""
        folder = self.home / "robots"
        folder.mkdir(mode=0o700, exist_ok=True)
        for code, secret in secrets.items():
            path = folder / f"{code}.secret"
            path.write_text(secret, encoding="ascii")
            path.chmod(0o600)
        listed = {bank.bin: {"name": bank.name, "port": self.port_of(bank)} for bank in BANKS}
        (folder / "banks.json").write_text(json.dumps(listed), encoding="utf-8")

    def commands(self) -> dict[str, list[str]]:
        """Every process by name, in the order of starting."""
        robots = {f"robot {bank.name}": self._robot(bank) for bank in BANKS}
        return {
            **robots,
            "web": keng("serve", "--port", str(self.port)),
            "worker": keng("worker"),
            "sequencer": keng("sequencer"),
        }

    def day_command(self) -> list[str]:
        """The day, which begins when the pages are up."""
        words = [
            "--nation",
            str(self.nation),
            "--banks",
            str(self.home / "robots" / "banks.json"),
            "--keng",
            self.address,
        ]
        words += ["--seed", str(self.seed), "--pace", str(self.pace)]
        if not self.lively:
            words.append("--story-only")
        return [sys.executable, "-m", "keng.nation.day", *words]

    def _robot(self, bank: DemoBank) -> list[str]:
        folder = self.home / "robots"
        return keng(
            "robot", "--bin", bank.bin, "--name", bank.name, "--port", str(self.port_of(bank)), "--keng", self.address,
            "--secret-file", str(folder / f"{bank.bin}.secret"), "--state", str(folder / f"{bank.bin}.sqlite"),
            "--accounts", str(self.nation / "balances.parquet"), "--mode", self.bank_mode,
            "--delay-seconds", str(self.bank_delay), "--seed", str(self.seed),
        )  # fmt: skip


def keng(*words: str) -> list[str]:
    """The command line of one of our own commands in this interpreter."""
    return [sys.executable, "-m", "keng.cli", *words]
