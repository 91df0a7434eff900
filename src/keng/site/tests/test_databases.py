"""KENG_DATABASE read: what it names, what every connection asks for, and that a password is told to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from keng.site.databases import database_of

HOME = Path("/nowhere")


def test_without_an_address_it_is_sqlite_in_the_home():
    told = database_of("", HOME)

    assert (told["ENGINE"], told["NAME"]) == ("django.db.backends.sqlite3", HOME / "keng.sqlite")
    assert "synchronous=FULL" in told["OPTIONS"]["init_command"]


def test_an_address_over_a_socket():
    told = database_of("postgresql://keng@/books?host=/run/x", HOME)

    assert (told["NAME"], told["USER"], told["HOST"]) == ("books", "keng", "/run/x")
    assert "PASSWORD" not in told
    assert (told["CONN_MAX_AGE"], told["CONN_HEALTH_CHECKS"]) == (None, True)


def test_an_address_over_the_network_keeps_libpqs_own_words():
    told = database_of("postgresql://keng:p%40ss@db.example:5433/books?sslmode=verify-full&connect_timeout=2", HOME)

    assert (told["HOST"], told["PORT"], told["PASSWORD"]) == ("db.example", "5433", "p@ss")
    assert (told["OPTIONS"]["sslmode"], told["OPTIONS"]["connect_timeout"]) == ("verify-full", "2")


def test_commits_are_durable_and_nothing_waits_for_ever():
    options = database_of("postgresql://keng@/books", HOME)["OPTIONS"]["options"]

    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert f"-c {limit}=" in options
    assert "-c synchronous_commit=on" in options


def test_a_chore_has_no_time_limit_and_is_as_durable():
    options = database_of("postgresql://keng@/books", HOME, is_chore=True)["OPTIONS"]["options"]

    assert options == "-c synchronous_commit=on -c random_page_cost=1.1 -c jit=off"


def test_wishes_of_the_address_come_last_and_count():
    options = database_of("postgresql://keng@/books?options=-c%20statement_timeout%3D5000", HOME)["OPTIONS"]["options"]

    assert options.endswith("-c statement_timeout=5000")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://keng:s3cret@host:port/books",
        "postgresql://keng:s3cret@/",
        "postgresql://keng:s3cret@host/books?nonsense=s3cret",
        "postgresql://keng:s3cret%zz@host/books",
        "mysql://keng:s3cret@host/books",
        "s3cret",
        "host=x password=s3cret",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(address):
    with pytest.raises(ImproperlyConfigured) as refused:
        database_of(address, HOME)

    assert "KENG_DATABASE" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
