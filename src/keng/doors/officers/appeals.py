"""Appeals against a report's orders, as officers read and decide them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keng.base import clock
from keng.desk.fraud.appeals import actions, queries
from keng.desk.fraud.measures import queries as measure_queries
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.keys.queries import store
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, signed_in


@require_POST
@signed_in
def decide(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Grant or reject an appeal, with a reason that its writer reads."""
    officer = officer_of(request)
    code, measure = queries.codes_of(officer, "appeals.decide", ident)
    grant = request.POST.get("way") == "grant"
    reason, wrong = request.POST.get("reason", ""), request.POST.get("wrong", "")
    attempt(
        request,
        _("Đã ghi quyết định về khiếu nại."),
        lambda: actions.decide(officer, ident, grant=grant, reason=reason, wrong=wrong, now=clock.now()),
    )
    return _back(request, code, measure)


@require_POST
@signed_in
def confirm_holder(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Note that a partner confirms the writer as the person affected."""
    officer = officer_of(request)
    code, measure = queries.codes_of(officer, "appeals.confirm_holder", ident)
    partner, reference = request.POST.get("partner", ""), request.POST.get("reference", "")
    attempt(
        request,
        _("Đã ghi xác nhận của đối tác."),
        lambda: actions.confirm_holder(officer, ident, partner, reference, now=clock.now()),
    )
    return _back(request, code, measure)


def _back(request: HttpRequest, report_code: str, measure_code: str) -> HttpResponse:
    if request.POST.get("back") == "measure":
        return redirect("officers:measure", code=measure_code)
    return redirect("officers:report", code=report_code)


def shown_appeals(officer: Officer, report: Report) -> list[dict[str, Any]]:
    """The appeals for officers/appeals.html. The look at the report, which is in the ledger, covers them."""
    if not rights.is_allowed(officer, "appeals.read"):
        return []
    found = queries.of_report(officer, report.pk, store())
    partners = measure_queries.partners_of([one.measure.pk for one in found])
    return [_shown(officer, one, partners.get(one.measure.pk, [])) for one in found]


def _shown(officer: Officer, one: queries.AppealFacts, partners: list[tuple[str, str]]) -> dict[str, Any]:
    is_open, took_part = one.state == "open", officer.pk in one.took_part
    may_note = is_open and one.proof.kind == "none" and rights.is_allowed(officer, "appeals.confirm_holder")
    return {
        "ident": one.id,
        "measure": one.measure.code,
        "at": one.lodged_at,
        "decide_by": one.decide_by if is_open else None,
        "text": one.text,
        "state": one.state,
        "is_again": one.is_again,
        "proof": _proof_said(one.proof, dict(partners)),
        "is_proven": one.proof.kind != "none",
        "partners": partners if may_note else [],
        "decided_at": one.decided_at,
        "decided_by": one.decided_by,
        "reason": one.decided_reason,
        "can_decide": is_open and rights.is_allowed(officer, "appeals.decide") and not took_part,
        "why_not": _("Người quyết định phải là người không tham gia vào lệnh này.") if took_part else "",
    }


def _proof_said(proof: queries.ProofFacts, partners: dict[str, str]) -> str:
    """What stands behind the writer's word."""
    match proof.kind:
        case "sign_in":
            values = {"issuer": proof.issuer, "level": proof.level, "ref": proof.reference}
            return _("Đã đăng nhập định danh: %(issuer)s, mức %(level)s, giao dịch %(ref)s") % values
        case "partner":
            values = {"partner": partners.get(proof.issuer, proof.issuer), "ref": proof.reference}
            return _("%(partner)s xác nhận, số %(ref)s") % values
    return _("Chưa chứng minh là người bị ảnh hưởng")
