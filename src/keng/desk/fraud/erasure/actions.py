"""What can be done: ask for erasure, grant or refuse it, place a legal hold, release it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from keng.base import identifiers
from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.desk.fraud.campaigns import following as campaigns
from keng.desk.fraud.erasure.models import Erasure, ErasureState, LegalHold
from keng.desk.fraud.erasure.queries import why_kept
from keng.desk.fraud.jurisdiction import pruning as jurisdiction
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports.models import ErasedWhy, Report
from keng.desk.fraud.reports.scope import within
from keng.desk.fraud.reports.sealed import ERASED, unlock
from keng.desk.ground.citizens import pruning as citizens
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

MAX_REASON = 500

NO_REASON = Said("Hãy nêu lý do.", "Give a reason.")
NO_ERASURE = Said("Không có yêu cầu xoá này.", "There is no such request for erasure.")
NO_HOLD = Said("Không có lệnh lưu giữ này đang hiệu lực.", "There is no such legal hold in force.")
ASKED_ALREADY = Said(
    "Bạn đã xin xoá rồi; cán bộ sẽ trả lời.", "You have asked for this already; an officer will answer."
)
DECIDED_ALREADY = Said("Yêu cầu này đã được trả lời.", "This request was answered already.")


def ask(receipt: str, keys: KeyStore, *, now: datetime) -> Erasure:
    """The holder of the receipt asks that the report be erased.

    Raises InputError `no_receipt`, ConflictError `erased`, `asked_already`.
    """
    report = reports.report_of(receipt)
    try:
        with transaction.atomic():
            return _ask(report, identifiers.read_receipt(receipt) or "", keys, now)
    except IntegrityError as error:
        raise ConflictError("asked_already", ASKED_ALREADY) from error


def _ask(report: Report, receipt: str, keys: KeyStore, now: datetime) -> Erasure:
    if report.erased_at:
        raise ConflictError("erased", ERASED)
    proof = hmac.new(receipt.encode(), unlock(report, keys).original(), hashlib.sha256).digest()
    answer_by = rules.due("erasure.answer_within", now)
    erasure = Erasure.objects.create(report=report, asked_at=now, answer_by=answer_by, proof=proof)
    _record("erasure.ask", "reporter", erasure.subject, report, now, hmac=proof.hex())
    return erasure


@transaction.atomic
def grant(officer: Officer, erasure_id: UUID, reason: str, *, now: datetime) -> Erasure:
    """Destroy what the reporter asked to have destroyed, for good.

    Raises RefusedError `kept` while a measure, an appeal or a legal hold is open, ConflictError `decided_already`.
    """
    erasure = _get(officer, erasure_id)
    report = Report.objects.select_for_update().get(pk=erasure.report_id)
    if said := why_kept(report.pk):
        raise RefusedError("kept", said)
    _decide(erasure, officer, ErasureState.GRANTED, reason.strip(), now)
    destroy(report, ErasedWhy.REQUEST, actor=officer.actor, now=now)
    _record("erasure.grant", officer.actor, erasure.subject, report, now, hmac=bytes(erasure.proof).hex())
    return erasure


@transaction.atomic
def destroy(report: Report, why: ErasedWhy, *, actor: str, now: datetime) -> bool:
    """Erase a report and what other tables hold of it: what campaigns keep of its text, words of its handovers, its place in
    a citizen's list. False: it was erased before.

    Whether it may be erased is for the caller to check, in this transaction.
    """
    campaigns.forget(report.pk)
    if reports.erase(report.pk, why, actor=actor, now=now) is None:
        return False
    jurisdiction.empty_words(report.pk)
    citizens.detach([report.subject])
    return True


@transaction.atomic
def refuse(officer: Officer, erasure_id: UUID, reason: str, *, now: datetime) -> Erasure:
    """Say no, with a reason that the reporter reads; the reporter may ask again. Raises InputError `no_reason`, ConflictError."""
    erasure = _get(officer, erasure_id)
    _decide(erasure, officer, ErasureState.REFUSED, _reason(reason), now)
    _record("erasure.refuse", officer.actor, erasure.subject, erasure.report, now)
    return erasure


@transaction.atomic
def place_hold(officer: Officer, report_id: UUID, reason: str, *, now: datetime) -> LegalHold:
    """Keep everything of a report until the hold is released. Raises InputError `no_reason`, ConflictError `erased`."""
    report = reports.get_report_for(officer, "erasure.hold", report_id, locked=True)
    if report.erased_at:
        raise ConflictError("erased", ERASED)
    hold = LegalHold.objects.create(report=report, reason=_reason(reason), placed_by=officer, placed_at=now)
    _record("erasure.place_hold", officer.actor, hold.subject, report, now)
    return hold


@transaction.atomic
def release_hold(officer: Officer, hold_id: UUID, reason: str, *, now: datetime) -> LegalHold:
    """The hold stands no more. Raises InputError `no_reason`, ConflictError `no_hold`."""
    rights.require(officer, "erasure.hold")
    mine = within(officer, "erasure.hold", at="report__")
    held = LegalHold.objects.filter(mine, pk=hold_id, released_at=None).values_list("pk", flat=True).first()
    standing = LegalHold.objects.filter(pk=held, released_at=None)
    if standing.update(released_at=now, released_by=officer, released_reason=_reason(reason)) != 1:
        raise ConflictError("no_hold", NO_HOLD)
    hold = LegalHold.objects.select_related("report").get(pk=hold_id)
    _record("erasure.release_hold", officer.actor, hold.subject, hold.report, now)
    return hold


def _get(officer: Officer, erasure_id: UUID) -> Erasure:
    """The request, if the officer may decide on it. Raises InputError `no_erasure`."""
    rights.require(officer, "erasure.decide")
    mine = within(officer, "erasure.decide", at="report__")
    erasure = Erasure.objects.select_related("report").filter(mine, pk=erasure_id).first()
    if erasure is None:
        raise InputError("no_erasure", NO_ERASURE)
    return erasure


def _decide(erasure: Erasure, officer: Officer, state: ErasureState, reason: str, now: datetime) -> None:
    """Answer an open request, if nobody else did since."""
    changes = {"state": state, "decided_by": officer, "decided_at": now, "decided_reason": reason[:MAX_REASON]}
    if Erasure.objects.filter(pk=erasure.pk, state=ErasureState.OPEN).update(**changes) != 1:
        raise ConflictError("decided_already", DECIDED_ALREADY)
    erasure.refresh_from_db()


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InputError("no_reason", NO_REASON, field="reason")
    return reason.strip()[:MAX_REASON]


def _record(verb: str, actor: str, subject: str, report: Report, now: datetime, **data: object) -> None:
    ledger.record(actor=actor, verb=verb, subject=subject, about=report.subject, data=data, at=now)
