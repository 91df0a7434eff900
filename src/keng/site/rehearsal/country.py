"""What the demo is made of: its folder, its partners, its officers, the processes that it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from keng.nation.robot.books.columns import copy_as_csv

ROBOT_PORTS_FROM = 101  # above the port of the pages


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """A partner whose robot answers in the demo. No hotline: a rehearsal gives nobody a real number to call."""

    code: str
    name: str
    kind: str = "bank"

    @property
    def file_name(self) -> str:
        """What its files begin with."""
        return self.code.replace(":", "-")


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """Somebody to sign in as. The names are of posts, not of people."""

    username: str
    display_name: str
    unit_name: str
    role: str


PARTNERS = (
    DemoPartner("970436", "Vietcombank"),
    DemoPartner("970418", "BIDV"),
    DemoPartner("970415", "VietinBank"),
    DemoPartner("970407", "Techcombank"),
    DemoPartner("970422", "MB"),
    DemoPartner("970405", "Agribank"),
    DemoPartner("carrier:viettel", "Viettel", "carrier"),
    DemoPartner("carrier:vinaphone", "VinaPhone", "carrier"),
    DemoPartner("carrier:mobifone", "MobiFone", "carrier"),
    DemoPartner("registry:vnnic", "VNNIC", "registry"),
    DemoPartner("platform:facebook", "Facebook", "platform"),
)
"""The banks come first: tests count on the ports of the first two."""

CLERKS = {"970405": ("ngan-hang", "Ngân hàng (Agribank)"), "carrier:viettel": ("nha-mang", "Nhà mạng (Viettel)")}
"""The partners that have a clerk beside their robot, with the clerk's name here and what the post is called."""

REGISTERS = {
    "bank": ("--accounts", "robots/balances.csv"),
    "carrier": ("--subscribers", "robots/sims.csv"),
    "registry": ("--names", "nation/names.txt"),
}
"""By kind, the option and the file that tells what a partner serves from the start."""

COLUMNS = {"balances": ("account", "opening"), "sims": ("subscriber",)}
"""Of the nation's registers, what partners need: copied once, so that nine robots need not each read Parquet."""

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
    partner_mode: str
    partner_delay: float
    lively: bool
    restart_after: float  # seconds: how often to look for processes that died

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def nation(self) -> Path:
        """The folder that `keng nation make` filled."""
        return self.home / "nation"

    def port_of(self, partner: DemoPartner) -> int:
        return self.port + ROBOT_PORTS_FROM + PARTNERS.index(partner)

    def address_of(self, partner: DemoPartner) -> str:
        return f"http://127.0.0.1:{self.port_of(partner)}/"

    def make_nation(self) -> None:
        """Make the country's files, unless they are there."""
        if self.nation.exists():
            return
        self.home.mkdir(parents=True, exist_ok=True)
        words = ["nation", "make", str(self.nation), "--people", str(self.people), "--seed", str(self.seed)]
        subprocess.run(keng(*words), check=True, stdout=subprocess.DEVNULL)

    def copy_registers(self) -> None:
        """The partners' copies of the nation's registers, unless they are there."""
        folder = self.home / "robots"
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, columns in COLUMNS.items():
            if not (folder / f"{name}.csv").exists():
                copy_as_csv(self.nation / f"{name}.parquet", columns, folder / f"{name}.csv")

    def write_secrets(self, secrets: dict[str, str]) -> None:
        """Each partner's own copy of the shared secret, and the list of partners for the day."""
        folder = self.home / "robots"
        for partner in PARTNERS:
            path = folder / f"{partner.file_name}.secret"
            path.write_text(secrets[partner.code], encoding="ascii")
            path.chmod(0o600)
        listed = {one.code: {"kind": one.kind, "name": one.name, "port": self.port_of(one)} for one in PARTNERS}
        (folder / "partners.json").write_text(json.dumps(listed), encoding="utf-8")

    def commands(self) -> dict[str, list[str]]:
        """Every process by name, in the order of starting."""
        robots = {f"robot {partner.name}": self._robot(partner) for partner in PARTNERS}
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
            "--partners",
            str(self.home / "robots" / "partners.json"),
            "--keng",
            self.address,
        ]
        words += ["--seed", str(self.seed), "--pace", str(self.pace)]
        if not self.lively:
            words.append("--story-only")
        return [sys.executable, "-m", "keng.nation.day", *words]

    def _robot(self, partner: DemoPartner) -> list[str]:
        own = self.home / "robots" / partner.file_name
        words = keng(
            "robot", "--kind", partner.kind, "--code", partner.code, "--name", partner.name,
            "--port", str(self.port_of(partner)), "--keng", self.address,
            "--secret-file", f"{own}.secret", "--state", f"{own}.sqlite",
            "--mode", self.partner_mode, "--delay-seconds", str(self.partner_delay), "--seed", str(self.seed),
        )  # fmt: skip
        if partner.kind in REGISTERS:
            option, file = REGISTERS[partner.kind]
            words += [option, str(self.home / file)]
        return words


def keng(*words: str) -> list[str]:
    """The command line of one of our own commands in this interpreter."""
    return [sys.executable, "-m", "keng.cli", *words]
