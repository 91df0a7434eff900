"""Rows found by one column, and rows added, without what the ORM makes anew for each asking.

Compiling a query costs several times what the database takes for such a one. This is for the few places that are asked hundreds
of times a second; everywhere else the ORM says it better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel

from keng.desk.ground.ahead import Question, Rows, take

ROWS_AT_ONCE = 1000  # SQLite takes 32,766 values in a statement
Row = TypeVar("Row", bound=models.Model)
Reader = tuple[int, tuple[Callable[..., Any], ...], Any]
"""Of a column: its place, what turns its value, the field as an expression."""


class Statement(NamedTuple):
    """A statement and its values."""

    sql: str
    values: Sequence[Any]


class Plan(NamedTuple):
    """How the rows of a model are asked for by a column."""

    sql: str
    by: models.Field[Any, Any]
    names: tuple[str, ...]
    readers: tuple[Reader, ...]


def rows_with(model: type[Row], column: str, value: object, *, order: str = "", but: str = "") -> list[Row]:
    """Every row of the model whose `column` has the value, as `filter(column=value).defer(*but).order_by(*order)` would find them.

    `order` and `but`: names of fields between spaces, as Django writes them (`-asked_at -pk`). One query.
    """
    plan = _plan(model, column, order, but, connection.vendor)
    found = take((model, column, value, order, but))
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, [plan.by.get_db_prep_value(value, connection)])
            found = cursor.fetchall()
    return [model.from_db(connection.alias, plan.names, _read(row, plan.readers)) for row in found]


def look(sql: str, values: Sequence[Any]) -> Any:
    """The one row that a statement gives. PostgreSQL plans it once on each connection: most of the time that such a one takes.

    For counts and truths alone: it fails if a migration changes the type of a column that it gives.
    """
    here = transaction.get_connection()
    with here.prepared_cursor() if here.vendor == "postgresql" else here.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def add_rows(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, as `bulk_create` would, but that keys which the database gives are not read back.

    One statement, or one for each thousand rows.
    """
    run_all(adding(rows))


def adding(rows: Sequence[models.Model]) -> list[Statement]:
    """What `add_rows` runs, for `run_all` with others. From here on the rows count as saved."""
    if not rows:
        return []
    here = transaction.get_connection()  # `connection` looks for it at each word
    for row in rows:
        row._state.adding, row._state.db = False, here.alias
    head, fields = _adding(type(rows[0]), here.vendor)
    marks = f"({', '.join(['%s'] * len(fields))})"
    return [
        Statement(
            head + ", ".join([marks] * len(some)),
            [field.get_db_prep_save(getattr(row, field.attname), here) for row in some for field in fields],
        )
        for some in (rows[at : at + ROWS_AT_ONCE] for at in range(0, len(rows), ROWS_AT_ONCE))
    ]


def run_all(statements: Sequence[Statement]) -> list[Rows]:
    """Run them in their order; the rows that each returns. One query; on SQLite, which is not far away, one each.

    Inside a transaction, which the first that fails spoils for all.
    """
    if not statements:
        return []
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("statements that belong together belong in one transaction")
    returned: list[Rows] = []
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            for one in statements:
                cursor.execute(one.sql, one.values)
                returned.append(cursor.fetchall())
            return returned
        _run_together(cursor, statements)
        for _ in statements:
            returned.append(cursor.fetchall() if cursor.description else [])
            cursor.nextset()
    return returned


def run_alone(statements: Sequence[Statement]) -> None:
    """Run them in their order, all of them or none; committed on return where no transaction is under way.

    What they return is lost. On PostgreSQL that is one query: what is sent together is one transaction (simple query protocol).
    """
    here = transaction.get_connection()
    if here.vendor != "postgresql" or here.in_atomic_block or not here.get_autocommit():
        with transaction.atomic():
            run_all(statements)
    elif statements:
        with here.cursor() as cursor:
            _run_together(cursor, statements)


def _run_together(cursor: Any, statements: Sequence[Statement]) -> None:
    cursor.execute("; ".join(one.sql for one in statements), [value for one in statements for value in one.values])


def keep_related(row: models.Model, name: str, related: Iterable[models.Model]) -> None:
    """Note the one row that `row.name` leads to, or that there is none, so that nobody asks for it again."""
    field = row._meta.get_field(name)
    assert isinstance(field, ForeignObjectRel)  # noqa: S101 - one to one, seen from its other end
    found = next(iter(related), None)
    field.set_cached_value(row, found)
    if found is not None:
        field.remote_field.set_cached_value(found, row)


@lru_cache(maxsize=64)
def _adding(model: type[models.Model], _vendor: str) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    """How an INSERT begins, and the fields whose values follow."""
    quote = connection.ops.quote_name
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))
    columns = ", ".join(quote(field.column) for field in fields)
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ", fields  # noqa: S608 - names of our own models


@lru_cache(maxsize=256)
def _plan(model: type[models.Model], column: str, order: str, but: str, _vendor: str) -> Plan:
    """Made once: the SQL, and how what comes back is read."""
    quote, meta = connection.ops.quote_name, model._meta
    fields = [field for field in meta.concrete_fields if field.name not in but.split()]
    by = meta.get_field(column)
    sql = f"SELECT {', '.join(quote(field.column) for field in fields)} FROM {quote(meta.db_table)} WHERE {quote(by.column)} = %s"  # noqa: S608 - names of our own models
    if order:
        sql += " ORDER BY " + ", ".join(_ordered(meta, quote, name) for name in order.split())
    readers = []
    for place, field in enumerate(fields):
        expression = field.get_col(meta.db_table)
        turning = (*connection.ops.get_db_converters(expression), *field.get_db_converters(connection))
        if turning:
            readers.append((place, turning, expression))
    return Plan(sql, by, tuple(field.attname for field in fields), tuple(readers))


def _ordered(meta: Any, quote: Callable[[str], str], name: str) -> str:
    plain = name.removeprefix("-")
    field = meta.pk if plain == "pk" else meta.get_field(plain)
    return quote(field.column) + (" DESC" if name.startswith("-") else " ASC")


def question(model: type[models.Model], column: str, value: object, *, order: str = "", but: str = "") -> Question:
    """What `rows_with` will be asked in these words, for `ahead.asked_ahead`."""
    plan = _plan(model, column, order, but, connection.vendor)
    return Question((model, column, value, order, but), plan.sql, plan.by.get_db_prep_value(value, connection))


def _read(row: tuple[Any, ...], readers: tuple[Reader, ...]) -> list[Any]:
    values, here = list(row), transaction.get_connection()
    for place, turning, expression in readers:
        for turn in turning:
            values[place] = turn(values[place], expression, here)
    return values
