"""Django's `flush`, which empties the whole database, with the ledger's triggers lifted while it does.

Only whoever may drop the triggers can do this, and only for a database that is emptied as a whole: tests that commit
are the reason. The exports and checkpoints that others keep still show what was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("ledger_entry", "ledger_checkpoint", "ledger_treenode")


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        # Else it makes the permissions of Django anew, which nobody asks: rights are our own table.
        options["inhibit_post_migrate"] = True
        with lifted_triggers(connections[options["database"]]):
            super().handle(**options)


@contextmanager
def lifted_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """The ledger's triggers off, and on again afterwards, whatever happens in between."""
    with connection.cursor() as cursor:
        off, on = _statements(connection, cursor)
        _execute(cursor, off)
        try:
            yield
        finally:
            _execute(cursor, on)


def _statements(connection: BaseDatabaseWrapper, cursor: Any) -> tuple[list[str], list[str]]:
    there = set(connection.introspection.table_names(cursor)) & set(TABLES)
    if connection.vendor == "postgresql":
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in there]
        return off, [statement.replace("DISABLE", "ENABLE") for statement in off]
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s, %s)", TABLES)
    triggers = cursor.fetchall()
    return [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]


def _execute(cursor: Any, statements: list[str]) -> None:
    for statement in statements:
        cursor.execute(statement)
