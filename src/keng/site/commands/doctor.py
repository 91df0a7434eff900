"""Check this installation: one line of JSON a check, status 2 if one fails."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from keng.base.times import day_in_vietnam
from keng.site.commands.django_world import enter

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="accepted for clarity; the output is JSON Lines always")


def run(options: argparse.Namespace) -> int:  # noqa: ARG001
    enter()
    results = [_outcome(name, check) for name, check in _checks()]
    for result in results:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    return 0 if all(result["ok"] for result in results) else 2


def _checks() -> Iterator[tuple[str, Callable[[], str | None]]]:
    yield "database", _check_database
    yield "migrations", _check_migrations
    yield "keys", _check_keys
    yield "rules", _check_rules
    yield "files", _check_files
    yield "confinement", _check_confinement
    yield "gate", _check_gate


def _outcome(name: str, check: Callable[[], str | None]) -> dict[str, object]:
    try:
        hint = check()
    except Exception as error:  # noqa: BLE001 - whatever fails is the finding
        hint = f"{type(error).__name__}: {error}"
    return {"check": name, "ok": hint is None, "hint": hint}


OLDEST_POSTGRESQL = 15
COLLATIONS = ("C", "C.UTF-8", "C.utf8", "POSIX")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def _check_database() -> str | None:
    from django.db import connection

    if connection.vendor == "postgresql":
        return "; ".join(_postgresql_hints(connection)) or None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
    return None if mode == "wal" else f"SQLite's journal is {mode}, not WAL: is the folder on a network file system?"


def _postgresql_hints(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """What is wrong with the server or the database as this process meets them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, pg_encoding_to_char(encoding), datcollate"
                       " FROM pg_database WHERE datname = current_database()")  # fmt: skip
        version, encoding, collation = cursor.fetchone()
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*DURABLE, *LIMITS]])
        settings = dict(cursor.fetchall())
    if version < OLDEST_POSTGRESQL:
        yield f"PostgreSQL {version} is older than {OLDEST_POSTGRESQL}"
    if encoding != "UTF8" or collation not in COLLATIONS:
        yield f"the database is {encoding}, {collation}: make it from template0 with UTF8 and C.UTF-8 (docs/operating.md)"
    yield from (
        f"{name} is {settings[name]}: a commit may be lost" for name in DURABLE if settings[name] != DURABLE[name]
    )
    yield from (f"{name} is 0: a stuck statement would wait for ever" for name in LIMITS if settings[name] == "0")


def _check_migrations() -> str | None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"run: keng-django migrate ({len(waiting)} waiting)" if waiting else None


def _check_keys() -> str | None:
    from keng.base import clock
    from keng.desk.ground.keys import KeyState
    from keng.desk.ground.keys.queries import store

    store().check()
    store().ledger_signer(clock.now())
    waiting = [key.id for key in store().all() if key.state is KeyState.PREPARED]
    return f"a rotation did not come to its end: run it again ({', '.join(waiting)})" if waiting else None


def _check_files() -> str | None:
    from django.conf import settings

    from keng.base import clock
    from keng.desk.steering.retention.queries import files_without_rule

    strange = files_without_rule(settings.KENG_HOME, clock.now())
    return f"{len(strange)} files have no retention rule, such as {strange[0]}" if strange else None


def _check_rules() -> str | None:
    from django.conf import settings

    from keng.base import clock
    from keng.vietnam import rules

    bases = rules.all_bases(day_in_vietnam(clock.now()))
    unconfirmed = [basis.code for basis in bases if not basis.confirmed_by]
    if unconfirmed and not settings.KENG_DEMO:
        return f"{len(unconfirmed)} bases are confirmed by nobody: no measure can rest on them outside the demo"
    return None


def _check_confinement() -> str | None:
    from keng.base.confined import Read, run

    found = run("keng.base.confined.probe:knock", b"")
    if not isinstance(found, Read):
        return f"the confined process does not answer: {found.why}; pictures wait until it does"
    return f"the confined process can still {', '.join(found.facts['open'])}" if found.facts["open"] else None


def _check_gate() -> str | None:
    from django.conf import settings

    if settings.KENG_DEMO or settings.KENG_PROXIES or settings.KENG_ADDRESS.startswith("http://127."):
        return None
    return "KENG_PROXIES names no proxy: if one stands in front, everybody is counted as one source"
