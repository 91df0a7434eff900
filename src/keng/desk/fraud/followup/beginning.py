"""A register takes effect: a case for each record from which something follows. And the way back, for the whole of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from keng.base import identifiers
from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.times import VIETNAM
from keng.desk.fraud.followup import codes, refusals
from keng.desk.fraud.followup.closing import close, lock_case, lock_in_order, withdraw_orders
from keng.desk.fraud.followup.closing import record_case as _record
from keng.desk.fraud.followup.findings import RIGHT, Finding
from keng.desk.fraud.followup.models import Batch, Case, Order, Outcome
from keng.desk.fraud.measures.checks import check_reason
from keng.desk.ground.keys.queries import store
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam.rules.followups import Ladder, ladder_for, ladders

AT_ONCE = 2_000  # findings of one transaction
PARTNER_KIND = {"sim": "carrier", "account": "bank"}


def begin(
    officer: Officer, batch_id: UUID, submitter: Organisation, kind: str, findings: Iterable[Finding], now: datetime
) -> int:
    """Begin the follow-up of a register that takes effect; returns how many cases stand in it.

    Findings stream through, each `AT_ONCE` in a transaction of its own unless the caller has one open: call it outside of one for
    a large register. None of the cases counts before all are there, and stopped half way it is called again with the same
    findings. For a batch that began already it changes nothing. A record that has an open case keeps it, with its clock; a
    verdict from which nothing follows closes that case as corrected.

    Raises RefusedError `not_allowed`, `unconfirmed_rule`; InputError `no_partner`, `bad_finding`; ConflictError `other_batch`.
    """
    rights.require(officer, "followup.begin")
    day = now.astimezone(VIETNAM).date()
    check_confirmed(kind, day)
    batch = _batch(officer, batch_id, submitter, kind, now)
    if batch.begun_at is not None:
        return batch.cases_made
    key = codes.open_key(batch, store())
    stream, seen = iter(findings), 0
    while part := list(islice(stream, AT_ONCE)):
        seen += len(part)
        _write(officer, batch, key, part, day, now)
    return _let_begin(officer, batch, seen, now)


@transaction.atomic
def roll_back(officer: Officer, batch_id: UUID, reason: str, now: datetime) -> Batch:
    """Take a whole batch back: from this moment none of its cases restricts anybody. Nothing is deleted.

    Raises InputError `no_followup`, `no_reason`; ConflictError `rolled_back`.
    """
    batch = get_batch_for(officer, "followup.roll_back", batch_id)
    reason = check_reason(reason)
    fields = {"rolled_back_at": now, "rolled_back_by": officer, "roll_back_reason": reason}
    if Batch.objects.filter(pk=batch.pk, rolled_back_at=None).update(**fields) != 1:
        raise ConflictError("rolled_back", refusals.ROLLED_BACK)
    batch.refresh_from_db()
    lock_in_order(Case.objects.filter(batch=batch))
    told = Q(outcome="") & (~Q(ordered="") | Q(notices__gt=0))
    Case.objects.filter(told, batch=batch).update(next_at=now)
    Case.objects.filter(~told, batch=batch).update(next_at=None)
    withdraw_orders(Order.objects.filter(case__batch=batch))
    ledger.record(actor=officer.actor, verb="followup.roll_back", subject=batch.subject, data={}, at=now)
    return batch


def get_batch_for(officer: Officer, verb: str, batch_id: UUID) -> Batch:
    """The batch, locked, if the officer may do `verb` to it. Raises InputError `no_followup`."""
    rights.require(officer, verb)
    mine = Batch.objects.filter(rights.within(officer, verb, "owner"), pk=batch_id)
    batch = mine.select_for_update(no_key=True, of=("self",)).first()
    if batch is None:
        raise InputError("no_followup", refusals.NO_BATCH)
    return batch


def check_confirmed(kind: str, day: date) -> None:
    """Return if every ladder of this kind was confirmed by somebody, or the demo is on. Raises RefusedError `unconfirmed_rule`."""
    if settings.KENG_DEMO:
        return
    for row in ladders():
        if row.kind == kind and row.is_valid_on(day) and row.confirmed_by is None:
            raise RefusedError("unconfirmed_rule", refusals.UNCONFIRMED_RULE.filled(code=row.code))


@transaction.atomic
def _batch(officer: Officer, batch_id: UUID, submitter: Organisation, kind: str, now: datetime) -> Batch:
    """The batch of that id, made if it is new."""
    found = Batch.objects.select_for_update(no_key=True, of=("self",)).filter(pk=batch_id).first()
    if found is not None:
        if (found.submitter_id, found.kind, found.begun_by_id) != (submitter.pk, kind, officer.pk):
            raise ConflictError("other_batch", refusals.OTHER_KIND)
        return found
    batch = Batch(pk=batch_id, submitter=submitter, partner=partner_of(submitter, kind), kind=kind, made_at=now)
    batch.begun_by, batch.owner = officer, unit_of(officer, "followup.begin")
    codes.seal_new_key(batch, store(), now)
    batch.save(force_insert=True)
    return batch


def partner_of(submitter: Organisation, kind: str) -> Partner:
    """The partner that carries out orders about this organisation's records. Raises InputError `no_partner`."""
    rows = Partner.objects.filter(kind=PARTNER_KIND.get(kind, ""), organisation__heir_path=submitter.heir_path)
    partner = rows.order_by("code").first()
    if partner is None:
        raise InputError("no_partner", refusals.NO_PARTNER)
    return partner


def unit_of(officer: Officer, verb: str) -> Organisation | None:
    """The highest unit in which the officer may do `verb`: whose the batch is. None for who leads."""
    if rights.leads(officer, verb):
        return None
    paths = sorted(rights.held_in(officer, verb, on=None), key=lambda path: (path.count("/"), path))
    return Organisation.objects.filter(path=paths[0]).first() if paths else None


@transaction.atomic
def _write(officer: Officer, batch: Batch, key: bytes, part: list[Finding], day: date, now: datetime) -> None:
    for finding in part:
        finding.check()
    records = [finding.record for finding in part]
    theirs = Case.objects.filter(batch__partner=batch.partner, batch__kind=batch.kind, record__in=records)
    standing = theirs.filter(outcome="", batch__rolled_back_at=None, batch__begun_at__isnull=False)
    has_case = dict(standing.exclude(batch=batch).values_list("record", "pk"))
    right = [has_case[one.record] for one in part if one.verdict in RIGHT and one.record in has_case]
    lock_in_order(Case.objects.filter(pk__in=right))
    for finding in part:
        if finding.verdict in RIGHT and finding.record in has_case:
            case = lock_case(has_case[finding.record])
            close(case, Outcome.CORRECTED, now)
            _record("followup.correct", officer.actor, case, now, found_by=batch.subject)
    new = (one for one in part if one.record not in has_case)
    rows = (_case(batch, key, one, ladder, day) for one, ladder in _with_ladders(batch, new, day))
    Case.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _with_ladders(batch: Batch, part: Iterable[Finding], day: date) -> Iterator[tuple[Finding, Ladder]]:
    for finding in part:
        ladder = ladder_for(batch.kind, finding.verdict, finding.reasons, day)
        if ladder is not None:
            yield finding, ladder


def _case(batch: Batch, key: bytes, finding: Finding, ladder: Ladder, day: date) -> Case:
    return Case(
        batch=batch,
        record=finding.record,
        value=finding.subject,
        verdict=finding.verdict,
        reasons=" ".join(finding.reasons),
        fields=" ".join(finding.fields),
        probability=finding.probability,
        person=finding.person,
        sims=finding.sims,
        rule=ladder.code,
        rule_on=day,
        code_hash=identifiers.receipt_hash(codes.code_of(key, finding.record)),
        needs_person=ladder.waits_for_a_person(finding.verdict, finding.probability),
    )


@transaction.atomic
def _let_begin(officer: Officer, batch: Batch, seen: int, now: datetime) -> int:
    """All are there: from now on they count."""
    cases = Case.objects.filter(batch=batch)
    made = cases.count()
    changed = Batch.objects.filter(pk=batch.pk, begun_at=None).update(
        begun_at=now, cases_made=made, without_case=max(seen - made, 0)
    )
    if changed:
        cases.filter(outcome=Outcome.OPEN).update(next_at=now)
        data: dict[str, object] = {"cases": made, "findings": seen, "kind": batch.kind, "partner": batch.partner_id}
        ledger.record(actor=officer.actor, verb="followup.begin", subject=batch.subject, data=data, at=now)
    return made
