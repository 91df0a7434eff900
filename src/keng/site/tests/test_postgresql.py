"""A connection to PostgreSQL is known to stand, or to be gone, without a question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

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
