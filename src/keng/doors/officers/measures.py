"""Measures as things of their own: the board, one measure with all that belongs to it, renewals, what was found wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.appeals import queries as appeals
from keng.desk.fraud.measures import actions, board, mending, notices, reviewing
from keng.desk.fraud.measures.kinds import SAID, Kind
from keng.desk.fraud.measures.models import Measure, Notice, Review, ReviewState, Wrong
from keng.desk.fraud.measures.queries import get_by_code, over_at, state_now
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.campaign_view import rests_on
from keng.doors.officers.frame import attempt, officer_of, show, signed_in
from keng.doors.officers.measure_view import CHIPS, CLASSES, carried_said, shown_measure, shown_renewing
from keng.doors.officers.words import shown_entries, source_said
from keng.vietnam import rules
from keng.vietnam.order import order_key

STATES = {
    "waiting": Said("Chờ người thứ hai", "Waiting for a second officer"),
    "in_force": Said("Đang có hiệu lực", "In force"),
    "over": Said("Đã hết hiệu lực", "Over"),
    "wrong": Said("Đã ghi là sai", "Found wrong"),
}
COUNTED_DAYS = 90


@require_safe
@signed_in
def board_page(request: HttpRequest) -> HttpResponse:
    """All measures, by kind, state and partner; those that wait come first."""
    officer, asked = officer_of(request), _asked_of_board(request)
    choices = {
        "kind": (_("Loại"), _kind_choices()),
        "state": (_("Tình trạng"), _said_choices(STATES)),
        "partner": (_("Đối tác"), _partner_choices(officer)),
    }
    context = {
        **_board_context(officer, asked),
        "live_url": f"{reverse('officers:measures_rows')}?{urlencode(asked)}",
        "filters": [
            {"name": name, "label": label, "value": asked[name], "choices": values}
            for name, (label, values) in choices.items()
        ],
    }
    return show(request, "officers/measures.html", context)


@require_safe
@signed_in
def board_rows(request: HttpRequest) -> HttpResponse:
    """The part of the board that stays fresh."""
    context = _board_context(officer_of(request), _asked_of_board(request))
    return render(request, "officers/measures_rows.html", context)


def _asked_of_board(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("kind", "state", "partner")}


def _board_context(officer: Officer, asked: dict[str, str]) -> dict[str, Any]:
    now = clock.now()
    rows = board.of_board(officer, **asked, now=now)
    return {
        "rows": [_row(row, now) for row in rows],
        "most": board.BOARD_ROWS if len(rows) == board.BOARD_ROWS else 0,
    }


@require_safe
@signed_in
def show_measure(request: HttpRequest, code: str) -> HttpResponse:
    """One measure: its rule, its two persons, its requests with their clocks, notices, renewals, appeals and ledger entries."""
    officer = officer_of(request)
    measure = board.get_whole(officer, code)
    return show(request, "officers/measure.html", _context(officer, measure, clock.now()))


@require_safe
@signed_in
def live(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the measure's page that stays fresh."""
    officer = officer_of(request)
    measure = board.get_whole(officer, code)
    now = clock.now()
    language = get_language() or "vi"
    context = {"measure": shown_measure(officer, measure, now, language, on_own_page=True), "back": "measure"}
    return render(request, "officers/measure_live.html", context)


@require_POST
@signed_in
def renew(request: HttpRequest, code: str) -> HttpResponse:
    """Propose that the measure lasts one more period."""
    officer, measure = _measure(request, "measures.propose_renewal", code)
    reason = request.POST.get("reason", "")
    attempt(
        request,
        _("Đã đề nghị gia hạn. Lệnh vẫn hết đúng hạn nếu không ai duyệt."),
        lambda: actions.propose_renewal(officer, measure.pk, reason, now=clock.now()),
    )
    return redirect("officers:measure", code=measure.code)


@require_POST
@signed_in
def approve_renewal(request: HttpRequest, ident: int) -> HttpResponse:
    """The second officer agrees to the renewal."""
    officer = officer_of(request)
    rights.require(officer, "measures.approve_renewal")
    attempt(request, _("Đã gia hạn."), lambda: actions.approve_renewal(officer, ident, now=clock.now()))
    return _back_to_renewed(officer, ident)


@require_POST
@signed_in
def decline_renewal(request: HttpRequest, ident: int) -> HttpResponse:
    """The second officer does not agree to the renewal."""
    officer = officer_of(request)
    rights.require(officer, "measures.decline_renewal")
    reason = request.POST.get("reason", "")
    attempt(
        request,
        _("Đã ghi: không gia hạn."),
        lambda: actions.decline_renewal(officer, ident, reason, now=clock.now()),
    )
    return _back_to_renewed(officer, ident)


@require_POST
@signed_in
def find_wrong(request: HttpRequest, code: str) -> HttpResponse:
    """Note that a measure which is over already was wrong."""
    officer, measure = _measure(request, "measures.find_wrong", code)
    wrong = request.POST.get("wrong", "")
    attempt(
        request, _("Đã ghi lệnh này là sai."), lambda: actions.find_wrong(officer, measure.pk, wrong, now=clock.now())
    )
    return redirect("officers:measure", code=measure.code)


@require_safe
@signed_in
def wrong_page(request: HttpRequest) -> HttpResponse:
    """Wrongful measures counted over the last 90 days, with the hours until they were mended."""
    officer, now = officer_of(request), clock.now()
    language = get_language() or "vi"
    counts = mending.count_wrong(
        officer, since=now - timedelta(days=COUNTED_DAYS), until=now + timedelta(seconds=1), now=now
    )
    context = {"counts": [_count(one, language) for one in counts], "days": COUNTED_DAYS}
    return show(request, "officers/wrong_measures.html", context)


def _measure(request: HttpRequest, verb: str, code: str) -> tuple[Officer, Measure]:
    officer = officer_of(request)
    return officer, get_by_code(officer, verb, code)


def _back_to_renewed(officer: Officer, ident: int) -> HttpResponse:
    code = board.code_of_renewed(officer, ident)
    return redirect("officers:measure", code=code) if code else redirect("officers:measures")


def _row(measure: Measure, now: datetime) -> dict[str, Any]:
    language = get_language() or "vi"
    return {
        "code": measure.code,
        "url": reverse("officers:measure", args=[measure.code]),
        "kind": SAID[Kind(measure.kind)].in_language(language),
        "object": notices.object_said(measure),
        "amount": measure.amount,
        "state": CHIPS[state_now(measure, now)],
        "carried": carried_said(measure, now),
        "report": measure.report.code,
        "proposer": measure.proposed_by.display_name,
        "proposed_at": measure.proposed_at,
        "until": over_at(measure, now) or measure.ends_at or measure.confirm_by,
        "is_over": over_at(measure, now) is not None,
        "renewal_waits": any(one.state == "proposed" for one in measure.renewals.all()),
    }


def _context(officer: Officer, measure: Measure, now: datetime) -> dict[str, Any]:
    language = get_language() or "vi"
    basis = rules.find_basis(measure.basis, day_in_vietnam(measure.proposed_at))
    is_over = over_at(measure, now) is not None
    owner = measure.report.owner
    may_open = rights.is_allowed(officer, "reports.look", on=owner)
    meets, meets_elsewhere = board.meets(officer, measure, now)
    return {
        "measure": shown_measure(officer, measure, now, language, on_own_page=True),
        "back": "measure",
        "basis": basis,
        "basis_source": source_said(basis.source) if basis else "",
        "report_url": reverse("officers:report", args=[measure.report.code]) if may_open else "",
        "report_code": measure.report.code,
        "notices": [_notice(one, language) for one in measure.notices.all()],
        "renewing": shown_renewing(officer, measure, now),
        "reviews": [_review(one, officer, measure) for one in reviewing.reviews_of(officer, measure)],
        "rests_on": rests_on(officer, measure),
        "appeals": [
            {"at": at, "state": state, "decide_by": due} for at, state, due in appeals.states_of(officer, measure)
        ],
        "meets": [_row_of_other(one, now) for one in meets],
        "meets_elsewhere": meets_elsewhere,
        "can_find_wrong": is_over and not measure.wrong and rights.is_allowed(officer, "measures.find_wrong", on=owner),
        "hours_out": round(mending.hours_out(measure, now), 1) if measure.wrong and measure.sent_at else None,
        "entries": shown_entries(officer, ledger.entries_on(measure.subject)),
        "language_url": "",
    }


def _row_of_other(measure: Measure, now: datetime) -> dict[str, Any]:
    language = get_language() or "vi"
    return {
        "code": measure.code,
        "kind": SAID[Kind(measure.kind)].in_language(language),
        "amount": measure.amount,
        "state": CHIPS[state_now(measure, now)],
    }


def _review(review: Review, officer: Officer, measure: Measure) -> dict[str, Any]:
    """A review of the measure: what was undone, and what was decided about it."""
    waits = review.state == ReviewState.OPEN
    return {
        "id": review.pk,
        "opened_at": review.opened_at,
        "decide_by": review.decide_by if waits else None,
        "stands": review.state == ReviewState.STANDS,
        "by": review.decided_by.display_name if review.decided_by else "",
        "decided_at": review.decided_at,
        "reason": review.reason,
        "waits": waits,
        "fields": {"measure": measure.code},
        "can_decide": waits and rights.is_allowed(officer, "measures.let_stand", on=measure.report.owner),
    }


def _notice(notice: Notice, language: str) -> dict[str, Any]:
    said = Said(notice.vi, notice.en).in_language(language)
    return {"number": notice.number, "at": notice.sent_at, "text": said, "sha256": bytes(notice.sha256).hex()}


def _count(count: mending.Count, language: str) -> dict[str, Any]:
    reasons = [(CLASSES[Wrong(code)].in_language(language), number) for code, number in count.wrong_by_class]
    return {
        "kind": SAID[Kind(count.kind)].in_language(language),
        "unit": count.unit,
        "sent": count.sent,
        "wrong": count.wrong,
        "reasons": reasons,
        "median": round(count.median_hours, 1) if count.median_hours is not None else None,
        "longest": round(count.longest_hours, 1) if count.longest_hours is not None else None,
    }


def _kind_choices() -> list[tuple[str, str]]:
    return _said_choices({kind.value: said for kind, said in SAID.items()})


def _said_choices(table: dict[str, Said]) -> list[tuple[str, str]]:
    language = get_language() or "vi"
    return [(code, said.in_language(language)) for code, said in table.items()]


def _partner_choices(officer: Officer) -> list[tuple[str, str]]:
    asked = sorted(board.partners_asked(officer), key=lambda one: order_key(one.name))
    return [(one.pk, one.name) for one in asked]
