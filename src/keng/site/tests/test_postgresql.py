"""A connection to PostgreSQL is known to stand, or to be gone, without a question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from keng.site.postgresql.base import is_quiet


@pytest.fixture
def other(db: None) -> Iterator[psycopg.Connection[Any]]:
    """Another connection to the same server."""
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL alone")
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as one:
        yield one


def test_a_connection_at_rest_stands(other):
    other.execute("SELECT 1")

    assert is_quiet(other.pgconn)


def test_one_that_the_server_ended_does_not(other):
    ended = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [ended.info.backend_pid])

    assert not is_quiet(ended.pgconn)
    with pytest.raises(psycopg.OperationalError):
        ended.execute("SELECT 1")


def test_one_inside_a_transaction_is_not_at_rest(other):
    with other.transaction():
        other.execute("SELECT 1")
        assert not is_quiet(other.pgconn)

    assert is_quiet(other.pgconn)


def test_a_prepared_cursor_plans_once_and_others_never(other):
    sql = "SELECT %s::text"
    with connection.cursor() as plain:
        plain.execute(sql, ["a"])
        for value in ("a", "b"):
            with connection.prepared_cursor() as prepared:
                prepared.execute(sql, [value])
                assert prepared.fetchone() == (value,)
        plain.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT %::text'")

        assert plain.fetchone() == (1,)


def test_a_prepared_cursor_fails_as_others_do(other):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.prepared_cursor() as cursor:
        cursor.execute("SELECT %s FROM nothing_of_this_name", [1])
    with connection.prepared_cursor() as cursor:
        cursor.execute("SELECT %s::int", [1])
        assert cursor.fetchone() == (1,)
