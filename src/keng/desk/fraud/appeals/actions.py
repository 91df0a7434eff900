"""What can be done about an appeal: lodge it, prove who writes, decide it. Granting lifts the measure in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from keng.base import identifiers, sealing
from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.appeals.models import Appeal, AppealState, Proof
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures import queries as measure_queries
from keng.desk.fraud.measures.checks import check_class, check_reason, without_controls
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports.actions import NO_RECEIPT
from keng.desk.fraud.reports.scope import within
from keng.desk.fraud.reports.submission import check_text
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.keys.actions import SealedKind
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

MAX_REFERENCE = 200

TOO_MANY = Said(
    "Lệnh này đang có nhiều khiếu nại chờ quyết định. Hãy chờ trả lời rồi viết tiếp.",
    "Several appeals against this order wait for a decision already. Wait for the answer before writing again.",
)
NO_APPEAL = Said("Không có khiếu nại này.", "There is no such appeal.")
TOOK_PART = Said(
    "Người đã tham gia vào lệnh, vào việc gia hạn hoặc vào lần khiếu nại trước không được quyết định khiếu nại này.",
    "Whoever took part in the order, in a renewal of it or in the earlier appeal cannot decide this appeal.",
)
DECIDED_ALREADY = Said("Khiếu nại này đã được quyết định.", "This appeal was decided already.")
ONLY_ONCE_MORE = Said(
    "Chỉ khiếu nại đã bị bác mới được đưa ra lại, và chỉ một lần.",
    "Only a rejected appeal can be brought again, and only once.",
)
NO_REFERENCE = Said("Hãy ghi đối tác và số xác nhận của họ.", "Give the partner and the number of its confirmation.")
NOT_ASKED = Said("Đối tác này không được hỏi về lệnh đó.", "This partner was not asked about that order.")
PROVEN_ALREADY = Said("Đã có chứng minh cho khiếu nại này.", "There is a proof for this appeal already.")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A citizen's sign-in as its provider vouches for it: who vouches, how sure, which transaction."""

    issuer: str
    level: str
    transaction_id: str


@transaction.atomic
def lodge(measure_code: str, text: str, keys: KeyStore, *, sign_in: SignIn | None = None, now: datetime) -> str:
    """Keep what the person affected says against an order; returns the receipt. Raises InputError, ConflictError `too_many`."""
    measure = measure_queries.find_open_to_appeal(measure_code, now=now)
    return _lodge(measure, text, keys, sign_in, None, now)


@transaction.atomic
def lodge_again(receipt: str, text: str, keys: KeyStore, *, sign_in: SignIn | None = None, now: datetime) -> str:
    """Bring a rejected appeal once more, to another decider. Raises InputError `no_receipt`, ConflictError `only_once_more`."""
    earlier = find_by_receipt(receipt)
    if earlier.state != AppealState.REJECTED or earlier.again_of_id or Appeal.objects.filter(again_of=earlier).exists():
        raise ConflictError("only_once_more", ONLY_ONCE_MORE)
    try:
        with transaction.atomic():
            return _lodge(earlier.measure, text, keys, sign_in, earlier, now)
    except IntegrityError as error:
        raise ConflictError("only_once_more", ONLY_ONCE_MORE) from error


@transaction.atomic
def confirm_holder(officer: Officer, appeal_id: UUID, partner: str, reference: str, *, now: datetime) -> Appeal:
    """Note that a partner which was asked confirms the writer as the person affected, under its own number.

    Raises InputError `no_reference`, `not_asked`, ConflictError `proven_already`.
    """
    appeal = _get_appeal(officer, "appeals.confirm_holder", appeal_id)
    reference = without_controls(reference).strip()
    if not reference:
        raise InputError("no_reference", NO_REFERENCE, field="reference")
    if partner not in set(appeal.measure.requests.values_list("partner_id", flat=True)):
        raise InputError("not_asked", NOT_ASKED, field="partner")
    changed = Appeal.objects.filter(pk=appeal.pk, state=AppealState.OPEN, proof=Proof.NONE).update(
        proof=Proof.PARTNER,
        proof_issuer=partner,
        proof_reference=reference[:MAX_REFERENCE],
        proof_at=now,
        proof_noted_by=officer,
    )
    if changed != 1:
        raise ConflictError("proven_already", PROVEN_ALREADY)
    _record("appeals.confirm_holder", officer.actor, appeal, appeal.measure, now)
    appeal.refresh_from_db()
    return appeal


@transaction.atomic
def decide(officer: Officer, appeal_id: UUID, *, grant: bool, reason: str, wrong: str = "", now: datetime) -> Appeal:
    """Grant (the measure is lifted, and counts as wrongful in the class `wrong`) or reject, with a reason that the writer reads.

    Nobody decides on an order that they took part in. Raises RefusedError `took_part`, InputError `bad_class`,
    ConflictError `decided_already`.
    """
    appeal = _get_appeal(officer, "appeals.decide", appeal_id)
    measure = measures.get_measure_for(officer, "appeals.decide", appeal.measure_id)
    appeal.measure = measure  # locked and read anew: nobody approves it while its appeal is decided
    if appeal.state != AppealState.OPEN:
        raise ConflictError("decided_already", DECIDED_ALREADY)
    if officer.pk in took_part(appeal):
        raise RefusedError("took_part", TOOK_PART)
    reason = check_reason(reason)
    wrong = check_class(wrong, needed=grant) if grant else ""
    state = AppealState.GRANTED if grant else AppealState.REJECTED
    changed = Appeal.objects.filter(pk=appeal.pk, state=AppealState.OPEN).update(
        state=state, decided_by=officer, decided_at=now, decided_reason=reason
    )
    if changed != 1:
        raise ConflictError("decided_already", DECIDED_ALREADY)
    _record("appeals.grant" if grant else "appeals.reject", officer.actor, appeal, measure, now)
    if grant:
        _mend(officer, measure, reason, wrong, now)
    appeal.refresh_from_db()
    return appeal


def took_part(appeal: Appeal) -> set[int]:
    """Who proposed, decided or lifted the order, proposed or decided a renewal, or decided the appeal that this one repeats."""
    measure = appeal.measure
    people = {measure.proposed_by_id, measure.decided_by_id, measure.lifted_by_id}
    for renewal in measure.renewals.all():
        people |= {renewal.proposed_by_id, renewal.decided_by_id}
    if appeal.again_of:
        people.add(appeal.again_of.decided_by_id)
    return {one for one in people if one is not None}


def find_by_receipt(receipt: str) -> Appeal:
    """The appeal of a receipt as a person typed it. Raises InputError `no_receipt`."""
    tidy = identifiers.read_receipt(receipt)
    rows = Appeal.objects.select_related("measure", "decided_by", "again_of")
    row = rows.filter(receipt_hash=identifiers.receipt_hash(tidy)).first() if tidy else None
    if row is None:
        raise InputError("no_receipt", NO_RECEIPT, field="receipt")
    return row


def label(appeal: Appeal, part: str) -> str:
    """The place that a sealed value belongs to."""
    return f"appeal:{appeal.pk}:{part}"


KEYS = SealedKind(Appeal, "sealed_by", "sealed_key", lambda row: label(row, "key"))


def _lodge(
    measure: Measure, text: str, keys: KeyStore, sign_in: SignIn | None, again_of: Appeal | None, now: datetime
) -> str:
    check_text(text)
    measures.get_measure(measure.pk)  # locked, or two at once would pass the limit together
    most = rules.limit("appeal.open_at_once", day_in_vietnam(now)).value
    if Appeal.objects.filter(measure=measure, state=AppealState.OPEN).count() >= most:
        raise ConflictError("too_many", TOO_MANY)
    receipt = identifiers.new_receipt()
    appeal = Appeal(measure=measure, receipt_hash=identifiers.receipt_hash(receipt), lodged_at=now, again_of=again_of)
    appeal.decide_by = rules.limit("appeal.decide_within", day_in_vietnam(now)).after(now)
    if sign_in and sign_in.transaction_id:
        appeal.proof, appeal.proof_at = Proof.SIGN_IN, now
        appeal.proof_issuer, appeal.proof_level = sign_in.issuer[:MAX_REFERENCE], sign_in.level[:40]
        appeal.proof_reference = sign_in.transaction_id[:MAX_REFERENCE]
    key = sealing.new_key()
    appeal.sealed_by, wrapping = keys.secret(Purpose.REPORTS, now)
    appeal.sealed_key = sealing.seal(wrapping, label(appeal, "key"), key)
    appeal.text = sealing.seal(key, label(appeal, "text"), text.encode())
    appeal.save(force_insert=True)
    _record("appeals.lodge_again" if again_of else "appeals.lodge", "holder", appeal, measure, now)
    return receipt


def _get_appeal(officer: Officer, verb: str, appeal_id: UUID) -> Appeal:
    rights.require(officer, verb)
    rows = Appeal.objects.select_related("measure", "again_of")
    appeal = rows.filter(within(officer, verb, at="measure__report__"), pk=appeal_id).first()
    if appeal is None:
        raise InputError("no_appeal", NO_APPEAL)
    return appeal


def _mend(officer: Officer, measure: Measure, reason: str, wrong: str, now: datetime) -> None:
    """Lift a measure in force; note one that is over as wrongful, so that it counts."""
    if measure_queries.is_sent(measure, now):
        measures.lift(officer, measure.pk, reason, wrong=wrong, now=now)
    elif not measure.wrong:
        measures.find_wrong(officer, measure.pk, wrong, now=now)


def _record(verb: str, actor: str, appeal: Appeal, measure: Measure, now: datetime) -> None:
    data = {"measure": measure.code, "proof": appeal.proof}
    ledger.record(actor=actor, verb=verb, subject=appeal.subject, about=appeal.subject, data=data, at=now)
