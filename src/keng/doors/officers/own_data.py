"""What concerns the reporter's own data: requests for erasure, legal holds, withheld looks. Nothing sealed is opened here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError, Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.erasure import actions, queries
from keng.desk.fraud.reports import queries as report_queries
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.looks import actions as looks
from keng.desk.ground.looks import queries as look_queries
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, show, signed_in
from keng.vietnam import rules
from keng.vietnam.order import order_key

NO_LOOKER = Said("Hãy chọn cán bộ đã xem.", "Choose the officer who looked.")
BAD_DAYS = Said("Số ngày không đọc được.", "The number of days cannot be read.")


@require_safe
@signed_in
def erasures(request: HttpRequest) -> HttpResponse:
    """Requests for erasure that wait, the one due first on top."""
    officer, now = officer_of(request), clock.now()
    rows = [
        {
            "code": row.report.code,
            "asked_at": row.asked_at,
            "answer_by": row.answer_by,
            "late": queries.is_late(row, now),
        }
        for row in queries.waiting(officer)
    ]
    return show(request, "officers/erasures.html", {"rows": rows})


@require_safe
@signed_in
def own_data(request: HttpRequest, code: str) -> HttpResponse:
    """All of it for one report."""
    officer, report = officer_of(request), _report(request, "erasure.list", code)
    kept = queries.why_kept(report.pk)
    context = {
        "code": report.code,
        "erased_at": report.erased_at,
        "erasures": queries.of_report(officer, report.pk),
        "holds": queries.holds_on(officer, report.pk),
        "kept": kept.in_language(request.LANGUAGE_CODE) if kept else "",
        "can_decide": rights.is_allowed(officer, "erasure.decide", on=report.owner),
        "can_hold": rights.is_allowed(officer, "erasure.hold", on=report.owner) and report.erased_at is None,
        **_looks_context(officer, report, clock.now()),
    }
    return show(request, "officers/own_data.html", context)


@require_POST
@signed_in
def decide(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Grant or refuse a request for erasure."""
    officer = officer_of(request)
    code = queries.get_report_code(officer, ident)
    act = actions.grant if request.POST.get("way") == "grant" else actions.refuse
    reason = request.POST.get("reason", "")
    attempt(request, _("Đã ghi câu trả lời."), lambda: act(officer, ident, reason, now=clock.now()))
    return redirect("officers:own_data", code=code)


@require_POST
@signed_in
def place_hold(request: HttpRequest, code: str) -> HttpResponse:
    """Keep everything of this report."""
    officer, report = officer_of(request), _report(request, "erasure.hold", code)
    reason = request.POST.get("reason", "")
    attempt(request, _("Đã lưu giữ."), lambda: actions.place_hold(officer, report.pk, reason, now=clock.now()))
    return redirect("officers:own_data", code=report.code)


@require_POST
@signed_in
def release_hold(request: HttpRequest, code: str, ident: UUID) -> HttpResponse:
    """Keep it no longer than the table says."""
    officer, report = officer_of(request), _report(request, "erasure.hold", code)
    reason = request.POST.get("reason", "")
    attempt(request, _("Đã thôi lưu giữ."), lambda: actions.release_hold(officer, ident, reason, now=clock.now()))
    return redirect("officers:own_data", code=report.code)


@require_POST
@signed_in
def withhold(request: HttpRequest, code: str) -> HttpResponse:
    """Withhold one officer's looks from the reporter for some days."""
    officer, report = officer_of(request), _report(request, "looks.withhold", code)
    attempt(request, _("Đã hoãn báo cho người báo."), lambda: _withhold(request, officer, report, clock.now()))
    return redirect("officers:own_data", code=report.code)


def _withhold(request: HttpRequest, officer: Officer, report: Report, now: datetime) -> None:
    named = request.POST.get("looker", "")
    looker = people.officers_of([named]).get(named) if named.removeprefix("officer:").isdecimal() else None
    if looker is None:
        raise InputError("no_looker", NO_LOOKER, field="looker")
    days = request.POST.get("days", "")
    if not (days.isascii() and days.isdigit() and len(days) < 5):
        raise InputError("bad_days", BAD_DAYS, field="days")
    seen = [look.at for look in report_queries.looks_of(report) if look.actor == looker.actor]
    since = min(seen, default=now) if request.POST.get("earlier") else now
    reason = request.POST.get("reason", "")
    looks.withhold(officer, report.subject, looker, reason, on=report.owner, days=int(days), since=since, now=now)


def _looks_context(officer: Officer, report: Report, now: datetime) -> dict[str, Any]:
    """Decisions to withhold, and the form of who may decide: only looks of others can be chosen."""
    seen = report_queries.looks_of(report)
    lookers = people.officers_of({look.actor for look in seen})
    lookers.pop(officer.actor, None)
    most = rules.limit("look.withheld_at_most", day_in_vietnam(now)).value
    return {
        "withholdings": [
            {"row": row, "running": row.until > now, "days": (row.until - row.decided_at) // timedelta(days=1)}
            for row in look_queries.of_report(officer, report.subject, on=report.owner)
        ],
        "lookers": sorted(lookers.values(), key=lambda one: order_key(one.display_name)),
        "can_withhold": rights.is_allowed(officer, "looks.withhold", on=report.owner),
        "most_days": most,
    }


def _report(request: HttpRequest, verb: str, code: str) -> Report:
    return report_queries.get_by_code(officer_of(request), verb, code)
