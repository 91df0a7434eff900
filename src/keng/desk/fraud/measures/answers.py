"""Taking what a partner answers. Every authentic answer is kept; one final answer counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng.base.errors import ConflictError, InputError, KengError, Said
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.models import HOLDING, UNANSWERED, Answer, Request, RequestState
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.partners.models import Partner

REFUSALS = {
    "no_money": Said("Không còn tiền trong tài khoản", "No money is left in the account"),
    "no_such_account": Said("Không có tài khoản này", "There is no such account"),
    "closed_account": Said("Tài khoản đã đóng", "The account is closed"),
    "not_our_account": Said("Tài khoản không thuộc ngân hàng này", "The account is not of this bank"),
    "needs_document": Said("Ngân hàng cần thêm văn bản", "The bank needs a further document"),
    "legal_doubt": Said("Ngân hàng thấy chưa đủ căn cứ", "The bank doubts the basis"),
    "other": Said("Lý do khác", "Another reason"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as read from the wire. `version` is that of the request as the partner knew it; None: the first."""

    status: str
    held_amount: int | None
    reason: str | None
    note: str | None
    reference: str | None
    version: int | None = None


def take(partner: Partner, message_id: str, request_id: UUID, told: Told, *, now: datetime) -> Request:
    """Record a partner's answer. An answer that does not count is kept all the same, before the error is raised.

    Raises ConflictError `webhook_id_seen`, `already_answered`; InputError `no_such_request`, `bad_answer`.
    """
    with transaction.atomic():
        partners.take_once(partner, message_id, "request_answer", now=now)
        request = (
            Request.objects.select_for_update().filter(pk=request_id, partner=partner).select_related("measure").first()
        )
        problem = _problem(request, told, now)
        answer = _keep(partner, message_id, request, told, problem, now)
        if problem is None and request is not None:
            _apply(request, told, now)
        _record(answer, request, now)
    if problem is not None:
        raise problem
    assert request is not None  # noqa: S101 - a missing request is a problem
    return request


def note_delivered(request_id: UUID, *, now: datetime) -> None:
    """Note that a message about the request arrived at the partner. A later state is never undone."""
    note_all_delivered([request_id], now=now)


@transaction.atomic
def note_all_delivered(request_ids: Collection[UUID], *, now: datetime) -> None:
    """The same for many at once; always locked in one order, so that two workers cannot wait for each other."""
    told = Request.objects.select_for_update().filter(pk__in=request_ids).order_by("pk").values_list("pk", flat=True)
    ids = list(told)
    Request.objects.filter(pk__in=ids, delivered_at=None).update(delivered_at=now)
    Request.objects.filter(pk__in=ids, state=RequestState.ASKED).update(state=RequestState.DELIVERED)


def _problem(request: Request | None, told: Told, now: datetime) -> KengError | None:
    """Why this answer cannot count; None if it can."""
    if request is None:
        return InputError("no_such_request", refusals.NO_REQUEST)
    unreadable = _unreadable(request, told)
    if unreadable:
        return unreadable
    if told.status == RequestState.RELEASED:
        over = request.hold_until <= now
        return None if over else InputError("bad_answer", refusals.NOT_OVER, field="status")
    return None if _is_open(request, told) else ConflictError("already_answered", refusals.ANSWERED_ALREADY)


def _is_open(request: Request, told: Told) -> bool:
    """True if no final answer counts yet, or a newer version of the request is answered anew (a hold taken up again)."""
    if request.state in UNANSWERED:
        return True
    return request.answered_version < (told.version or 0) <= request.version and told.status != RequestState.RECEIVED


def _unreadable(request: Request, told: Told) -> InputError | None:
    amount, held = request.measure.amount, told.held_amount
    match told.status:
        case "received" | "released":
            return None
        case "executed":
            fits = held == amount
        case "part":
            fits = held is not None and 0 < held < amount
        case "refused":
            known = told.reason in REFUSALS and (told.reason != "other" or bool(told.note))
            return None if known else InputError("bad_answer", refusals.BAD_REFUSAL, field="reason")
        case _:
            return InputError("bad_answer", refusals.BAD_STATUS, field="status")
    return None if fits else InputError("bad_answer", refusals.BAD_HELD, field="held_amount")


def _apply(request: Request, told: Told, now: datetime) -> None:
    request.state = RequestState(told.status)
    request.reference = told.reference or request.reference
    request.note = told.note or request.note
    if told.status == RequestState.REFUSED:
        request.refusal = told.reason or ""
    if told.status in (*HOLDING, RequestState.REFUSED):
        request.held_amount = told.held_amount or 0
        request.answered_at = now
        request.answered_version = told.version or 1
    request.save(
        update_fields=["state", "reference", "note", "held_amount", "refusal", "answered_at", "answered_version"]
    )


def _keep(
    partner: Partner, message_id: str, request: Request | None, told: Told, problem: KengError | None, now: datetime
) -> Answer:
    return Answer.objects.create(
        request=request,
        partner=partner,
        message_id=message_id,
        received_at=now,
        status=told.status[:12],
        held_amount=told.held_amount or 0,
        reason=(told.reason or "")[:40],
        note=(told.note or "")[:500],
        reference=(told.reference or "")[:100],
        outcome=problem.code if problem else "counted",
    )


def _record(answer: Answer, request: Request | None, now: datetime) -> None:
    ledger.record(
        actor=f"partner:{answer.partner_id}",
        verb="measures.answer",
        subject=request.subject if request else f"answer:{answer.pk}",
        about=f"report:{request.measure.report_id}" if request else None,
        data={"status": answer.status, "held": answer.held_amount, "outcome": answer.outcome},
        at=now,
    )
