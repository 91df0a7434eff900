"""Check this installation: one line of JSON a check, status 2 if one fails."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator

from keng.site.commands.django_world import enter


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


def _outcome(name: str, check: Callable[[], str | None]) -> dict[str, object]:
    try:
        hint = check()
    except Exception as error:  # noqa: BLE001 - whatever fails is the finding
        hint = f"{type(error).__name__}: {error}"
    return {"check": name, "ok": hint is None, "hint": hint}


def _check_database() -> str | None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


def _check_migrations() -> str | None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"run: keng-django migrate ({len(waiting)} waiting)" if waiting else None


def _check_keys() -> str | None:
    from keng.base import clock
    from keng.desk.ground.keys.queries import store

    store().ledger_signer(clock.now())
    return None


def _check_rules() -> str | None:
    from django.conf import settings

    from keng.base import clock
    from keng.vietnam import rules

    bases = rules.all_bases(clock.now().date())
    unconfirmed = [basis.code for basis in bases if not basis.confirmed_by]
    if unconfirmed and not settings.KENG_DEMO:
        return f"{len(unconfirmed)} bases are confirmed by nobody: no measure can rest on them outside the demo"
    return None
