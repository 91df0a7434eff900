"""A measure as officers see it: what stands, what speaks against it, what this officer may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from keng.base.errors import Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.measures import board, notices, queries
from keng.desk.fraud.measures.answers import REFUSALS
from keng.desk.fraud.measures.kinds import SAID, Kind, scope_said
from keng.desk.fraud.measures.models import (
    SENT_STATES,
    UNANSWERED,
    Measure,
    MeasureState,
    Renewal,
    RenewalState,
    Request,
    RequestState,
    Wrong,
)
from keng.desk.fraud.measures.renewing import renewals_left
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.sign_words import shown_citation
from keng.vietnam import rules

CHIPS = {
    MeasureState.PROPOSED: "unconfirmed",
    MeasureState.UNCONFIRMED: "unconfirmed",
    MeasureState.ACTIVE: "confirmed",
    MeasureState.DECLINED: "declined",
    MeasureState.LAPSED: "over",
    MeasureState.ENDED: "over",
    MeasureState.LIFTED: "lifted",
    MeasureState.WITHDRAWN: "withdrawn",
}
REQUEST_CHIPS = {
    RequestState.ASKED: "sending",
    RequestState.DELIVERED: "waiting",
    RequestState.RECEIVED: "received",
    RequestState.EXECUTED: "done",
    RequestState.PART: "done_part",
    RequestState.REFUSED: "refused",
    RequestState.RELEASED: "lifted",
}
RENEWAL_CHIPS = {
    RenewalState.PROPOSED: "unconfirmed",
    RenewalState.APPROVED: "confirmed",
    RenewalState.DECLINED: "declined",
    RenewalState.LAPSED: "over",
}
CLASSES = {
    Wrong.OBJECT: Said("Nhầm đối tượng", "Wrong object"),
    Wrong.PERSON: Said("Nhầm người", "Wrong person"),
    Wrong.NO_FRAUD: Said("Không phải lừa đảo", "No fraud"),
    Wrong.TOO_MUCH: Said("Quá mức cần thiết", "More than needed"),
    Wrong.NO_BASIS: Said("Thiếu căn cứ", "Basis missing"),
    Wrong.OTHER: Said("Sai vì lý do khác", "Wrong for another reason"),
}


def shown_measure(
    officer: Officer, measure: Measure, now: datetime, language: str, *, on_own_page: bool = False
) -> dict[str, Any]:
    """A measure for officers/measure_block.html."""
    state = queries.state_now(measure, now)
    basis = rules.find_basis(measure.basis, day_in_vietnam(measure.proposed_at))
    scope = scope_said(measure.scope)
    waits = state in (MeasureState.PROPOSED, MeasureState.UNCONFIRMED)
    is_mine = measure.proposed_by_id == officer.pk
    may = rights.is_allowed(officer, "measures.approve")
    may_withdraw = rights.is_allowed(officer, "measures.withdraw")
    return {
        "code": measure.code,
        "kind": measure.kind,
        "label": SAID[Kind(measure.kind)].in_language(language),
        "object": notices.object_said(measure),
        "state": CHIPS[state],
        "amount": measure.amount,
        "scope": scope.in_language(language) if scope else "",
        "basis": basis.said.in_language(language) if basis else measure.basis,
        "basis_source": "",
        "basis_confirmed": bool(basis and basis.confirmed_by),
        "document": _document(measure),
        "suggested_by": measure.suggested_by,
        "finding": shown_citation(measure),
        "reason": measure.reason,
        "proposer": measure.proposed_by.display_name,
        "proposed_at": measure.proposed_at,
        "approver": measure.decided_by.display_name if measure.decided_by else "",
        "decided_at": measure.decided_at,
        "decision_reason": measure.decided_reason,
        "withdrawn_at": measure.closed_at if state == MeasureState.WITHDRAWN else None,
        "falls_at": measure.confirm_by if state == MeasureState.UNCONFIRMED else None,
        "until": measure.ends_at if state == MeasureState.ACTIVE else None,
        "over_at": queries.over_at(measure, now),
        "lift_reason": measure.lift_reason,
        "wrong": CLASSES[Wrong(measure.wrong)].in_language(language) if measure.wrong else "",
        "notice_delayed_to": measure.notice_delayed_to if notices.is_delayed(measure, now) else None,
        "notice_delay_reason": measure.notice_delay_reason,
        "carried": carried_said(measure, now),
        "against": _against(measure, now) if waits else [],
        "can_decide": waits and may and not is_mine,
        "why_not": _("Người thứ hai phải là người khác.") if waits and may and is_mine else "",
        "can_withdraw": is_mine and state == MeasureState.PROPOSED and may_withdraw,
        "can_release": state in SENT_STATES and rights.is_allowed(officer, "measures.lift"),
        "classes": wrong_choices(language),
        "questions": [one for row in measure.requests.all() for one in row.questions.all()],
        "can_reply": rights.is_allowed(officer, "requests.reply"),
        "back": {"back": "measure"} if on_own_page else {},
        "requests": [_request(row, measure, now, language) for row in measure.requests.all()],
        "renewals": [_renewal(row, officer, state) for row in measure.renewals.all()],
    }


def shown_renewing(officer: Officer, measure: Measure, now: datetime) -> dict[str, Any]:
    """Whether this officer may propose a renewal, and how many are left."""
    active = queries.state_now(measure, now) == MeasureState.ACTIVE
    left = renewals_left(measure, now)
    waits = any(one.state == RenewalState.PROPOSED for one in measure.renewals.all())
    may = rights.is_allowed(officer, "measures.propose_renewal")
    return {"can_renew": active and may and left > 0 and not waits, "left": left}


def carried_said(measure: Measure, now: datetime) -> str:
    """How far the partners are, in words: `in force at 2 of 3`."""
    state = board.carried(measure, now)
    if not state.asked or queries.state_now(measure, now) not in SENT_STATES:
        return ""
    if state.serving == 0:
        return _("Không nơi nào quản lý đối tượng này.")
    return _("Đang thực hiện ở %(done)d/%(all)d nơi") % {"done": state.done, "all": state.serving}


def wrong_choices(language: str) -> list[tuple[str, str]]:
    """The closed list of why a measure was wrong."""
    return [(one.value, said.in_language(language)) for one, said in CLASSES.items()]


def _document(measure: Measure) -> str:
    if not measure.document_date:
        return ""
    values = {"number": measure.document_number, "body": measure.document_body}
    return _("số %(number)s ngày %(day)s, %(body)s") % {"day": f"{measure.document_date:%d/%m/%Y}", **values}


def _renewal(renewal: Renewal, officer: Officer, state: MeasureState) -> dict[str, Any]:
    waits = renewal.state == RenewalState.PROPOSED and state == MeasureState.ACTIVE
    is_mine = renewal.proposed_by_id == officer.pk
    may = rights.is_allowed(officer, "measures.approve_renewal")
    shown = RenewalState(renewal.state) if waits or renewal.state != RenewalState.PROPOSED else RenewalState.LAPSED
    return {
        "ident": renewal.pk,
        "number": renewal.number,
        "reason": renewal.reason,
        "state": RENEWAL_CHIPS[shown],
        "proposer": renewal.proposed_by.display_name,
        "proposed_at": renewal.proposed_at,
        "decided_at": renewal.decided_at,
        "decision_reason": renewal.decided_reason,
        "until": renewal.ends_after,
        "can_decide": waits and may and not is_mine,
        "why_not": _("Người thứ hai phải là người khác.") if waits and may and is_mine else "",
    }


def _request(request: Request, measure: Measure, now: datetime, language: str) -> dict[str, Any]:
    refusal = REFUSALS.get(request.refusal)
    strays = [answer for answer in request.answers.all() if answer.outcome != "counted"]
    is_hold = measure.amount is not None
    return {
        "partner": request.partner.name,
        "amount": measure.amount,
        "state": _request_chip(request, is_hold=is_hold, now=now),
        "answer_by": request.answer_by if request.state in UNANSWERED and now < request.until else None,
        "reminded_at": request.reminded_at,
        "answered_at": request.answered_at,
        "version": request.version,
        "held": queries.held_now(request, now) if is_hold and request.answered_at else None,
        "reference": request.reference,
        "reason": refusal.in_language(language) if refusal else "",
        "note": request.note,
        "error": _("Đối tác còn gửi %(n)d câu trả lời khác, không được tính") % {"n": len(strays)} if strays else "",
    }


def _request_chip(request: Request, *, is_hold: bool, now: datetime) -> str:
    if queries.is_overdue(request, now):
        return "late"
    if request.refusal:  # a later release does not make it done
        return REQUEST_CHIPS[RequestState.REFUSED]
    if is_hold and request.state in (RequestState.EXECUTED, RequestState.PART):
        return str(RequestState(request.state).value)
    return REQUEST_CHIPS[RequestState(request.state)]


def _against(measure: Measure, now: datetime) -> list[str]:
    """What speaks against the measure, from the evidence."""
    doubts = [_("Người báo chưa được xác minh là ai.")]
    found = reports.evidence_for(measure.report_id, measure.object_value, measure.object_kind)
    is_account = measure.object_kind == "account"
    if found.other_reports == 0:
        doubts.append(
            _("Chưa có báo cáo nào khác nêu tài khoản này.")
            if is_account
            else _("Chưa có báo cáo nào khác nêu đối tượng này.")
        )
    if not found.in_text:
        doubts.append(_("Tài khoản do người báo gõ vào, không có trong tin nhắn đã dán."))
    if found.p is not None:
        doubts.append(_doubt_of_reading(round(found.p * 100), is_account=is_account))
    loss = getattr(measure.report, "loss", None)
    minutes = int((now - loss.sent_at).total_seconds() // 60) if loss and measure.kind == Kind.HOLD_FUNDS else 0
    if minutes > 60:
        doubts.append(_("Tiền đã chuyển %(n)d phút trước; phần lớn có thể đã đi tiếp.") % {"n": minutes})
    if measure.suggested_by:
        doubts.append(_("Gợi ý đến từ một chương trình (%(engine)s), có thể sai.") % {"engine": measure.suggested_by})
    return doubts


def _doubt_of_reading(percent: int, *, is_account: bool) -> str:
    if is_account:
        return _("Dãy số này có thể không phải số tài khoản (khả năng đúng %(p)d %%).") % {"p": percent}
    return _("Máy có thể đọc nhầm đối tượng này (khả năng đúng %(p)d %%).") % {"p": percent}
