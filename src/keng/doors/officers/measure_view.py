"""A measure as officers see it: what stands, what speaks against it, what this officer may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from keng.desk.fraud.measures import queries
from keng.desk.fraud.measures.answers import REFUSALS
from keng.desk.fraud.measures.models import SENT_STATES, UNANSWERED, Measure, MeasureState, Request, RequestState
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

CHIPS = {
    MeasureState.PROPOSED: "unconfirmed",
    MeasureState.UNCONFIRMED: "unconfirmed",
    MeasureState.ACTIVE: "confirmed",
    MeasureState.DECLINED: "declined",
    MeasureState.LAPSED: "expired",
    MeasureState.ENDED: "expired",
    MeasureState.LIFTED: "released",
}
REQUEST_CHIPS = {
    RequestState.ASKED: "sending",
    RequestState.DELIVERED: "waiting",
    RequestState.RECEIVED: "received",
    RequestState.EXECUTED: "executed",
    RequestState.PART: "part",
    RequestState.REFUSED: "refused",
    RequestState.RELEASED: "released",
}


def shown_measure(officer: Officer, measure: Measure, now: datetime, language: str) -> dict[str, Any]:
    """A measure for officers/report_live.html."""
    state = queries.state_now(measure, now)
    basis = rules.find_basis(measure.basis, measure.proposed_at.date())
    waits = state in (MeasureState.PROPOSED, MeasureState.UNCONFIRMED)
    is_mine = measure.proposed_by_id == officer.pk
    may = rights.is_allowed(officer, "measures.approve")
    return {
        "code": measure.code,
        "label": _("Giữ tiền"),
        "state": CHIPS[state],
        "amount": measure.amount,
        "basis": basis.said.in_language(language) if basis else measure.basis,
        "basis_source": "",
        "basis_confirmed": bool(basis and basis.confirmed_by),
        "reason": measure.reason,
        "proposer": measure.proposed_by.display_name,
        "proposed_at": measure.proposed_at,
        "approver": measure.decided_by.display_name if measure.decided_by else "",
        "decided_at": measure.decided_at,
        "decision_reason": measure.decided_reason,
        "falls_at": measure.confirm_by if state == MeasureState.UNCONFIRMED else None,
        "hold_until": measure.ends_at if state == MeasureState.ACTIVE else None,
        "against": _against(measure, now) if waits else [],
        "can_decide": waits and may and not is_mine,
        "why_not": _("Người thứ hai phải là người khác.") if waits and may and is_mine else "",
        "can_release": state in SENT_STATES and rights.is_allowed(officer, "measures.lift"),
        "requests": [_request(row, measure, now, language) for row in measure.requests.all()],
    }


def _request(request: Request, measure: Measure, now: datetime, language: str) -> dict[str, Any]:
    refusal = REFUSALS.get(request.refusal)
    strays = [answer for answer in request.answers.all() if answer.outcome != "counted"]
    state = "late" if queries.is_overdue(request, now) else REQUEST_CHIPS[RequestState(request.state)]
    return {
        "partner": request.partner.name,
        "account": measure.account,
        "amount": measure.amount,
        "state": state,
        "answer_by": request.answer_by if request.state in UNANSWERED and now < request.hold_until else None,
        "answered_at": request.answered_at,
        "held": queries.held_now(request, now) if request.answered_at else None,
        "reference": request.reference,
        "reason": refusal.in_language(language) if refusal else "",
        "note": request.note,
        "error": _("Ngân hàng còn gửi %(n)d câu trả lời khác, không được tính") % {"n": len(strays)} if strays else "",
    }


def _against(measure: Measure, now: datetime) -> list[str]:
    """What speaks against the measure, from the evidence."""
    doubts = [_("Người báo chưa được xác minh là ai.")]
    found = reports.evidence_for(measure.report_id, measure.account)
    if found.other_reports == 0:
        doubts.append(_("Chưa có báo cáo nào khác nêu tài khoản này."))
    if not found.in_text:
        doubts.append(_("Tài khoản do người báo gõ vào, không có trong tin nhắn đã dán."))
    if found.p is not None:
        doubts.append(
            _("Dãy số này có thể không phải số tài khoản (khả năng đúng %(p)d %%).") % {"p": round(found.p * 100)}
        )
    minutes = int((now - measure.report.loss.sent_at).total_seconds() // 60)
    if minutes > 60:
        doubts.append(_("Tiền đã chuyển %(n)d phút trước; phần lớn có thể đã đi tiếp.") % {"n": minutes})
    return doubts
