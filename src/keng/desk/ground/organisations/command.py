"""The tree of organisations: load the police units of a day, let them follow a new map, add others, merge two."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date

from keng.base.errors import KengError

STATUS_UNUSABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`load`, `follow`, `add` and `merge`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="load|follow|add|merge")
    load = verbs.add_parser("load", help="make the police units of the places of a day")
    load.add_argument("--as-of", type=date.fromisoformat, required=True, metavar="DATE")
    load.add_argument("--communes", action="store_true", help="a unit for each commune too")
    load.add_argument("--centre", metavar="CODE", help="the organisation on top (default: the department that leads)")
    follow = verbs.add_parser("follow", help="end the units whose place is no more, and name their successors")
    follow.add_argument("--to", type=date.fromisoformat, required=True, metavar="DATE")
    add = verbs.add_parser("add", help="add a bank, a carrier, a school ...")
    add.add_argument("code")
    add.add_argument("kind")
    add.add_argument("name")
    add.add_argument("--english", default="", metavar="NAME")
    add.add_argument("--parent", metavar="CODE")
    merge = verbs.add_parser("merge", help="end an organisation and name its successor")
    merge.add_argument("code")
    merge.add_argument("successor", metavar="SUCCESSOR")
    merge.add_argument("--on", type=date.fromisoformat, required=True, metavar="DATE")


def run(options: argparse.Namespace) -> int:
    """Status 0, or 2 if it cannot be done (told in both languages)."""
    _set_up_django()
    try:
        sys.stdout.write({"load": _load, "follow": _follow, "add": _add, "merge": _merge}[options.verb](options) + "\n")
    except KengError as error:
        sys.stderr.write(f"{error.said.vi}\n{error.said.en}\n")
        return STATUS_UNUSABLE
    return 0


def _load(options: argparse.Namespace) -> str:
    from keng.base import clock
    from keng.desk.ground.organisations import queries, tree

    now = clock.now()
    centre = queries.get_organisation(options.centre) if options.centre else tree.default_centre(now=now)
    made = tree.load(centre, options.as_of, now=now, communes=options.communes)
    return f"{made} đơn vị mới / new units"


def _follow(options: argparse.Namespace) -> str:
    from keng.base import clock
    from keng.desk.ground.organisations import tree

    done = tree.follow_places(options.to, now=clock.now())
    told = f"{done.ended} kết thúc / ended, {done.begun} bắt đầu / begun, {len(done.split)} bị chia / split"
    return "\n".join([told, *done.split])


def _add(options: argparse.Namespace) -> str:
    from keng.base import clock
    from keng.desk.ground.organisations import actions, queries

    parent = queries.get_organisation(options.parent) if options.parent else None
    new = actions.NewOrganisation(options.code, options.kind, options.name, options.english, parent)
    return actions.add(new, now=clock.now()).code


def _merge(options: argparse.Namespace) -> str:
    from keng.base import clock
    from keng.desk.ground.organisations import queries, tree

    old, heir = queries.get_organisation(options.code), queries.get_organisation(options.successor)
    tree.merge(old, heir, options.on, now=clock.now())
    return f"{old.code} -> {heir.code}"


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keng.site.settings")
    django.setup()
