"""Opening accounts from a nation's files, and a store that another process has open."""

from __future__ import annotations

import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from keng.base.errors import InputError
from keng.nation.robot.books.columns import copy_as_csv
from keng.nation.robot.books.store import Store
from keng.nation.robot.kinds.bank.accounts import SCHEMA, find_position, load_accounts

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
ROWS = [("970436:0071", 500), ("970407:1", 7), ("970436:0072", 0)]


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "bank.sqlite", SCHEMA)
    yield store
    store.close()


def _write_csv(path: Path) -> None:
    lines = [f"{account},{opening}" for account, opening in ROWS]
    path.write_text("\n".join(["account,opening", *lines]), encoding="utf-8-sig")


def _write_parquet(path: Path) -> None:
    accounts, openings = zip(*ROWS, strict=True)
    parquet.write_table(pa.table({"account": accounts, "opening": openings, "more": [1, 2, 3]}), path)


@pytest.mark.parametrize(("name", "write"), [("b.csv", _write_csv), ("b.parquet", _write_parquet)])
def test_it_opens_its_own_accounts_once(store, tmp_path, name, write):
    write(tmp_path / name)
    assert load_accounts(store, "970436", tmp_path / name) == 2
    assert load_accounts(store, "970436", tmp_path / name) == 0
    with store.read() as tx:
        assert find_position(tx, "970436:0071", NOW).available == 500
        assert find_position(tx, "970407:1", NOW) is None


def test_a_copy_as_csv_opens_the_same_accounts(store, tmp_path):
    _write_parquet(tmp_path / "b.parquet")
    copy_as_csv(tmp_path / "b.parquet", ("account", "opening"), tmp_path / "copy.csv")
    assert load_accounts(store, "970436", tmp_path / "copy.csv") == 2
    with pytest.raises(subprocess.CalledProcessError):
        copy_as_csv(tmp_path / "copy.csv", ("account",), tmp_path / "other.csv")
    assert not (tmp_path / "other.csv").exists()


def test_a_register_that_cannot_be_read_is_an_error_and_not_an_empty_one(store, tmp_path):
    (tmp_path / "b.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match="unreadable"):
        load_accounts(store, "970436", tmp_path / "b.parquet")


def test_the_file_is_durable_at_each_commit(store):
    with store.read() as tx:
        assert tx.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert tx.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_the_table_itself_refuses_a_negative_balance(store):
    with pytest.raises(sqlite3.IntegrityError), store.write() as tx:
        tx.execute("INSERT INTO account VALUES ('970436:1', 0, -1)")
