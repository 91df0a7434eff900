"""Let officers in: `keng officers invite NAME` prints a one-use link with which they make their first key."""

from __future__ import annotations

import argparse
import sys

from keng.base.errors import KengError
from keng.site.commands.django_world import enter

UNUSABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    invite = verbs.add_parser("invite", help="print a one-use link (and code) for an officer")
    invite.add_argument("name", help="internal name of the officer")
    invite.add_argument(
        "--lost", action="store_true", help="first end every key, code and session that the officer has"
    )


def run(options: argparse.Namespace) -> int:
    enter()
    from django.conf import settings

    from keng.base import clock
    from keng.desk.ground.people.models import Officer
    from keng.desk.ground.signin import factors, passkeys, queries

    officer = Officer.objects.filter(username=options.name, is_active=True).first()
    if officer is None:
        return _unusable(f"{options.name}: không có cán bộ này, hoặc đã ngừng / no such officer, or not active")
    try:
        code = factors.invite(officer, lost=options.lost, now=clock.now())
    except KengError as error:
        return _unusable(f"{error.said.vi}\n{error.said.en}")
    if queries.authenticator_of(officer):
        line = f"Mã dùng một lần, đi cùng tên và mã 6 số / one-use code, beside name and digits: {code}"
    else:
        party = passkeys.relying_party(settings.KENG_ADDRESS)
        line = f"{party.origin if party else settings.KENG_ADDRESS}/vao/moi/{code}/"
    sys.stdout.write(line + "\n")
    return 0


def _unusable(line: str) -> int:
    sys.stderr.write(line + "\n")
    return UNUSABLE
