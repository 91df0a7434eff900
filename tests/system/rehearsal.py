"""Starting the whole demo as its users do, and asking it things."""

from __future__ import annotations

import atexit
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

from keng.site.rehearsal.country import Country
from keng.site.rehearsal.tables import sqlite_tables
from tests.system.behind import read_tuples

ROBOT_PORTS_FROM = 101  # above the port of the pages
ROBOT_PORTS = 11
HANDS, PORTS_FROM, PORTS_OF_HAND, PORTS_OF_DEMO = 8, 10_000, 2_500, 125  # up to 30,000
READY_WITHIN = 120  # seconds
PEOPLE = 300  # of the country
LINKS = 6  # four officers, a bank's clerk and a carrier's
Result = TypeVar("Result")
MAKE_LINK = """
import sys
from keng.site.commands.django_world import enter
enter()
from keng.base import clock
from keng.desk.ground.people import actions
from keng.desk.ground.people.models import Officer
print(actions.make_entry_link(Officer.objects.get(username=sys.argv[1]), now=clock.now()))
"""


@dataclass
class Rehearsal:
    """A running demo: its address, its sign-in links by post, its folder, its clock."""

    process: subprocess.Popen[str]
    home: Path
    port: int
    links: dict[str, str]
    clock_file: Path
    database: str = ""  # its address; none: SQLite in the folder

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the demo's own database, for looking behind the pages."""
        return read_tuples(self.home, self.database, sql)

    def environment(self) -> dict[str, str]:
        """The environment of one more process on this demo's database, keys and clock."""
        ours = {"KENG_HOME": str(self.home), "KENG_DATABASE": self.database, "KENG_DEMO": "1"}
        clock = {"KENG_CLOCK_FILE": str(self.clock_file)}
        return {**plain_environment(), **ours, **clock, "DJANGO_SETTINGS_MODULE": "keng.site.settings"}

    def move_clock(self, **length: float) -> None:
        """Set every process's clock ahead by this length altogether."""
        from datetime import timedelta

        draft = self.clock_file.with_suffix(".draft")
        draft.write_text(str(timedelta(**length).total_seconds()), encoding="ascii")
        draft.replace(self.clock_file)

    def link_for(self, username: str) -> str:
        """A new one-use link: sessions end while the clock is moved."""
        made = subprocess.run(
            [sys.executable, "-c", MAKE_LINK, username],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return f"{self.address}/vao/{made.stdout.strip()}/"

    def processes(self) -> dict[int, list[str]]:
        """The words of every process of this demo, by process id; not the supervisor's own."""
        found: dict[int, list[str]] = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            if f"KENG_HOME={self.home}".encode() in environment:
                found[int(folder.name)] = [word.decode() for word in words]
        return found

    def children(self) -> dict[str, list[int]]:
        """Process ids by the command that they run: serve, worker, sequencer, robot, day."""
        found: dict[str, list[int]] = {}
        for pid, words in sorted(self.processes().items()):
            if "keng.cli" in words:
                found.setdefault(words[words.index("keng.cli") + 1], []).append(pid)
            elif "keng.nation.day" in words:
                found.setdefault("day", []).append(pid)
        return found

    def robots(self) -> dict[str, int]:
        """The process of each partner's robot, by the partner's code."""
        words_of = {pid: words for pid, words in self.processes().items() if "robot" in words}
        return {words[words.index("--code") + 1]: pid for pid, words in words_of.items()}

    def kill(self, what: str, pick: int = 0) -> bool:
        """SIGKILL one process of that kind. False if there is none just now."""
        pids = self.children().get(what, [])
        if not pids:
            return False
        try:
            os.kill(pids[pick % len(pids)], signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def plain_environment() -> dict[str, str]:
    """This process's environment without what says how Kẻng itself shall run."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}


def wait_for(look: Callable[[], Result], what: str, within: float = 30) -> Result:
    """What `look` returns as soon as it is true; AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.05)


@contextmanager
def rehearse(
    home: Path,
    *words: str,
    port: int | None = None,
    database: str = "",
    more: dict[str, str] | None = None,
    fresh: bool = False,
) -> Iterator[Rehearsal]:
    """Run `keng demo` in `home`, on that database, until the block ends; `more` goes into its environment.

    It finds its tables and its country made, but if it is to start as `fresh` as on a new machine.
    """
    port = port or free_ports()
    clock_file = home / "clock"
    home.mkdir(parents=True, exist_ok=True)
    if not (database or fresh or (home / "keng.sqlite").exists()):
        shutil.copyfile(sqlite_tables(), home / "keng.sqlite")
    if not (fresh or (home / "nation").exists()):
        for folder in home_with_country().iterdir():
            shutil.copytree(folder, home / folder.name)
    clock_file.write_text("0", encoding="ascii")
    environment = {**plain_environment(), "KENG_CLOCK_FILE": str(clock_file), **(more or {})}
    words = (*words, *(["--database", database] if database else []))
    log = (home / "demo.log").open("w", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "keng.cli", "demo", "--home", str(home), "--port", str(port), "--people", str(PEOPLE), *words],
        stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
    )  # fmt: skip
    try:
        yield Rehearsal(process, home, port, _read_links(process, home), clock_file, database)
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
        log.close()


@cache
def home_with_country() -> Path:
    """A folder with the files of the country and the registers copied from them, and nothing else; to copy."""
    home = Path(tempfile.mkdtemp(prefix="keng-country-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    country = Country(home, 0, PEOPLE, 1, 1.0, "mixed", 0.0, lively=False, restart_after=1.0)
    country.make_nation()
    country.copy_registers()
    return home


def _read_links(process: subprocess.Popen[str], home: Path) -> dict[str, str]:
    """The lines that the demo prints when it is ready."""
    assert process.stdout is not None
    links: dict[str, str] = {}
    deadline = time.monotonic() + READY_WITHIN
    ready = False
    for line in process.stdout:
        ready = ready or line.startswith("Kẻng: http://127.0.0.1:")
        found = re.match(r"\s+(.+) \(\w+\): (http\S+)", line)  # the fifth is "Ngân hàng (Agribank)"
        if found:
            links[found[1]] = found[2]
        if len(links) == LINKS or time.monotonic() > deadline:
            break
    assert ready and len(links) == LINKS, (home / "demo.log").read_text(encoding="utf-8")
    return links


def free_ports() -> int:
    """A port for the pages with free ones for the robots above it; never the same twice in a row.

    Each hand of the tests has a stretch of its own, below the ports that the system gives to whoever calls out: a robot
    would find its port taken by a call of another test.
    """
    while True:
        port = next(ports_in_turn())
        if all(map(_is_free, (port, *(port + ROBOT_PORTS_FROM + n for n in range(ROBOT_PORTS))))):
            return port


@cache
def ports_in_turn() -> Iterator[int]:
    """This hand's ports for pages over and over, each with room for its robots, from one drawn by lot."""
    hand = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % HANDS
    stretch = [PORTS_FROM + hand * PORTS_OF_HAND + n * PORTS_OF_DEMO for n in range(PORTS_OF_HAND // PORTS_OF_DEMO)]
    first = random.randrange(len(stretch))
    return cycle(stretch[first:] + stretch[:first])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def read_rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a demo's SQLite database."""
    return read_tuples(home, "", sql)
