"""Questions of `plainly.rows_with` that are known beforehand, asked of PostgreSQL all at once.

A page that is asked hundreds of times a second then waits for the database once instead of eight times: each waiting costs both
sides more than such an answer does. What came is given out once, and only inside the block that asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.db import connection

Rows = list[tuple[Any, ...]]


class Question(NamedTuple):
    """A question as `plainly.question` makes it: what it is known by, its SQL, and the one value in that."""

    key: tuple[object, ...]
    sql: str
    value: Any


_answers: ContextVar[dict[tuple[object, ...], Rows] | None] = ContextVar("answers", default=None)


@contextmanager
def asked_ahead(*questions: Question) -> Iterator[None]:
    """Inside, `rows_with` has the answers to these. One query; on SQLite, which is not far away, each is asked in its turn."""
    if connection.vendor != "postgresql":
        yield
        return
    found: dict[tuple[object, ...], Rows] = {}
    with connection.cursor() as cursor:
        cursor.execute("; ".join(one.sql for one in questions), [one.value for one in questions])
        for one in questions:
            found[one.key] = cursor.fetchall()
            cursor.nextset()
    token = _answers.set(found)
    try:
        yield
    finally:
        _answers.reset(token)


def take(key: tuple[object, ...]) -> Rows | None:
    """The answer to a question that was asked ahead, once; None if it was not, or was taken."""
    found = _answers.get()
    return found.pop(key, None) if found else None
