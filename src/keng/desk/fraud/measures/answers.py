"""Taking what a partner answers. Every authentic answer is kept; one final answer counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng.base.errors import ConflictError, InputError, KengError, Said
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.checks import without_controls
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import DONE, UNANSWERED, Answer, Request, RequestState
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.partners.models import Partner

REFUSALS = {
    "no_money": Said("Không còn tiền trong tài khoản", "No money is left in the account"),
    "no_such_account": Said("Không có tài khoản này", "There is no such account"),
    "closed_account": Said("Tài khoản đã đóng", "The account is closed"),
    "not_our_account": Said("Tài khoản không thuộc ngân hàng này", "The account is not of this bank"),
    "no_such_number": Said("Không có số này", "There is no such number"),
    "not_our_number": Said("Số này không thuộc nhà mạng này", "The number is not of this carrier"),
    "no_such_sender": Said("Không có tên người gửi này", "There is no such sender name"),
    "not_our_sender": Said("Tên người gửi không thuộc nhà mạng này", "The sender name is not of this carrier"),
    "no_such_domain": Said("Không có tên miền này", "There is no such domain name"),
    "not_our_domain": Said("Tên miền không thuộc nơi quản lý này", "The domain name is not of this registry"),
    "no_such_page": Said("Không có trang này", "There is no such page"),
    "not_our_page": Said("Trang không thuộc nền tảng này", "The page is not on this platform"),
    "no_data": Said("Không có dữ liệu để giữ", "There is no data to keep"),
    "needs_document": Said("Cần thêm văn bản", "A further document is needed"),
    "legal_doubt": Said("Thấy chưa đủ căn cứ", "The basis is doubted"),
    "other": Said("Lý do khác", "Another reason"),
}
FOR_ANY = ("needs_document", "legal_doubt", "other")
OF_ACCOUNT = ("no_money", "no_such_account", "closed_account", "not_our_account")
REFUSALS_OF: dict[Kind, tuple[str, ...]] = {
    Kind.HOLD_FUNDS: (*OF_ACCOUNT, *FOR_ANY),
    Kind.RESTRICT_ACCOUNT: (*OF_ACCOUNT, *FOR_ANY),
    Kind.BLOCK_NUMBER: ("no_such_number", "not_our_number", *FOR_ANY),
    Kind.BLOCK_SENDER: ("no_such_sender", "not_our_sender", *FOR_ANY),
    Kind.SUSPEND_DOMAIN: ("no_such_domain", "not_our_domain", *FOR_ANY),
    Kind.TAKE_DOWN_PAGE: ("no_such_page", "not_our_page", *FOR_ANY),
    Kind.PRESERVE_DATA: ("no_data", *FOR_ANY),
}
APPLIED = ("state", "reference", "note", "held_amount", "refusal", "answered_at", "answered_version")
"""What an answer that counts changes of its request."""
AT_ONCE = 500  # answers of one transaction
NOT_OURS = tuple(code for code in REFUSALS if code.startswith("not_our_"))
"""Refusals that say only that somebody else serves the object: one of many carriers that were asked at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as read from the wire. `version` is that of the request as the partner knew it; None: the first."""

    status: str
    held_amount: int | None
    reason: str | None
    note: str | None
    reference: str | None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """An answer to one request, under the id that makes it known again."""

    message_id: str
    request_id: UUID
    told: Told


def take(partner: Partner, message_id: str, request_id: UUID, told: Told, *, now: datetime, actor: str = "") -> Request:
    """Record a partner's answer. An answer that does not count is kept all the same, before the error is raised.

    `actor`: the clerk who wrote it; without one the ledger names the partner.

    Raises ConflictError `webhook_id_seen`, `already_answered`; InputError `no_such_request`, `bad_answer`.
    """
    told = _storable(told)
    with transaction.atomic():
        partners.take_once(partner, message_id, "request_answer", now=now)
        request = (
            Request.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=request_id, partner=partner)
            .select_related("measure")
            .first()
        )
        problem = _problem(request, told, now)
        answer = _answer(partner, message_id, request, told, problem, now)
        answer.save(force_insert=True)
        if problem is None and request is not None:
            _apply(request, told, now)
            request.save(update_fields=APPLIED)
        ledger.record_many([_happening(answer, actor, now)])
    if problem is not None:
        raise problem
    assert request is not None  # noqa: S101 - a missing request is a problem
    return request


def take_all(
    partner: Partner, incoming: Sequence[Incoming], *, now: datetime, actor: str = ""
) -> list[Request | KengError]:
    """Record many answers of one partner, in their order: for each what `take` returns, or the error that it raises.

    Every `AT_ONCE` of them are one transaction of a handful of queries: whoever is stopped in between sends all again.
    """
    parts = (incoming[first : first + AT_ONCE] for first in range(0, len(incoming), AT_ONCE))
    return [outcome for part in parts for outcome in _take_part(partner, part, now, actor)]


def note_delivered(request_id: UUID, *, now: datetime) -> None:
    """Note that a message about the request arrived at the partner. A later state is never undone."""
    note_all_delivered([request_id], now=now)


@transaction.atomic
def note_all_delivered(request_ids: Collection[UUID], *, now: datetime) -> None:
    """The same for many at once; always locked in one order, so that two workers cannot wait for each other."""
    told = (
        Request.objects.select_for_update(no_key=True)
        .filter(pk__in=request_ids)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    ids = list(told)
    Request.objects.filter(pk__in=ids, delivered_at=None).update(delivered_at=now)
    Request.objects.filter(pk__in=ids, state=RequestState.ASKED).update(state=RequestState.DELIVERED)


def _storable(told: Told) -> Told:
    """The answer without the control characters that no database stores."""
    words = {name: getattr(told, name) for name in ("status", "reason", "note", "reference")}
    return replace(told, **{name: without_controls(value) for name, value in words.items() if value})


def _problem(request: Request | None, told: Told, now: datetime) -> KengError | None:
    """Why this answer cannot count; None if it can."""
    if request is None:
        return InputError("no_such_request", refusals.NO_REQUEST)
    unreadable = _unreadable(request, told)
    if unreadable:
        return unreadable
    if told.status == RequestState.RELEASED:
        over = request.until <= now
        return None if over else InputError("bad_answer", refusals.NOT_OVER, field="status")
    return None if _is_open(request, told) else ConflictError("already_answered", refusals.ANSWERED_ALREADY)


def _is_open(request: Request, told: Told) -> bool:
    """True if no final answer counts yet, or a newer version of the request is answered anew (taken up again)."""
    if request.state in UNANSWERED:
        return True
    return request.answered_version < (told.version or 0) <= request.version and told.status != RequestState.RECEIVED


def _unreadable(request: Request, told: Told) -> InputError | None:
    if told.status in ("received", "released"):
        return None
    if told.status == RequestState.REFUSED:
        return _bad_refusal(request, told)
    if told.status not in DONE:
        return InputError("bad_answer", refusals.BAD_STATUS, field="status")
    return _bad_amount(request, told) if request.measure.amount is not None else _bad_extent(told)


def _bad_refusal(request: Request, told: Told) -> InputError | None:
    known = told.reason in REFUSALS_OF[Kind(request.measure.kind)] and (told.reason != "other" or bool(told.note))
    return None if known else InputError("bad_answer", refusals.BAD_REFUSAL, field="reason")


def _bad_amount(request: Request, told: Told) -> InputError | None:
    """Of a hold: the whole amount, or a part of it."""
    amount, held = request.measure.amount, told.held_amount
    fits = held == amount if told.status == RequestState.EXECUTED else held is not None and 0 < held < amount
    return None if fits else InputError("bad_answer", refusals.BAD_HELD, field="held_amount")


def _bad_extent(told: Told) -> InputError | None:
    """Of every other measure: no money, and words for what a part was."""
    if told.held_amount is not None:
        return InputError("bad_answer", refusals.NO_HELD, field="held_amount")
    if told.status == RequestState.PART and not (told.note or "").strip():
        return InputError("bad_answer", refusals.PART_NEEDS_NOTE, field="note")
    return None


def _apply(request: Request, told: Told, now: datetime) -> None:
    request.state = RequestState(told.status)
    request.reference = told.reference or request.reference
    request.note = told.note or request.note
    if told.status in (*DONE, RequestState.REFUSED):
        request.refusal = (told.reason or "") if told.status == RequestState.REFUSED else ""
    if told.status in (*DONE, RequestState.REFUSED):
        request.held_amount = told.held_amount or 0
        request.answered_at = now
        request.answered_version = min(told.version or 1, request.version)  # nobody answers what was not asked yet


def _answer(
    partner: Partner, message_id: str, request: Request | None, told: Told, problem: KengError | None, now: datetime
) -> Answer:
    """The row that keeps what was told; not written yet."""
    return Answer(
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


def _happening(answer: Answer, actor: str, now: datetime) -> ledger.Happening:
    request = answer.request
    return ledger.Happening(
        actor=actor or f"partner:{answer.partner_id}",
        verb="measures.answer",
        subject=request.subject if request else f"answer:{answer.pk}",
        about=f"report:{request.measure.report_id}" if request else None,
        data={"status": answer.status, "held": answer.held_amount, "outcome": answer.outcome},
        at=now,
    )


@transaction.atomic
def _take_part(partner: Partner, incoming: Sequence[Incoming], now: datetime, actor: str) -> list[Request | KengError]:
    new = partners.take_all_once(partner, [one.message_id for one in incoming], "request_answer", now=now)
    asked = _locked(partner, {one.request_id for one in incoming})
    kept: list[Answer] = []
    counted: dict[UUID, Request] = {}
    outcomes: list[Request | KengError] = []
    for one in incoming:
        if one.message_id not in new:
            outcomes.append(partners.id_seen())
            continue
        new.remove(one.message_id)  # the same once more in this part came before
        told, request = _storable(one.told), asked.get(one.request_id)
        problem = _problem(request, told, now)
        if request is not None and problem is None:
            _apply(request, told, now)
            counted[request.pk] = request
        kept.append(_answer(partner, one.message_id, request, told, problem, now))
        outcomes.append(problem or counted[one.request_id])
    Answer.objects.bulk_create(kept)
    Request.objects.bulk_create(counted.values(), update_conflicts=True, unique_fields=["id"], update_fields=APPLIED)
    ledger.record_many(_happening(answer, actor, now) for answer in kept)
    return outcomes


def _locked(partner: Partner, request_ids: Collection[UUID]) -> dict[UUID, Request]:
    """The partner's own among these, locked in the order in which everybody locks requests."""
    rows = Request.objects.select_for_update(of=("self",), no_key=True).filter(partner=partner, pk__in=request_ids)
    needed = (field.attname for field in Request._meta.concrete_fields)
    rows = rows.select_related("measure").only(*needed, "measure__kind", "measure__amount", "measure__report_id")
    return {row.pk: row for row in rows.order_by("pk")}
