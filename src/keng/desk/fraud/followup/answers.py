"""What the carrier or bank says: its answers to orders, a record that was corrected, a device that was changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from keng.base import identifiers
from keng.base.errors import ConflictError, InputError, KengError, RefusedError, Said
from keng.base.times import VIETNAM
from keng.desk.fraud.followup import codes, orders, refusals
from keng.desk.fraud.followup.beginning import check_confirmed
from keng.desk.fraud.followup.closing import close, let_clock_go_on, lock_case, lock_in_order
from keng.desk.fraud.followup.closing import record_case as _record
from keng.desk.fraud.followup.models import (
    UNANSWERED,
    Action,
    Batch,
    Case,
    Order,
    OrderState,
    Outcome,
    WordKind,
    WordState,
)
from keng.desk.fraud.followup.notices import Cause
from keng.desk.fraud.followup.orders import Wanted
from keng.desk.fraud.followup.standing import next_look
from keng.desk.fraud.measures.checks import without_controls
from keng.desk.ground.keys.queries import store
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.partners.models import Partner
from keng.vietnam.phones import canonical_phone
from keng.vietnam.rules.followups import ladder

REFUSALS = {
    "no_such_record": Said("Không có hồ sơ này", "There is no such record"),
    "not_our_number": Said("Số này không còn ở nhà mạng này", "The number is no longer with this carrier"),
    "not_delivered": Said("Tin không tới được chủ số", "The text could not be delivered"),
    "not_corrected": Said("Hồ sơ chưa được sửa", "The record is not corrected"),
    "legal_doubt": Said("Thấy chưa đủ căn cứ", "The basis is doubted"),
    "other": Said("Lý do khác", "Another reason"),
}
STATUSES = ("received", "executed", "refused")
DEVICE = "sim.device_change"
LONGEST = {"reference": 100, "note": 500}
WHY = {
    "status": Said("trạng thái", "the status"),
    "reason": Said("lý do từ chối", "the reason of a refusal"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as read from the wire."""

    status: str
    reason: str = ""
    note: str = ""
    reference: str = ""

    def check(self) -> None:
        """Return if it can be taken. Raises InputError `bad_answer`."""
        if self.status not in STATUSES:
            raise _bad("status")
        if (self.status == "refused") is not (self.reason in REFUSALS) or (self.reason and self.status != "refused"):
            raise _bad("reason")


def take(partner: Partner, message_id: str, order_id: UUID, told: Told, *, now: datetime, actor: str = "") -> Order:
    """Record a partner's answer to an order; a final answer counts once. `actor`: the clerk who wrote it.

    Raises ConflictError `webhook_id_seen`, `already_answered`; InputError `no_such_order`, `bad_answer`.
    """
    told.check()
    with transaction.atomic():
        partners.take_once(partner, message_id, "order_answer", now=now)
        found = Order.objects.filter(pk=order_id, partner=partner).values_list("case", flat=True).first()
        if found is None:
            raise InputError("no_such_order", refusals.NO_ORDER)
        case = lock_case(found)
        order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
        if order.answered_at is not None:
            raise ConflictError("already_answered", refusals.ANSWERED)
        was_withdrawn = order.state == OrderState.WITHDRAWN
        _write(order, told, now)
        _record(
            "followup.take_answer", actor or f"partner:{partner.pk}", case, now, order=order.subject, status=told.status
        )
        if told.status != "received":
            _let_follow(order, case, told, now, was_withdrawn=was_withdrawn)
    return order


def note_delivered(letters: Collection[UUID], *, now: datetime) -> None:
    """Messages with orders arrived at the partner. A later state is never undone."""
    Order.objects.filter(letter__in=letters, state=OrderState.ASKED).update(
        state=OrderState.DELIVERED, delivered_at=now
    )


def note_seen(rows: Sequence[Order], *, now: datetime) -> None:
    """A partner that is sent nothing has its orders once it fetched them."""
    fetched = [row.pk for row in rows if row.letter is None and row.state == OrderState.ASKED]
    Order.objects.filter(pk__in=fetched, state=OrderState.ASKED).update(state=OrderState.DELIVERED, delivered_at=now)


def correct(partner: Partner, message_id: str, records: Sequence[str], *, now: datetime) -> dict[str, str]:
    """These records were corrected: their cases close, and what was taken away is given back. For each record `corrected` or
    `no_record`.

    Raises ConflictError `webhook_id_seen`.
    """
    with transaction.atomic():
        partners.take_once(partner, message_id, "records_correct", now=now)
        told = {}
        theirs = Case.objects.filter(record__in=set(records), batch__partner=partner, outcome="")
        lock_in_order(Case.objects.filter(pk__in=list(theirs.values_list("pk", flat=True))))
        for one in dict.fromkeys(records):
            told[one] = "corrected" if _correct(partner, one, now) else "no_record"
    return told


def change_device(partner: Partner, message_id: str, number: str, *, now: datetime) -> Case:
    """A carrier found that a number is used in another device: a case by the ladder for that begins at once.

    Raises InputError `bad_number`; RefusedError `not_a_carrier`, `unconfirmed_rule`; ConflictError `webhook_id_seen`, `has_case`.
    """
    if partner.kind != "carrier" or partner.organisation is None:
        raise RefusedError("not_a_carrier", refusals.NOT_A_CARRIER)
    if canonical_phone(number) != number:
        raise InputError("bad_number", refusals.BAD_NUMBER, field="number")
    day = now.astimezone(VIETNAM).date()
    check_confirmed("sim", day)
    with transaction.atomic():
        partners.take_once(partner, message_id, "device_change", now=now)
        batch = _own_batch(partner, now)
        open_ones = Case.objects.filter(batch=batch, value=number, outcome="")
        if open_ones.exists():
            raise ConflictError("has_case", refusals.HAS_CASE)
        case = _device_case(batch, number, now)
        _record("followup.change_device", f"partner:{partner.pk}", case, now)
    return case


@transaction.atomic
def remind_the_silent(*, now: datetime, most: int = 100) -> int:
    """Give an order to restore once more that nobody answered in time: what was taken away must come back."""
    silent = Order.objects.filter(state__in=UNANSWERED, answer_by__lte=now, action=Action.RESTORE, reminded_at=None)
    rows = list(silent.select_related("case__batch__partner").order_by("answer_by")[:most])
    for row in rows:
        case = lock_case(row.case_id)
        orders.send(case.batch, [Wanted(case, Action.RESTORE, Cause(row.cause))], now)
        case.save(update_fields=["orders_made"])
        Order.objects.filter(pk=row.pk).update(reminded_at=now, state=OrderState.WITHDRAWN)
        _record("followup.remind", "system:worker", case, now, order=row.subject)
    return len(rows)


def _write(order: Order, told: Told, now: datetime) -> None:
    if order.state != OrderState.WITHDRAWN:
        order.state = OrderState(told.status)
    if told.status != "received":
        order.answered_at, order.refusal = now, told.reason
    order.note = without_controls(told.note)[: LONGEST["note"]]
    order.reference = without_controls(told.reference)[: LONGEST["reference"]]
    order.save(update_fields=["state", "answered_at", "refusal", "note", "reference"])


def _let_follow(order: Order, case: Case, told: Told, now: datetime, *, was_withdrawn: bool) -> None:
    """What an answer means for the case."""
    executed = told.status == "executed"
    if was_withdrawn:
        if executed and order.action in orders.RESTRICTING:  # it came too late: it must be undone
            orders.send(case.batch, [Wanted(case, Action.RESTORE, Cause(case.outcome or Cause.TAKEN_BACK))], now)
            case.save(update_fields=["orders_made"])
    elif order.action == Action.CHECK:
        _answer_check(case, executed, now)
    elif order.action == Action.NOTICE and not executed:
        _note_unheard(case, now)


def _answer_check(case: Case, executed: bool, now: datetime) -> None:
    open_words = case.words.filter(kind=WordKind.CORRECTED, state=WordState.OPEN)
    open_words.update(state=WordState.GRANTED if executed else WordState.REJECTED, decided_at=now)
    if executed:
        close(case, Outcome.CORRECTED, now)
    else:
        let_clock_go_on(case, Cause.NOT_CORRECTED, now)


def _note_unheard(case: Case, now: datetime) -> None:
    """A notice that did not arrive warns nobody: a person decides before anything is taken away."""
    if not case.needs_person and not case.ordered and not case.outcome:
        case.needs_person = True
        case.next_at = next_look(case, now)
        case.save(update_fields=["needs_person", "next_at"])


def _correct(partner: Partner, name: str, now: datetime) -> bool:
    rows = Case.objects.filter(record=name, batch__partner=partner, outcome="", batch__rolled_back_at=None)
    found = list(rows.filter(batch__begun_at__isnull=False).values_list("pk", flat=True))
    for pk in found:
        case = lock_case(pk)
        close(case, Outcome.CORRECTED, now)
        _record("followup.correct", f"partner:{partner.pk}", case, now)
    return bool(found)


def _own_batch(partner: Partner, now: datetime) -> Batch:
    """What a carrier tells of by itself, in one batch of its own. It is nobody's unit's: for who leads."""
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    found = Batch.objects.filter(partner=partner, kind="sim", begun_by=None).first()
    if found is not None:
        return found
    batch = Batch(submitter=partner.organisation, partner=partner, kind="sim", made_at=now, begun_at=now)
    codes.seal_new_key(batch, store(), now)
    batch.save(force_insert=True)
    ledger.record(
        actor=f"partner:{partner.pk}", verb="followup.begin", subject=batch.subject, data={"kind": "sim"}, at=now
    )
    return batch


def _device_case(batch: Batch, number: str, now: datetime) -> Case:
    day = now.astimezone(VIETNAM).date()
    row = ladder(DEVICE, day)
    name = uuid4().hex
    key = codes.open_key(batch, store())
    return Case.objects.create(
        batch=batch,
        record=name,
        value=number,
        verdict="device_change",
        rule=row.code,
        rule_on=day,
        code_hash=identifiers.receipt_hash(codes.code_of(key, name)),
        needs_person=row.waits_for_a_person("device_change", None),
        next_at=now,
    )


def _bad(field: str) -> KengError:
    why = WHY[field]
    said = Said(refusals.BAD_ANSWER.vi.format(why=why.vi), refusals.BAD_ANSWER.en.format(why=why.en))
    return InputError("bad_answer", said, field=field)
