"""Carry SMS: bind to the SMS centre of KENG_SMSC, answer what comes to 156 and 5656, send what the outbox holds for it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from keng.base.stopping import stop_on_signals
from keng.site.commands.django_world import enter

if TYPE_CHECKING:
    from keng.doors.sms.centre import Account

UNUSABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--centre", default="main", help="what Kẻng calls this centre, in the outbox and in the ledger")
    parser.add_argument("--per-second", type=float, default=20.0, help="segments that the centre takes a second")


def run(options: argparse.Namespace) -> int:
    stop = stop_on_signals()
    enter()
    from django.conf import settings

    from keng.desk.ground.keys.queries import store
    from keng.doors.sms.answering import Desk
    from keng.doors.sms.carrying import Carrier

    try:
        account = _account()
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"KENG_SMSC: {problem}\n")
        return UNUSABLE
    address = f"{settings.KENG_ADDRESS}/theo-doi/"
    desk = Desk(options.centre, settings.KENG_SMS_NUMBERS, address)
    Carrier(account, desk, store(), per_second=options.per_second).run(stop)
    return 0


def _account() -> Account:
    """The account of the settings, its host resolved once. With the demo on, nothing but loopback. Raises ValueError, OSError."""
    import ipaddress
    import socket

    from django.conf import settings

    from keng.doors.sms.centre import Account

    host, _, port = settings.KENG_SMSC.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError("hãy đặt máy:cổng của tổng đài SMS / set host:port of the SMS centre")
    found = socket.getaddrinfo(host.strip("[]"), int(port), family=socket.AF_INET, type=socket.SOCK_STREAM)
    address = str(found[0][4][0])
    if settings.KENG_DEMO and not ipaddress.ip_address(address).is_loopback:
        raise ValueError("đang diễn tập: chỉ nối tới chính máy này / the demo is on: loopback only")
    secret = settings.KENG_SMSC_SECRET_FILE
    password = Path(secret).read_text("utf-8").strip() if secret else ""
    return Account(address, int(port), settings.KENG_SMSC_USER, password)
