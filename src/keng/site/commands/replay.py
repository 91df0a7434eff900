"""Try a reading model on stored reports and say what it would change: a line for each move, then one for all. Nothing changes.

A move: {from, to, reports, judged, was_right, would_be_right}; `judged` are those of which an officer said what they are.
"""

from __future__ import annotations

import argparse
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keng.base import lines
from keng.site.commands.django_world import enter

if TYPE_CHECKING:
    from keng.desk.fraud.corrections.models import Tally
    from keng.desk.fraud.corrections.replaying import Compared

AT_ONCE = 200
FIELDS = ("reports", "judged", "was_right", "would_be_right")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, metavar="FILE", help="the model's file, as `make model` writes it")
    parser.add_argument(
        "--newest", type=int, default=10_000, metavar="N", help="so many of the newest reports (10,000)"
    )
    parser.add_argument(
        "--changes", metavar="FILE", help="write there each report that would be called otherwise, by its code"
    )
    parser.add_argument(
        "--offer", action="store_true", help="store the model, so that the page can try it and put it live"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")


def run(options: argparse.Namespace) -> int:
    enter()
    from keng.base import clock
    from keng.base.errors import KengError
    from keng.desk.fraud.corrections import replaying
    from keng.desk.fraud.verdicts import actions as models
    from keng.desk.ground.keys.queries import store
    from keng.engines.classify import UnusableModelError, load

    try:
        model = load(options.model)
        rows = replaying.readable(options.newest).select_related("key", "shared")
        if options.offer:
            models.add_model(Path(options.model).read_bytes(), actor="system:operator", now=clock.now())
        found = replaying.compare_in_slices(model, rows, store(), size=AT_ONCE)
        return _write(options, model.version, _told(found, rows.count()))
    except UnusableModelError as problem:
        sys.stderr.write(f"{problem}\n")
    except KengError as error:
        sys.stderr.write(f"{error.said.vi}\n{error.said.en}\n")
    return lines.STATUS_UNUSABLE


def _write(options: argparse.Namespace, version: str, found: Iterator[Compared]) -> int:
    from keng.desk.fraud.corrections.replaying import Sums

    sums = Sums()
    changes = (_change(one) for one in sums.adding(found) if one.changes)
    if options.changes:
        lines.write_lines(options.changes, changes)
    else:
        deque(changes, maxlen=0)
    return lines.write_lines(options.output, _moves(version, sums.tallies()))


def _moves(version: str, found: list[Tally]) -> Iterator[lines.Row]:
    moves = sorted(found, key=lambda one: (one.was == one.would_be, -one.reports, one.was, one.would_be))
    for one in moves:
        yield {"from": one.was, "to": one.would_be, **{name: getattr(one, name) for name in FIELDS}}
    sums: dict[str, Any] = {name: sum(getattr(one, name) for one in moves) for name in FIELDS}
    changed = sum(one.reports for one in moves if one.was != one.would_be)
    yield {"model": version, **sums, "changed": changed}


def _change(one: Compared) -> lines.Row:
    return {
        "report": one.code,
        "from": one.was.called,
        "to": one.would_be.called,
        "said": one.said or None,
        "scam": one.was.scam,
        "scam_to": one.would_be.scam,
        "model": one.was.model,
    }


def _told(found: Iterator[Compared], count: int) -> Iterator[Compared]:
    """The same, with how far it is on a terminal."""
    for number, one in enumerate(found, 1):
        if sys.stderr.isatty() and number % AT_ONCE == 0:
            sys.stderr.write(f"\r{number} / {count}")
        yield one
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
