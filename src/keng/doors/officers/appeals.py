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
    rights.require(officer, "appeals.decide")
    code = queries.report_code_of(ident)
    grant = request.POST.get("way") == "grant"
    reason = request.POST.get("reason", "")
    attempt(
        request,
        _("Đã ghi quyết định về khiếu nại."),
        lambda: actions.decide(officer, ident, grant=grant, reason=reason, now=clock.now()),
    )
    return redirect("officers:report", code=code)


def shown_appeals(officer: Officer, report: Report) -> list[dict[str, Any]]:
    """The appeals for officers/appeals.html. The look at the report, which is in the ledger, covers them."""
    if not rights.is_allowed(officer, "appeals.read"):
        return []
    may = rights.is_allowed(officer, "appeals.decide")
    return [
        {
            "ident": one.id,
            "measure": one.measure.code,
            "at": one.lodged_at,
            "text": one.text,
            "state": one.state,
            "decided_at": one.decided_at,
            "decided_by": one.decided_by,
            "reason": one.decided_reason,
            "can_decide": may and one.state == "open" and officer.pk not in one.took_part,
            "why_not": _("Người quyết định phải là người không tham gia vào lệnh này.")
            if officer.pk in one.took_part
            else "",
        }
        for one in queries.of_report(officer, report.pk, store())
    ]
