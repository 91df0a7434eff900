"""What can be done about an appeal: lodge it, decide it. Granting it lifts the hold in the same transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng.base import identifiers, sealing
from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.desk.fraud.appeals.models import Appeal, AppealState
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures import queries as measure_queries
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports.submission import check_text
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.keys.actions import SealedKind
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

MAX_REASON = 500

TOO_MANY = Said(
    "Lệnh này đang có nhiều khiếu nại chờ quyết định. Hãy chờ trả lời rồi viết tiếp.",
    "Several appeals against this order wait for a decision already. Wait for the answer before writing again.",
)
NO_APPEAL = Said("Không có khiếu nại này.", "There is no such appeal.")
NO_REASON = Said("Hãy nêu lý do.", "Give a reason.")
TOOK_PART = Said(
    "Người đã đề nghị hoặc xác nhận lệnh không được quyết định khiếu nại về lệnh đó.",
    "Whoever proposed or confirmed the order cannot decide the appeal against it.",
)
DECIDED_ALREADY = Said("Khiếu nại này đã được quyết định.", "This appeal was decided already.")


@transaction.atomic
def lodge(measure_code: str, text: str, keys: KeyStore, *, now: datetime) -> str:
    """Keep what the account holder says against an order; returns the receipt. Raises InputError, ConflictError `too_many`."""
    open_to_appeal = measure_queries.find_open_to_appeal(measure_code)
    measure = measures.lock_measure(open_to_appeal.pk)  # or two at once would pass the limit together
    check_text(text)
    most = rules.limit("appeal.open_at_once", now.date()).value
    if Appeal.objects.filter(measure=measure, state=AppealState.OPEN).count() >= most:
        raise ConflictError("too_many", TOO_MANY)
    receipt = identifiers.new_receipt()
    appeal = Appeal(measure=measure, receipt_hash=identifiers.receipt_hash(receipt), lodged_at=now)
    key = sealing.new_key()
    appeal.sealed_by, wrapping = keys.secret(Purpose.REPORTS, now)
    appeal.sealed_key = sealing.seal(wrapping, label(appeal, "key"), key)
    appeal.text = sealing.seal(key, label(appeal, "text"), text.encode())
    appeal.save(force_insert=True)
    _record("appeals.lodge", "holder", appeal, measure, now)
    return receipt


@transaction.atomic
def decide(officer: Officer, appeal_id: UUID, *, grant: bool, reason: str, now: datetime) -> Appeal:
    """Grant (the hold is lifted) or reject, with a reason that the holder reads. Nobody decides on an order of their own.

    Raises RefusedError `took_part`, ConflictError `decided_already`.
    """
    rights.require(officer, "appeals.decide")
    appeal = Appeal.objects.filter(pk=appeal_id).first()
    if appeal is None:
        raise InputError("no_appeal", NO_APPEAL)
    measure = measures.lock_measure(appeal.measure_id)
    if officer.pk in (measure.proposed_by_id, measure.decided_by_id):
        raise RefusedError("took_part", TOOK_PART)
    if not reason.strip():
        raise InputError("no_reason", NO_REASON, field="reason")
    state = AppealState.GRANTED if grant else AppealState.REJECTED
    changed = Appeal.objects.filter(pk=appeal.pk, state=AppealState.OPEN).update(
        state=state, decided_by=officer, decided_at=now, decided_reason=reason.strip()[:MAX_REASON]
    )
    if changed != 1:
        raise ConflictError("decided_already", DECIDED_ALREADY)
    _record("appeals.grant" if grant else "appeals.reject", officer.actor, appeal, measure, now)
    if grant and measure_queries.is_sent(measure, now):
        measures.lift(officer, measure.pk, reason, now=now)
    appeal.refresh_from_db()
    return appeal


def label(appeal: Appeal, part: str) -> str:
    """The place that a sealed value belongs to."""
    return f"appeal:{appeal.pk}:{part}"


KEYS = SealedKind(Appeal, "sealed_by", "sealed_key", lambda row: label(row, "key"))


def _record(verb: str, actor: str, appeal: Appeal, measure: Measure, now: datetime) -> None:
    data = {"measure": measure.code}
    ledger.record(actor=actor, verb=verb, subject=appeal.subject, about=appeal.subject, data=data, at=now)
