"""What every test of the repository shares: its databases have their tables from the start, for `migrate` takes ten seconds."""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from keng.site.rehearsal.tables import fill, sqlite_tables

IN_MEMORY = "file:memorydb_default?mode=memory&cache=shared"  # what Django calls the database of tests on SQLite


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Called by pytest-django before it makes the database; `migrate` then runs over it and finds nothing to do."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(IN_MEMORY, uri=True)) as kept, closing(sqlite3.connect(sqlite_tables())) as made:
            made.backup(kept)
            yield
        return
    server, like = os.environ["KENG_DATABASE"], f"tables_{uuid.uuid4().hex}"
    told = conninfo_to_dict(server)
    with psycopg.connect(server, autocommit=True) as beside:
        beside.execute(f"CREATE DATABASE {like}")
        fill(f"postgresql://{told['user']}@/{like}?host={told['host']}")
        connection.settings_dict["TEST"]["TEMPLATE"] = like
        yield
        beside.execute(f"DROP DATABASE {like}")


@pytest.fixture
def own_tables(own_database: str, tmp_path: Path) -> str:
    """`own_database` with every table and no row, for processes whose KENG_HOME is `tmp_path`."""
    if own_database:
        fill(own_database)
    else:
        shutil.copyfile(sqlite_tables(), tmp_path / "keng.sqlite")
    return own_database
