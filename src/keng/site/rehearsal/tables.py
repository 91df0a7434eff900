"""Every table and what the migrations put there: made once, copied ever after. For tests, which need it dozens of times.

The migrations take ten seconds of a processor, a copy takes none. The copies lie in `var/tables` under the hash of all that
makes them, the code and data under `src/keng` and the release of Django: whatever changes there, they are made anew. They are
made by `migrate` itself on either database, and whoever copies one may run `migrate` on it and finds nothing to do.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import django

from keng.site.rehearsal.cluster import binary, running_cluster

SOURCE = Path(__file__).resolve().parents[2]
FOLDER = SOURCE.parents[1] / "var" / "tables"
MIGRATE = [sys.executable, "-c", "from keng.site.manage import main; main()", "migrate", "--verbosity", "0"]
OF_PAGES = (".html", ".css", ".js", ".po", ".mo")  # nothing of them comes into a table
BESIDE = ("tests", "conftest", "__pycache__")  # nor of these; what Python and numba keep comes and goes meanwhile
SQLITE, POSTGRESQL = "keng.sqlite", "keng.sql"


def sqlite_tables() -> Path:
    """A SQLite file to copy or to back up from; nobody writes to it."""
    return _made(SQLITE, _make_sqlite)


def postgresql_tables() -> Path:
    """The statements that make the tables in an empty PostgreSQL database, for psql."""
    return _made(POSTGRESQL, _make_postgresql)


def fill(address: str) -> None:
    """Make the tables in the empty PostgreSQL database of that address."""
    words = [binary("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    words += ["--output=/dev/null", f"--file={postgresql_tables()}", address]
    subprocess.run(words, check=True)


def migrate(home: Path, database: str = "") -> None:
    """Run the migrations in that database, or in the SQLite file of `home`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}
    ours = {"KENG_HOME": str(home), "KENG_DATABASE": database, "KENG_DEMO": "1", "PYTHONPATH": str(SOURCE.parent)}
    subprocess.run(MIGRATE, env={**clean, **ours}, check=True)


@cache
def what_makes_them() -> str:
    """A hash of everything that the tables could come from."""
    sum_ = hashlib.sha256(django.__version__.encode())
    for path in sorted(_sources(SOURCE)):
        sum_.update(f"{path.relative_to(SOURCE)}\0".encode())
        sum_.update(hashlib.sha256(path.read_bytes()).digest())
    return sum_.hexdigest()[:16]


def _sources(top: Path) -> Iterator[Path]:
    """The files below it of which a table could be made."""
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(BESIDE)]
        yield from (Path(folder, name) for name in files if not name.startswith(BESIDE) and not name.endswith(OF_PAGES))


def _made(name: str, make: Callable[[Path], None]) -> Path:
    """The copy of that name. One process makes it; the others wait until it is whole."""
    path = FOLDER / what_makes_them() / name
    if path.exists():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _alone(FOLDER / f"{name}.lock"):
        if not path.exists():
            _forget_others(name)
            path.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="keng-tables-") as folder:
                make(Path(folder))
                draft = path.with_suffix(".draft")
                shutil.copyfile(Path(folder) / name, draft)
                draft.replace(path)
    return path


def _make_sqlite(folder: Path) -> None:
    migrate(folder)


def _make_postgresql(folder: Path) -> None:
    with running_cluster(durable=False) as cluster:
        address = cluster.create("tables")
        migrate(folder, address)
        with (folder / POSTGRESQL).open("wb") as file:
            subprocess.run([binary("pg_dump"), "--no-owner", address], stdout=file, check=True)


def _forget_others(name: str) -> None:
    """Copies of another state of the source go."""
    for other in FOLDER.glob(f"*/{name}"):
        other.unlink()
        if not any(other.parent.iterdir()):
            other.parent.rmdir()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
