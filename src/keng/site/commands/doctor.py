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
    yield "confinement", _check_confinement
    yield "gate", _check_gate


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

    unconfirmed = [basis.code for basis in rules.bases_for("hold_funds", clock.now().date()) if not basis.confirmed_by]
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
