"""A PostgreSQL server of our own, from the installed binaries, for tests, benchmarks and the demo.

It listens on a unix socket in its own folder, which only its owner (and root) can enter, and on no port. PostgreSQL
refuses to run as root; there it runs as the user `postgres`. It ends with the process that started it.

    python -m keng.site.rehearsal.cluster [--durable] COMMAND...     runs COMMAND with KENG_DATABASE set to a new, empty one
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from keng.site.lifeline import die_with_parent

OWNER = "postgres"  # whose server it is where we are root; also the name of the server's own administrator
ROLE = "keng"  # whom Kẻng works as: no administrator
READY_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 30
MISSING = "PostgreSQL is not installed: apt-get install -y --no-install-recommends postgresql"

COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "log_min_messages": "warning",
}
QUICK = {"fsync": "off", "full_page_writes": "off"}  # for tests in which no server dies


@dataclass
class Cluster:
    """A server whose files are in `folder`. `durable`: a commit is on disk when it is acknowledged."""

    folder: Path
    durable: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    server: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the files of a new server, unless they are there."""
        if (self.folder / "data").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, OWNER, OWNER)
        self.folder.chmod(0o700)
        words = ["-D", self.folder / "data", "-U", OWNER, "--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8"]
        subprocess.run([binary("initdb"), *words, "--no-sync"], check=True, capture_output=True, **as_owner())

    def start(self) -> None:
        """Start the server and wait until it answers. Raises RuntimeError with the end of its log."""
        asked = {
            **COMMON,
            "unix_socket_directories": str(self.folder),
            **({} if self.durable else QUICK),
            **self.settings,
        }
        words = [word for name, value in asked.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen(
                [binary("postgres"), "-D", self.folder / "data", *words],
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGINT),  # noqa: PLW1509
                **as_owner(),
            )
        self._wait_until_ready()

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT rolls back what is under way, SIGQUIT is a crash that the next start recovers from."""
        if self.server is not None:
            self.server.send_signal(number)
            self.server.wait(STOP_WITHIN_SECONDS)
            self.server = None

    def create(self, name: str, *, like: str = "template1") -> str:
        """Make a database, empty or a copy of another to which nobody is connected; returns its address."""
        with self._administrator() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                words = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
                connection.execute(words.format(*map(sql.Identifier, (name, ROLE, like))))
        return self.address(name)

    def address(self, name: str) -> str:
        """What KENG_DATABASE says of that database."""
        return f"postgresql://{ROLE}@/{name}?host={self.folder}"

    def _administrator(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True)

    def _wait_until_ready(self) -> None:
        assert self.server is not None  # noqa: S101 - our own invariant
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while self.server.poll() is None and time.monotonic() < deadline:
            try:
                self._administrator().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:])


@contextmanager
def running_cluster(*, durable: bool = True, **settings: str) -> Iterator[Cluster]:
    """A new server in a folder of its own that is gone with the block."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="keng-pg-")), durable, settings)
    try:
        cluster.make()
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)


def binary(name: str) -> Path:
    """One of PostgreSQL's programs: of KENG_POSTGRESQL_BIN, else Debian's newest, else on the PATH. Raises FileNotFoundError."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    named = os.environ.get("KENG_POSTGRESQL_BIN")
    for folder in [Path(named)] if named else debian:
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    if found is None or named:
        raise FileNotFoundError(MISSING)
    return Path(found)


def as_owner() -> dict[str, Any]:
    """How a program of the server is started: as ourselves, or where that is root as `postgres`."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(OWNER)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}


def main(words: list[str]) -> int:
    """Run a command beside a new server; its status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the server and its folder go too
    durable = words[:1] == ["--durable"]
    with running_cluster(durable=durable) as cluster:
        environment = {**os.environ, "KENG_DATABASE": cluster.create("keng")}
        return subprocess.run(words[durable:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
