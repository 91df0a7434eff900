"""Rows into a table as fast as the database takes them: COPY on PostgreSQL, many rows a statement on SQLite.

Constraints, triggers and indexes stand as they do for everybody; only `save` and its signals are passed by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SQLITE_ROWS = 500  # a statement


def pour(rows: Sequence[Any]) -> None:
    """Insert model instances of one kind, whose keys are set or made by the database, inside the caller's transaction."""
    from django.db import connection

    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model.objects.bulk_create(rows, batch_size=SQLITE_ROWS)
        return
    fields = [field for field in model._meta.concrete_fields if getattr(rows[0], field.attname) is not None or field.null]
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_stored(field, row, connection) for field in fields])


def _stored(field: Any, row: Any, connection: Any) -> Any:
    """The value as its column wants it; what the database would have put in is put in here."""
    value = getattr(row, field.attname)
    if field.has_db_default() and hasattr(value, "resolve_expression"):
        value = field.db_default
    return field.get_db_prep_save(value, connection)
