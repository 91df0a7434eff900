"""What was asked while the partner was down is fetched from Kẻng, at the start and now and then."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from keng.base.errors import InputError
from keng.nation.robot.partner import Partner
from keng.nation.robot.wire.client import KengClient
from keng.nation.robot.wire.messages import read_listed
from keng.nation.robot.wire.orders import Letter, Order, read_order

MOST_PAGES = 1000


def catch_up_until(partner: Partner, client: KengClient, stop: threading.Event, every_seconds: float) -> None:
    """Run until `stop`."""
    while not stop.is_set():
        catch_up(partner, client, stop)
        catch_up_orders(partner, client, stop)
        stop.wait(every_seconds)


def catch_up(partner: Partner, client: KengClient, stop: threading.Event) -> None:
    """Take every open request, page by page, on the same way as one that was sent."""
    for items in _pages(client.list_open, "request_id"):
        if stop.is_set():
            return
        for item in items:
            _take_item(partner, item)


def catch_up_orders(partner: Partner, client: KengClient, stop: threading.Event) -> None:
    """Take every order of a follow-up that Kẻng lists, if this partner can have any; those of a case together, as in a letter."""
    if partner.trade.restrictions is None:
        return
    items = chain.from_iterable(_pages(client.list_open_orders, "order_id"))
    cases: dict[str, list[Order]] = {}
    for order in filter(None, (_read_order(partner, item) for item in items)):
        cases.setdefault(order.case, []).append(order)
    for orders in cases.values():
        if stop.is_set():
            return
        heard = tuple(order for order in orders if not partner.outage.stops_order(order.order_id))
        try:
            partner.take_letter(Letter(heard), None)
        except InputError as fault:
            _pass_over(partner, fault)


def _pages(list_after: Callable[[str | None], list[dict[str, Any]]], name: str) -> Iterator[list[dict[str, Any]]]:
    """Page after page of what Kẻng lists, until one is empty or does not go on. `name`: what holds an item's id."""
    after: str | None = None
    for _ in range(MOST_PAGES):
        items = list_after(after)
        if not items:
            return
        yield items
        last = items[-1].get(name)
        if not isinstance(last, str) or last == after:
            return
        after = last


def _read_order(partner: Partner, item: dict[str, Any]) -> Order | None:
    try:
        return read_order(item)
    except InputError as fault:
        _pass_over(partner, fault)
        return None


def _pass_over(partner: Partner, fault: InputError) -> None:
    sys.stderr.write(f"{partner.name}: a listed order was passed over: {fault.code} {fault.field}\n")


def _take_item(partner: Partner, item: dict[str, Any]) -> None:
    try:
        message = read_listed(item)
        if not partner.outage.stops(message.request.request_id, count=False):
            partner.take(message, None)
    except InputError as fault:
        sys.stderr.write(f"{partner.name}: a listed request was passed over: {fault.code} {fault.field}\n")
