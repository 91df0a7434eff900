"""The officers' lists: the queue, what could not be sent, the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keng.base import clock
from keng.desk.fraud.measures import queries as measures
from keng.desk.ground.jobs import actions as job_actions
from keng.desk.ground.jobs import queries as jobs
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, show, signed_in

QUEUE_ROWS = 200


@require_GET
@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """The home: every decision that waits, those first whose money can still be held."""
    return show(request, "officers/queue.html", queue_context(officer_of(request), clock.now()))


@require_GET
@signed_in
def queue_rows(request: HttpRequest) -> HttpResponse:
    """The part of the queue that stays fresh."""
    return render(request, "officers/queue_rows.html", queue_context(officer_of(request), clock.now()))


def queue_context(officer: Officer, now: datetime) -> dict[str, Any]:
    """The queue's rows and figures."""
    lines = measures.queue(officer, now=now)
    tally = measures.tally(officer, now=now)
    return {
        "rows": [_row(line) for line in lines[:QUEUE_ROWS]],
        "tally": {
            "savable": sum(line.holdable for line in lines if line.what == "hold"),
            "open": sum(line.what == "hold" for line in lines),
            "unconfirmed": sum(line.what == "confirm" for line in lines),
            "late": tally.late,
            "held_today": tally.held,
            "dead": jobs.dead_count(),
        },
    }


@require_GET
@signed_in
def dead_letters(request: HttpRequest) -> HttpResponse:
    """Messages that were given up, and those still being tried after a failure."""
    letters = [_letter(letter) for letter in jobs.dead_letters(officer_of(request))]
    return show(request, "officers/dead_letters.html", {"letters": letters})


@require_POST
@signed_in
def resend(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Let a dead letter be tried again."""
    officer = officer_of(request)
    attempt(request, _("Sẽ gửi lại ngay."), lambda: job_actions.retry(officer, ident, now=clock.now()))
    return redirect("officers:dead_letters")


@require_GET
@signed_in
def ledger_page(request: HttpRequest) -> HttpResponse:
    """The newest entries and the newest signed checkpoint."""
    rights.require(officer_of(request), "ledger.list")
    before = request.GET.get("before", "")
    entries = ledger.newest_entries(before=int(before) if before.isascii() and before.isdigit() else None)
    head = ledger.find_latest_checkpoint()
    context = {
        "entries": [shown_entry(entry) for entry in entries],
        "waiting": sum(entry.place is None for entry in entries),
        "checkpoint": {"size": head.size, "root": head.root.hex(), "at": head.made_at_utc, "key": head.key_id}
        if head
        else None,
        "older_url": f"?before={entries[-1].serial}" if len(entries) == ledger.PAGE_ENTRIES else "",
    }
    return show(request, "officers/ledger.html", context)


def shown_entry(entry: ledger.LedgerEntry) -> dict[str, Any]:
    """A ledger entry as the pages show it."""
    return {
        "place": entry.place,
        "verb": entry.verb,
        "about": entry.subject,
        "actor": entry.actor,
        "at": entry.at_utc,
        "leaf": entry.leaf.hex(),
    }


def _row(line: measures.QueueLine) -> dict[str, Any]:
    is_hold = line.what == "hold"
    return {
        "code": line.code,
        "transfer_at": line.sent_at,
        "lost": line.amount,
        "savable": line.holdable if is_hold else None,
        "bank": line.bank,
        "account": line.account,
        "trick": "",
        "channel": line.channel,
        "state": "new" if is_hold else "unconfirmed",
        "answer_by": line.clock_to,
        "officer": line.by or None,
    }


def _letter(letter: jobs.Letter) -> dict[str, Any]:
    about = measures.find_about(letter.subject)
    return {
        "ident": letter.id,
        "kind": _("Yêu cầu tới ngân hàng"),
        "to": letter.recipient,
        "about": about.code if about else letter.subject,
        "code": about.report_code if about else "",
        "tries": letter.tries,
        "created_at": letter.created_at,
        "last_at": letter.next_try_at,
        "reason": _("Bên nhận không nhận tin") if letter.last_error.startswith("HTTP") else _("Không kết nối được"),
        "error": letter.last_error,
    }
