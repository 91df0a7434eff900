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
    fields = [one for one in model._meta.concrete_fields if _is_given(rows[0], one)]
    names, columns = [one.attname for one in fields], ", ".join(f'"{one.column}"' for one in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row.__dict__[name] for name in names])


def _is_given(row: Any, field: Any) -> bool:
    """Whether the value comes with the row; what is not comes from the database, for every row of the kind alike."""
    value = row.__dict__[field.attname]
    return not hasattr(value, "resolve_expression") and (value is not None or not field.primary_key)
