"""Nobody changes or deletes what is in the ledger: not Python, not SQL, but `flush` empties a database of tests."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from keng.desk.ground.ledger import actions
from keng.desk.ground.ledger.models import AppendOnlyError, Checkpoint, Entry, TreeNode
from keng.desk.ground.ledger.tests.test_actions import NOW, signer, write

COLUMNS = ["uuid", "at_utc", "actor", "verb", "subject", "about", "data", "salt", "leaf"]


@pytest.fixture
def ledger(db: None) -> None:
    write(300)
    actions.sequence_once(signer, NOW, batch=299)


def refuses(statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("model", [Entry, Checkpoint, TreeNode])
def test_models_and_querysets_refuse(ledger: None, model: type) -> None:
    row = model.objects.first()
    for change in (row.save, row.delete, model.objects.all().delete, lambda: model.objects.update(pk=9)):
        with pytest.raises(AppendOnlyError):
            change()
    with pytest.raises(AppendOnlyError):
        model.objects.bulk_update([row], ["pk"])


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("where", ["place = 3", "place IS NULL"])
def test_no_column_of_an_entry_changes(ledger: None, column: str, where: str) -> None:
    other = "(SELECT {0} FROM ledger_entry WHERE place = 4)" if column in ("uuid", "salt", "leaf") else "NULL"
    refuses(f"UPDATE ledger_entry SET {column} = {other.format(column)} WHERE {where}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET place = 1000 WHERE place = 3",
        "UPDATE ledger_entry SET place = NULL, chain = NULL WHERE place = 3",
        "UPDATE ledger_entry SET chain = leaf WHERE place = 3",
        "UPDATE ledger_entry SET place = 299, chain = leaf, actor = 'x' WHERE place IS NULL",
        "DELETE FROM ledger_entry WHERE place IS NULL",
        "DELETE FROM ledger_entry WHERE place = 3",
        "UPDATE ledger_checkpoint SET note = ''",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_treenode SET hash = NULL",
        "DELETE FROM ledger_treenode",
        "INSERT INTO ledger_entry (uuid, at_utc, actor, verb, subject, data, salt, leaf, place, chain)"
        " SELECT salt, at_utc, actor, verb, subject, data, salt, leaf, 299, chain FROM ledger_entry WHERE place = 3",
    ],
)
def test_sql_refuses(ledger: None, statement: str) -> None:
    if connection.vendor == "postgresql":
        statement = statement.replace("SELECT salt,", "SELECT gen_random_uuid(),")
    refuses(statement)


def test_sqlite_cannot_replace_an_entry(ledger: None) -> None:
    if connection.vendor == "sqlite":
        refuses(
            "REPLACE INTO ledger_entry (id, uuid, at_utc, actor, verb, subject, data, salt, leaf)"
            " SELECT id, uuid, at_utc, 'x', verb, subject, data, salt, leaf FROM ledger_entry WHERE place = 3"
        )
    else:
        refuses("TRUNCATE ledger_entry")


def test_a_place_without_its_running_hash_is_refused(ledger: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET place = 299 WHERE place IS NULL")


@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_ledger_and_the_triggers_stand_again() -> None:
    for _ in range(2):
        write(3)
        actions.sequence_once(signer, NOW)
        refuses("DELETE FROM ledger_checkpoint")
        call_command("flush", interactive=False, verbosity=0)
        assert not Entry.objects.exists()
        assert not Checkpoint.objects.exists()
