"""What is asked of the clerk's partners, soonest deadline first; one request a page; what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import ConflictError, InputError, Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.measures import answers, clerks, league, notices, own_requests, queries
from keng.desk.fraud.measures.kinds import SAID, Kind, scope_said
from keng.desk.fraud.measures.models import UNANSWERED, Answer, Request, RequestState
from keng.doors.money_field import read_money
from keng.doors.officers.measure_view import REQUEST_CHIPS
from keng.doors.officers.words import source_said
from keng.doors.partner.sheets.columns import STATUSES
from keng.doors.partner_desk.frame import attempt, officer_of, partners_of, show, signed_in
from keng.vietnam import rules

COUNTED_DAYS = 30
WAYS = ("executed", "part", "refused", "received", "released")
TWICE = ("webhook_id_seen",)
KEYS = ("key", "ask_key")  # of the forms on a request's page


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Every open request, the one whose answer is due first on top."""
    return show(request, "partner_desk/home.html", _open(request, clock.now()))


@require_safe
@signed_in
def rows(request: HttpRequest) -> HttpResponse:
    """The part of the list that stays fresh."""
    return render(request, "partner_desk/rows.html", _open(request, clock.now()))


@require_safe
@signed_in
def show_request(request: HttpRequest, ident: UUID) -> HttpResponse:
    """One request: what is asked, on what basis, until when, what to tell the customer; three ways to answer."""
    now = clock.now()
    row = clerks.get_own(officer_of(request), ident, "requests.list", now=now)
    own_requests.note_seen([row], now=now)
    keys = {name: str(uuid4()) for name in KEYS}
    live_url = f"{reverse('partner_desk:request_live', args=[ident])}?{urlencode(keys)}"
    return show(request, "partner_desk/request.html", {**_whole(row, now, _language()), **keys, "live_url": live_url})


@require_safe
@signed_in
def request_live(request: HttpRequest, ident: UUID) -> HttpResponse:
    """The part of a request that stays fresh. Its forms keep the page's keys, so a second press stays the same press."""
    now = clock.now()
    row = clerks.get_own(officer_of(request), ident, "requests.list", now=now)
    keys = {name: request.GET.get(name, "")[:64] for name in KEYS}
    return render(request, "partner_desk/request_live.html", {**_whole(row, now, _language()), **keys})


@require_POST
@signed_in
def answer(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Record the answer; what does not fit is told, and the clerk stays on the page."""
    officer, now = officer_of(request), clock.now()
    row = clerks.get_own(officer, ident, "requests.answer", now=now)
    done = attempt(request, _("Đã ghi câu trả lời."), lambda: _answer(request, row, now))
    return redirect("partner_desk:home") if done else redirect("partner_desk:request", ident=ident)


@require_POST
@signed_in
def ask(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Ask the desk."""
    officer, now = officer_of(request), clock.now()
    clerks.get_own(officer, ident, "requests.ask", now=now)
    key, text = request.POST.get("key", ""), request.POST.get("text", "")
    said = _("Đã gửi câu hỏi. Câu trả lời sẽ hiện ở đây; thời hạn trả lời yêu cầu không đổi.")
    attempt(request, said, lambda: clerks.ask_desk(officer, ident, key, text, now=now))
    return redirect("partner_desk:request", ident=ident)


@require_safe
@signed_in
def history(request: HttpRequest) -> HttpResponse:
    """One's own answers, and how one answers."""
    now, language = clock.now(), _language()
    own = partners_of(request)
    found = own_requests.answers_of(own)
    codes = [partner.pk for partner in own]
    figures = league.table(days=COUNTED_DAYS, now=now, mine=Q(), partners=codes)
    reasons = league.refusals_by_reason(codes, days=COUNTED_DAYS, now=now)
    context = {
        "answers": [_told(one, language) for one in found],
        "most": own_requests.MOST_ANSWERS if len(found) == own_requests.MOST_ANSWERS else 0,
        "days": COUNTED_DAYS,
        "lines": [(partner.name, figures.get(partner.pk, league.Line(partner.pk))) for partner in own],
        "reasons": [(answers.REFUSALS[code].in_language(language), count) for code, count in reasons],
    }
    return show(request, "partner_desk/history.html", context)


def _answer(request: HttpRequest, row: Request, now: datetime) -> None:
    """A second click of the same form says the same as the first."""
    posted = request.POST
    status = posted.get("status", "")
    told = answers.Told(
        status=status if status in WAYS else "-",
        held_amount=_held(posted.get("held_amount", ""), status, row.measure.amount),
        reason=posted.get("reason") or None,
        note=posted.get("note") or None,
        reference=posted.get("reference") or None,
        version=_version(posted.get("version", "")),
    )
    try:
        clerks.answer(officer_of(request), row.pk, posted.get("key", ""), told, now=now)
    except ConflictError as error:
        if error.code not in TWICE:
            raise
    except InputError as error:
        raise InputError(error.code, clerks.said_to_clerk(error.said), field=error.field) from error


def _held(written: str, status: str, whole: int | None) -> int | None:
    """In full is the whole amount, which nobody types; of an action without money, none."""
    return whole if status == RequestState.EXECUTED else read_money(written)


def _version(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None


def _open(request: HttpRequest, now: datetime) -> dict[str, Any]:
    own, language = partners_of(request), _language()
    found = own_requests.open_of(own, now=now)
    return {
        "rows": [_line(row, now, language) for row in found],
        "names": [partner.name for partner in own],
        "is_many": len(own) > 1,
        "late": sum(queries.is_overdue(row, now) for row in found),
        "most": own_requests.MOST_OPEN if len(found) == own_requests.MOST_OPEN else 0,
    }


def _line(row: Request, now: datetime, language: str) -> dict[str, Any]:
    return {
        "ident": row.pk,
        "action": SAID[Kind(row.measure.kind)].in_language(language),
        "object": notices.object_said(row.measure),
        "amount": row.measure.amount,
        "code": row.measure.code,
        "partner": row.partner.name,
        "answer_by": row.answer_by,
        "until": row.until,
        "state": "late" if queries.is_overdue(row, now) else _chip(row),
        "waits_for_reply": any(one.replied_at is None for one in row.questions.all()),
        "has_reply": any(one.replied_at is not None for one in row.questions.all()),
    }


def _whole(row: Request, now: datetime, language: str) -> dict[str, Any]:
    measure = row.measure
    basis = rules.find_basis(measure.basis, day_in_vietnam(measure.proposed_at))
    notice, scope = notices.latest(measure), scope_said(measure.scope)
    given = answers.REFUSALS.get(row.refusal)
    return {
        "row": {
            **_line(row, now, language),
            "version": row.version,
            "basis": basis.said.in_language(language) if basis else measure.basis,
            "source": source_said(basis.source) if basis else "",
            "is_confirmed_source": bool(basis and basis.confirmed_by),
            "scope": scope.in_language(language) if scope else "",
            "notice": getattr(notice, "en" if language.startswith("en") else "vi") if notice else "",
            "held": row.held_amount if row.answered_at and measure.amount is not None else None,
            "answered_at": row.answered_at,
            "reason": given.in_language(language) if given else "",
            "note": row.note,
            "reference": row.reference,
        },
        "is_open": now < row.until and (row.state in UNANSWERED or row.answered_version < row.version),
        "is_over": row.until <= now and row.state != RequestState.RELEASED,
        "answered_before": row.answered_at is not None,
        "reasons": [
            (code, answers.REFUSALS[code].in_language(language)) for code in answers.REFUSALS_OF[Kind(measure.kind)]
        ],
        "questions": list(row.questions.order_by("asked_at").select_related("asked_by", "replied_by")),
    }


def _told(one: Answer, language: str) -> dict[str, Any]:
    reason = answers.REFUSALS.get(one.reason)
    status = STATUSES.get(one.status, Said(one.status, one.status))
    return {
        "ident": one.request_id,
        "code": one.request.measure.code if one.request else "",
        "at": one.received_at,
        "status": status.in_language(language),
        "held": one.held_amount if one.request and one.request.measure.amount is not None else None,
        "reason": reason.in_language(language) if reason else "",
        "note": one.note,
        "reference": one.reference,
        "counted": one.outcome == "counted",
        "partner": one.partner.name,
    }


def _chip(row: Request) -> str:
    """What has come to the clerk's own desk waits for an answer, whatever became of the message."""
    if row.state in (RequestState.ASKED, RequestState.DELIVERED):
        return "waiting"
    if row.state == RequestState.RECEIVED:
        return "in_hand"
    is_hold = row.measure.amount is not None and row.state in (RequestState.EXECUTED, RequestState.PART)
    return str(row.state) if is_hold else REQUEST_CHIPS[RequestState(row.state)]


def _language() -> str:
    return get_language() or "vi"
