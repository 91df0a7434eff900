"""The retention table: carry out what is due, or only say what is."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter

from keng.base.stopping import stop_on_signals
from keng.site.commands.django_world import enter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="run")
    run_verb = verbs.add_parser("run", help="let go what is over; one line of JSON: how much of each kind")
    run_verb.add_argument("--dry-run", action="store_true", help="change nothing, say what is due")


def run(options: argparse.Namespace) -> int:
    """Status 0. Killed at any moment, the next run goes on."""
    enter()
    from keng.base import clock
    from keng.desk.steering.retention import actions, queries

    now, stop = clock.now(), stop_on_signals()
    done = Counter(queries.due_counts(now) if options.dry_run else actions.run(now=now))
    while not options.dry_run and not stop.is_set() and any((batch := actions.run(now=now)).values()):
        done.update(batch)
    sys.stdout.write(json.dumps({"dry_run": options.dry_run, **done}, separators=(",", ":")) + "\n")
    return 0
