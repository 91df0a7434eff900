"""The officers' lists: the queue, the ledger."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from keng.base import clock
from keng.desk.fraud.campaigns import queries as campaigns
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.measures import queue as queue_of
from keng.desk.fraud.measures.kinds import SAID, Kind
from keng.desk.fraud.reports import queueing
from keng.desk.fraud.reports.models import Channel
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers import waiting
from keng.doors.officers.campaign_view import shown_line
from keng.doors.officers.frame import count_beside_bar, home_of, officer_of, show, signed_in
from keng.doors.officers.words import shown_entries

QUEUE_ROWS = 50
HOLDS = SAID[Kind.HOLD_FUNDS]
SERIAL_DIGITS = 18  # a longer number is no place in the ledger, and none that a database takes


@require_safe
@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """The home: every decision that waits, those first whose money can still be held. Who has no queue begins elsewhere."""
    officer = officer_of(request)
    if not rights.is_allowed(officer, "measures.list"):
        return home_of(officer)
    (open_count,) = count_beside_bar(officer, queueing.open_ones(officer))
    return show(request, "officers/queue.html", queue_context(officer, open_count, clock.now()))


@require_safe
@signed_in
def queue_rows(request: HttpRequest) -> HttpResponse:
    """The part of the queue that stays fresh."""
    officer = officer_of(request)
    context = queue_context(officer, queueing.open_ones(officer).count(), clock.now())
    return render(request, "officers/queue_rows.html", context)


def queue_context(officer: Officer, open_count: int, now: datetime) -> dict[str, Any]:
    """The queue's rows and figures; `open_count` as of `queueing.open_ones`."""
    places = queue_of.places(officer, now=now)
    lines = queue_of.lines(officer, places[:QUEUE_ROWS], now=now)
    rows = _with_others(lines, waiting.rows(officer, now), _campaigns_of(officer, lines))
    tally = measures.tally(officer, now=now)
    return {
        "rows": rows[:QUEUE_ROWS],
        "more": max(len(places) - QUEUE_ROWS, 0) + max(len(rows) - QUEUE_ROWS, 0),
        "may": {name: rights.is_allowed(officer, verb) for name, verb in KEYS.items()},
        "tally": {
            "savable": sum(place.holdable for place in places if place.what == "hold"),
            "open": min(open_count, queueing.COUNT_MOST),
            "open_more": open_count > queueing.COUNT_MOST,
            "unconfirmed": sum(place.what in ("confirm", "renew") for place in places),
            "late": tally.late,
            "held": tally.held,
        },
    }


def _campaigns_of(officer: Officer, lines: list[queue_of.QueueLine]) -> dict[UUID, dict[str, Any]]:
    """The campaigns in which the reports of these lines stand with others."""
    if not rights.is_allowed(officer, "campaigns.list"):
        return {}
    found = campaigns.campaigns_of(officer, {line.report_id for line in lines})
    return {report: shown_line(one) for report, one in found.items() if one.reports > 1}


def _with_others(
    lines: list[queue_of.QueueLine], others: list[dict[str, Any]], campaigns_of: dict[UUID, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Money first; then the other decisions, the soonest clock first; then what is to be read and the slower lane."""
    money = [line for line in lines if line.holdable and not line.is_later]
    decide = [line for line in lines if not line.holdable and not line.is_later and line.what != "read"]
    rest = [line for line in lines if line.is_later or line.what == "read"]

    def shown(line: queue_of.QueueLine) -> dict[str, Any]:
        return {**_row(line), "campaign": campaigns_of.get(line.report_id)}

    return [*map(shown, money), *sorted([*map(shown, decide), *others], key=waiting.soonest), *map(shown, rest)]


@require_safe
@signed_in
def ledger_page(request: HttpRequest) -> HttpResponse:
    """The newest entries and the newest signed checkpoint."""
    officer = officer_of(request)
    rights.require_to_read(officer, "ledger.list")
    before = request.GET.get("before", "")
    is_serial = before.isascii() and before.isdigit() and len(before) <= SERIAL_DIGITS
    entries = ledger.newest_entries(before=int(before) if is_serial else None)
    head = ledger.find_latest_checkpoint()
    context = {
        "entries": shown_entries(officer, entries),
        "waiting": sum(entry.place is None for entry in entries),
        "checkpoint": {"size": head.size, "root": head.root.hex(), "at": head.made_at_utc, "key": head.key_id}
        if head
        else None,
        "older_url": f"?before={entries[-1].serial}" if len(entries) == ledger.PAGE_ENTRIES else "",
    }
    return show(request, "officers/ledger.html", context)


def report_address(code: str) -> str:
    """Where a report is opened. The pattern of the address is asked for once: a queue names fifty."""
    return _report_address().format(code)


@cache
def _report_address() -> str:
    return reverse("officers:report", args=["{}"]).replace("%7B%7D", "{}")


STATES = {"hold": "new", "confirm": "unconfirmed", "renew": "renewing", "review": "reviewing", "read": "unread"}
KEYS = {
    "hold": "measures.hold_urgently", "decide": "measures.approve", "renew": "measures.approve_renewal",
    "review": "measures.let_stand", "close": "reports.close",
}  # fmt: skip
"""What the keys of a line lead to, and the right that each asks for."""


def _row(line: queue_of.QueueLine) -> dict[str, Any]:
    language = get_language() or "vi"
    return {
        "code": line.code,
        "what": line.what,
        "measure": line.measure_code,
        "line": f"{line.what}-{line.measure_code}" if line.what in ("renew", "review") else "",
        "url": reverse("officers:measure", args=[line.measure_code]) + "#review"
        if line.what == "review"
        else report_address(line.code),
        "is_mine": line.is_mine,
        "asks": (line.asks or HOLDS).in_language(language) if line.what != "read" else "",
        "transfer_at": line.sent_at,
        "received_at": line.received_at,
        "lost": line.amount,
        "savable": line.holdable if line.what == "hold" else None,
        "held": line.held,
        "bank": line.bank,
        "account": line.account if line.bank or not line.asks else "",
        "object": line.account if line.asks and not line.bank else "",
        "channel": Channel(line.channel).label,
        "state": STATES[line.what],
        "answer_by": line.clock_to,
        "officer": line.by or None,
        "same_source": line.same_source if line.same_source > 1 else 0,
        "is_later": line.is_later,
    }
