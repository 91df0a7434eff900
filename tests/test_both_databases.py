"""No test that touches a database is left out on PostgreSQL: whoever touches one without asking fails on SQLite already."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from keng.site.rehearsal.cluster import Cluster

SRC = Path(__file__).resolve().parents[1] / "src" / "keng"
CHILD = "import django; django.setup(); from django.db import connection; connection.ensure_connection()"

TESTS = f"""
import subprocess, sys
import pytest
from django.db import connection
from django.test import TestCase, SimpleTestCase

def look():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

@pytest.mark.django_db
def test_asks_by_mark():
    look()

def test_asks_by_fixture(db):
    look()

def test_asks_through_another_fixture(cast):
    look()

def test_asks_for_committed_rows(transactional_db):
    look()

class OfDjango(TestCase):
    def test_asks_by_class(self):
        look()

def test_asks_for_a_database_of_its_own(own_database, monkeypatch):
    monkeypatch.setenv("KENG_DATABASE", own_database)
    subprocess.run([sys.executable, "-c", {CHILD!r}], check=True)

def test_needs_none():
    pass

def test_touches_one_unasked():
    look()

def test_has_a_child_that_touches_one_unasked():
    subprocess.run([sys.executable, "-c", {CHILD!r}], check=True)
"""
STANDING = """
import pytest
from keng.desk.ground.people.models import Officer

@pytest.fixture(scope="module")
def made(standing):
    return standing(lambda cast: cast.first.pk)

def test_stands_on_it(made, db):
    assert Officer.objects.get(pk=made).username == "mot"

def test_touches_one_unasked(made):
    Officer.objects.get(pk=made)
"""
ASKING = {
    "test_asks_by_mark", "test_asks_by_fixture", "test_asks_through_another_fixture", "test_asks_for_committed_rows",
    "test_asks_by_class", "test_asks_for_a_database_of_its_own",
}  # fmt: skip
UNASKED = {"test_touches_one_unasked", "test_has_a_child_that_touches_one_unasked"}


@pytest.fixture
def sample() -> Iterator[Path]:
    """A file of tests beside the others, for as long as this test runs."""
    path = SRC / "tests_of_selection" / f"test_{uuid.uuid4().hex}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(textwrap.dedent(TESTS), encoding="utf-8")
    yield path
    path.unlink()
    for left in path.parent.rglob("*"):
        left.unlink() if left.is_file() else None
    for folder in sorted(path.parent.rglob("*"), reverse=True):
        folder.rmdir()
    path.parent.rmdir()


def outcomes(path: Path, database: str) -> dict[str, str]:
    """How each test ended, by its name."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_", "PYTEST_"))}
    environment = {**clean, "KENG_DATABASE": database, "DJANGO_SETTINGS_MODULE": "keng.site.settings_for_tests"}
    words = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", str(path)]
    ran = subprocess.run(words, env=environment, capture_output=True, text=True, cwd=SRC.parents[1])
    sys.stdout.write(ran.stdout + ran.stderr)  # shown where the test fails
    told = [line.split() for line in ran.stdout.splitlines() if line.startswith(("PASSED", "FAILED", "ERROR"))]
    return {words[1].rpartition("::")[2]: words[0] for words in told}


def test_what_touches_a_database_asks_for_it_or_fails_on_sqlite(sample: Path):
    ended = outcomes(sample, "")

    assert {name for name, how in ended.items() if how == "PASSED"} == {*ASKING, "test_needs_none"}
    assert {name for name, how in ended.items() if how == "FAILED"} == UNASKED


def test_nobody_opens_the_database_by_hand():
    """`django_db_blocker.unblock()` would be a way past the asking: the fixture `standing` alone does, while it makes something."""
    by_hand = [path for path in SRC.rglob("*.py") if "django_db_blocker" in path.read_text(encoding="utf-8")]
    assert by_hand == [SRC / "conftest.py"]


def test_what_stands_for_a_module_opens_the_database_to_nobody_else(sample: Path):
    sample.write_text(textwrap.dedent(STANDING), encoding="utf-8")

    assert outcomes(sample, "") == {"test_stands_on_it": "PASSED", "test_touches_one_unasked": "FAILED"}


def test_all_that_asks_and_nothing_else_runs_on_postgresql(sample: Path, cluster: Cluster):
    assert outcomes(sample, cluster.create("selection")) == dict.fromkeys(ASKING, "PASSED")
