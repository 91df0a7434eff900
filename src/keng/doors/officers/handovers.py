"""Whose a report is: its owner and how it came to it, offers to answer, the list of what waits for one's units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.times import VIETNAM
from keng.desk.fraud.jurisdiction import actions, queries
from keng.desk.fraud.jurisdiction.models import Handover
from keng.desk.fraud.reports import queries as report_queries
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, show, signed_in

OFFER, ASSIGN = "offer", "assign"


@require_safe
@signed_in
def incoming(request: HttpRequest) -> HttpResponse:
    """Reports that other units offer to the officer's units, the soonest over first."""
    return show(request, "officers/incoming.html", _offered(officer_of(request)))


@require_safe
@signed_in
def incoming_rows(request: HttpRequest) -> HttpResponse:
    """The part of that page that stays fresh."""
    return render(request, "officers/incoming_rows.html", _offered(officer_of(request)))


def _offered(officer: Officer) -> dict[str, Any]:
    return {"steps": [_shown(step) for step in queries.offered_to(officer, now=clock.now())]}


@require_safe
@signed_in
def owner(request: HttpRequest, code: str) -> HttpResponse:
    """Who owns the report, how that came to be, and what can be done about it."""
    officer, report, now = officer_of(request), _report(request, "reports.list", code), clock.now()
    steps = queries.history_of(officer, report.pk, now=now)
    context = {
        "report": {"code": report.code, "url": reverse("officers:report", args=[report.code])},
        "owner": report.owner.name_in(get_language() or "vi") if report.owner else "",
        "route_url": reverse("officers:rule", args=[report.route]) if report.route else "",
        "steps": [_shown(step) for step in steps],
        "can_offer": rights.is_allowed(officer, "jurisdiction.offer", on=report.owner) and not _waits(steps),
        "can_assign": rights.is_allowed(officer, "jurisdiction.assign", on=report.owner),
        "groups": _choices(report.owner, now.astimezone(VIETNAM).date()),
    }
    return show(request, "officers/owner.html", context)


@require_POST
@signed_in
def hand_over(request: HttpRequest, code: str) -> HttpResponse:
    """Offer the report to another unit, or assign it to one below (`way`)."""
    verb = "jurisdiction.assign" if request.POST.get("way") == ASSIGN else "jurisdiction.offer"
    officer, report = officer_of(request), _report(request, verb, code)
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "")
    act, done = (
        (actions.assign, _("Đã giao báo cáo."))
        if request.POST.get("way") == ASSIGN
        else (actions.offer, _("Đã đề nghị. Đơn vị của bạn vẫn giữ báo cáo cho tới khi bên kia nhận."))
    )
    attempt(request, done, lambda: act(officer, report.pk, to, reason, now=clock.now()))
    return _back(officer, report)


@require_POST
@signed_in
def accept(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Take an offered report over."""
    return _answer(request, _("Báo cáo này nay thuộc đơn vị bạn."), lambda by, now: actions.accept(by, ident, now=now))


@require_POST
@signed_in
def refuse(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Not take it, with a reason that the unit above reads."""
    reason = request.POST.get("reason", "")
    done = _("Đã ghi. Cấp trên của hai bên sẽ giao.")
    return _answer(request, done, lambda by, now: actions.refuse(by, ident, reason, now=now))


@require_POST
@signed_in
def withdraw(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Take an offer back."""
    return _answer(request, _("Đã rút lại."), lambda by, now: actions.withdraw(by, ident, now=now))


def _answer(request: HttpRequest, done: str, act: Callable[[Officer, datetime], Handover]) -> HttpResponse:
    officer = officer_of(request)
    rights.require(officer, "jurisdiction.answer")
    answered: list[Handover] = []
    attempt(request, done, lambda: answered.append(act(officer, clock.now())))
    return _back(officer, answered[0].report) if answered else redirect("officers:incoming")


def _back(officer: Officer, report: Report) -> HttpResponse:
    """To the report's page of owners while the officer may see it, else to what waits."""
    if report_queries.find_by_code(officer, report.code):
        return redirect("officers:owner", code=report.code)
    return redirect("officers:incoming")


def _report(request: HttpRequest, verb: str, code: str) -> Report:
    return report_queries.get_by_code(officer_of(request), verb, code)


def _waits(steps: list[queries.Step]) -> bool:
    return any(step.is_open for step in steps)


def _choices(owner: Organisation | None, day: date) -> list[dict[str, Any]]:
    """The units near the owner: above it, beside it, below it."""
    if owner is None:
        return [_group(_("Đơn vị"), organisations.tops(day))]
    above = organisations.above(owner)
    beside = organisations.children(above[-1], day) if above else []
    groups = [
        _group(_("Cùng cấp"), beside),
        _group(_("Cấp dưới"), organisations.children(owner, day)),
        _group(_("Cấp trên"), above),
    ]
    own = {owner.code}
    return [
        {**one, "units": [unit for unit in one["units"] if unit["code"] not in own]} for one in groups if one["units"]
    ]


def _group(label: str, units: list[Organisation]) -> dict[str, Any]:
    language = get_language() or "vi"
    rows = [{"code": unit.code, "name": unit.name_in(language)} for unit in units if unit.is_police]
    return {"label": label, "units": rows}


def _shown(step: queries.Step) -> dict[str, Any]:
    return {
        "ident": step.id,
        "code": step.code,
        "state": f"handover_{step.state}",
        "giver": step.giver,
        "receiver": step.receiver,
        "reason": step.reason,
        "answer": step.answer,
        "at": step.begun_at,
        "accept_by": step.accept_by if step.is_open else None,
        "ended_at": step.ended_at,
        "can_answer": step.can_answer,
        "can_withdraw": step.can_withdraw,
    }
