"""What was asked while the partner was down is fetched from Kẻng, at the start and now and then."""

from __future__ import annotations

import sys
import threading
from typing import Any

from keng.base.errors import InputError
from keng.nation.robot.partner import Partner
from keng.nation.robot.wire.client import KengClient
from keng.nation.robot.wire.messages import read_listed

MOST_PAGES = 1000


def catch_up_until(partner: Partner, client: KengClient, stop: threading.Event, every_seconds: float) -> None:
    """Run until `stop`."""
    while not stop.is_set():
        catch_up(partner, client, stop)
        stop.wait(every_seconds)


def catch_up(partner: Partner, client: KengClient, stop: threading.Event) -> None:
    """Take every open request, page by page, on the same way as one that was sent."""
    after: str | None = None
    for _ in range(MOST_PAGES):
        items = client.list_open(after)
        if not items or stop.is_set():
            return
        for item in items:
            _take_item(partner, item)
        last = items[-1].get("request_id")
        if not isinstance(last, str) or last == after:
            return
        after = last


def _take_item(partner: Partner, item: dict[str, Any]) -> None:
    try:
        message = read_listed(item)
        if not partner.outage.stops(message.request.request_id, count=False):
            partner.take(message, None)
    except InputError as fault:
        sys.stderr.write(f"{partner.name}: a listed request was passed over: {fault.code} {fault.field}\n")
