"""An installation on PostgreSQL: what `keng doctor` says of the server, and a demo with a server of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from keng.site.rehearsal.cluster import Cluster, binary, running_cluster
from tests.system.rehearsal import Rehearsal, rehearse, wait_for
from tests.system.visitor import Visitor

PASSWORD = "s3cret-of-nobody"


def run(home: Path, database: str, *words: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}
    environment = {**clean, "KENG_HOME": str(home), "KENG_DATABASE": database, "KENG_DEMO": "1"}
    return subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, timeout=120)


def doctor(home: Path, database: str) -> dict[str, Any]:
    """What `keng doctor` says of the database."""
    told = run(home, database, "-m", "keng.cli", "doctor")
    return next(row for row in map(json.loads, told.stdout.splitlines()) if row["check"] == "database")


def test_doctor_is_content_with_a_server_as_it_should_be(tmp_path: Path, cluster: Cluster):
    database = cluster.create("well")
    migrated = run(
        tmp_path, database, "-c", "from keng.site.manage import main; import sys; sys.argv[1:] = ['migrate']; main()"
    )

    assert migrated.returncode == 0, migrated.stderr
    told = run(tmp_path, database, "-m", "keng.cli", "doctor")
    assert told.returncode == 0, told.stdout


def test_doctor_names_a_server_that_may_lose_a_commit(tmp_path: Path):
    with running_cluster(durable=False) as quick:
        told = doctor(tmp_path, quick.create("quick"))

    assert not told["ok"]
    assert "fsync is off: a commit may be lost" in told["hint"]
    assert "synchronous_commit" not in told["hint"], "each connection asks for that itself"


def test_doctor_names_a_database_that_sorts_and_writes_in_another_way(tmp_path: Path, cluster: Cluster):
    address = cluster.create("well")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE odd TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")

    assert "the database is SQL_ASCII, C: make it from template0" in doctor(tmp_path, cluster.address("odd"))["hint"]


@pytest.mark.parametrize("address", ["postgresql://keng:{}@127.0.0.1:9/keng", "postgresql://keng:{}@host:port/keng"])
def test_the_password_is_told_to_nobody(tmp_path: Path, address: str):
    told = run(tmp_path, address.format(PASSWORD), "-m", "keng.cli", "doctor")

    assert told.returncode != 0
    assert told.stdout + told.stderr
    assert PASSWORD not in told.stdout + told.stderr


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A folder that the server's own user may enter."""
    home = Path(tempfile.mkdtemp(prefix="keng-demo-"))
    home.chmod(0o755)
    yield home
    shutil.rmtree(home)


def test_a_demo_with_a_server_of_its_own_finds_its_books_again(open_home: Path):
    home = open_home / "home"
    with rehearse(home, "--quiet-day", database="postgresql") as running:
        told = report(running)
        assert not (home / "keng.sqlite").exists()
    with rehearse(home, "--quiet-day", database="postgresql") as running:
        tracked = Visitor(running.address).get(f"/api/v1/reports/{told['receipt']}")

    assert (tracked.status, tracked.json()["code"]) == (200, told["code"])
    assert not (home / "postgresql" / "data" / "postmaster.pid").exists(), "the server ended with the demo"


def test_a_restored_backup_that_is_older_than_a_kept_checkpoint_is_found_out(
    tmp_path: Path, cluster: Cluster, tables_there: str
):
    home, dump = tmp_path / "home", tmp_path / "keng.dump"
    address = cluster.create("to_restore", like=tables_there)
    with rehearse(home, "--quiet-day", database=address) as running:
        report(running)
        wait_for(lambda: unplaced(running) == 0, "every entry has its place")
        subprocess.run([binary("pg_dump"), "--format=custom", f"--file={dump}", address], check=True)
        report(running)
        wait_for(lambda: unplaced(running) == 0, "every entry has its place")
        [(kept,)] = running.rows("SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")

    restored = cluster.create("restored")
    words = [binary("pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={restored}", dump]
    subprocess.run(words, check=True)
    seen, public = tmp_path / "kept.note", next((home / "keys").glob("*.pub"))
    seen.write_text(kept, encoding="utf-8")
    for database, status, told in ((address, 0, '"ok":true'), (restored, 2, '"reason":"rolled_back"')):
        folder = tmp_path / f"export-{status}"
        assert run(home, database, "-m", "keng.cli", "ledger", "export", "-o", str(folder)).returncode == 0
        words = ["-m", "keng.cli", "ledger", "verify", str(folder), "--public", str(public), "--seen", str(seen)]
        verdict = run(home, database, *words)
        assert (verdict.returncode, told in verdict.stdout) == (status, True), verdict.stdout + verdict.stderr


def report(running: Rehearsal) -> dict[str, str]:
    return Visitor(running.address).post_json("/api/v1/reports", json.dumps({"text": "Bị lừa"}).encode()).json()


def unplaced(running: Rehearsal) -> int:
    return int(running.rows("SELECT count(*) FROM ledger_entry WHERE place IS NULL")[0][0])
