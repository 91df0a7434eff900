"""The keys of this installation: list them, rotate one, retire and destroy old ones. Each act is an entry in the ledger."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict

from keng.base.errors import KengError
from keng.site.commands.django_world import enter

STATUS_UNUSABLE = 2
PURPOSES = ("ledger", "reports", "receipts", "web", "partner", "signin", "sms", "registers")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|rotate|reseal|retire|destroy")
    verbs.add_parser("list", help="every key with its state, one line of JSON each; no secret")
    rotate = verbs.add_parser("rotate", help="make a new key and use it from now on")
    rotate.add_argument("purpose", choices=PURPOSES)
    rotate.add_argument("--owner", default="", metavar="CODE", help="the partner, for a partner's secret")
    verbs.add_parser("reseal", help="seal anew, under the current keys, what older ones sealed")
    retire = verbs.add_parser("retire", help="let a replaced key serve nothing any more")
    retire.add_argument("id", metavar="ID")
    destroy = verbs.add_parser("destroy", help="remove the private file of a retired key for good")
    destroy.add_argument("id", metavar="ID")


def run(options: argparse.Namespace) -> int:
    """Status 0, or 2 if it was refused (told in both languages)."""
    try:
        enter()
        VERBS[options.verb](options)
    except KengError as error:
        sys.stderr.write(f"{error.said.vi}\n{error.said.en}\n")
        return STATUS_UNUSABLE
    return 0


def _list(_options: argparse.Namespace) -> None:
    from keng.desk.ground.keys.actions import SEALING
    from keng.desk.ground.keys.queries import store
    from keng.desk.steering.retention.kinds import SEALED_KINDS

    for key in store().all():
        sealed = sum(kind.count(key.id) for kind in SEALED_KINDS) if key.purpose in SEALING else None
        _say({**asdict(key), "state": key.state, "file": key.filename, "seals": sealed})


def _rotate(options: argparse.Namespace) -> None:
    from keng.base import clock
    from keng.desk.ground.keys import Purpose, actions
    from keng.desk.ground.keys.queries import store

    key = actions.rotate(store(), Purpose(options.purpose), owner=options.owner, now=clock.now())
    _say({"rotated": key.id, "state": key.state})
    if key.purpose in actions.SEALING:
        _reseal(options)


def _reseal(_options: argparse.Namespace) -> None:
    from keng.base import clock
    from keng.desk.ground.keys import actions
    from keng.desk.ground.keys.queries import store
    from keng.desk.steering.retention.kinds import SEALED_KINDS

    for kind in SEALED_KINDS:
        rows = 0
        while done := actions.reseal_batch(store(), kind, now=clock.now()):
            rows += done
        _say({"resealed": kind.model._meta.label, "rows": rows})


def _retire(options: argparse.Namespace) -> None:
    from keng.base import clock
    from keng.desk.ground.keys import actions
    from keng.desk.ground.keys.queries import store
    from keng.desk.steering.retention.kinds import SEALED_KINDS

    key = actions.retire(store(), options.id, SEALED_KINDS, now=clock.now())
    _say({"retired": key.id, "state": key.state})


def _destroy(options: argparse.Namespace) -> None:
    from keng.base import clock
    from keng.desk.ground.keys import actions
    from keng.desk.ground.keys.queries import store
    from keng.desk.steering.retention.kinds import SEALED_KINDS

    key = actions.destroy(store(), options.id, SEALED_KINDS, now=clock.now())
    _say({"destroyed": key.id, "state": key.state})


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


VERBS: dict[str, Callable[[argparse.Namespace], None]] = {
    "list": _list,
    "rotate": _rotate,
    "reseal": _reseal,
    "retire": _retire,
    "destroy": _destroy,
}
