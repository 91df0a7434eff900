"""What a person decides: let a case go on or let it go, exempt it, note a call, answer an appeal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.times import VIETNAM
from keng.desk.fraud.followup import refusals
from keng.desk.fraud.followup.beginning import get_batch_for
from keng.desk.fraud.followup.closing import (
    close,
    let_clock_go_on,
    lock_case,
    lock_case_for,
    lock_in_order,
    require_open,
)
from keng.desk.fraud.followup.closing import record_case as _record
from keng.desk.fraud.followup.models import (
    Batch,
    Call,
    CallOutcome,
    Case,
    Decision,
    Outcome,
    Word,
    WordKind,
    WordState,
)
from keng.desk.fraud.followup.notices import Cause
from keng.desk.fraud.followup.standing import ladder_of, next_look
from keng.desk.fraud.measures.checks import check_reason
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam.rules.followups import ladder


@transaction.atomic
def decide(officer: Officer, case_id: UUID, *, go_on: bool, reason: str, now: datetime) -> Case:
    """A person's decision on one case: it goes on, so that its restrictions may follow by the clock, or it is let go.

    Whoever let the batch take effect cannot let it go on. Raises InputError `no_case`, `no_reason`; RefusedError `same_person`;
    ConflictError `case_over`, `nothing_to_decide`.
    """
    case = lock_case_for(officer, "followup.decide", case_id)
    require_open(case)
    reason = check_reason(reason)
    if not go_on:
        close(case, Outcome.LET_GO, now, by=officer, reason=reason)
    elif not case.needs_person or case.decision:
        raise ConflictError("nothing_to_decide", refusals.NOTHING_TO_DECIDE)
    else:
        check_second(officer, case.batch)
        _go_on(case, officer, reason, now)
    _record("followup.go_on" if go_on else "followup.let_go", officer.actor, case, now)
    return case


@transaction.atomic
def decide_batch(officer: Officer, batch_id: UUID, verdict: str, *, go_on: bool, reason: str, now: datetime) -> int:
    """The same for all cases of a batch with one verdict on which nobody has decided. Returns how many.

    Left out are those whose holder said anything: a person looks at each of them. Raises as `decide`, and InputError `no_followup`.
    """
    batch = get_batch_for(officer, "followup.decide", batch_id)
    reason = check_reason(reason)
    if go_on:
        check_second(officer, batch)
    lock_in_order(Case.objects.filter(batch=batch, verdict=verdict, outcome=""))
    rows = Case.objects.filter(undecided(), batch=batch, verdict=verdict, words=None, asked_at=None)
    count = _all_go_on(rows, officer, reason, now) if go_on else _let_all_go(rows, officer, reason, now)
    if not count or batch.rolled_back_at is not None:
        raise ConflictError("nothing_to_decide", refusals.NOTHING_TO_DECIDE)
    data: dict[str, object] = {"verdict": verdict, "cases": count}
    ledger.record(
        actor=officer.actor,
        verb="followup.go_on_many" if go_on else "followup.let_go_many",
        subject=batch.subject,
        data=data,
        at=now,
    )
    return count


@transaction.atomic
def exempt(officer: Officer, case_id: UUID, ground: str, reason: str, *, now: datetime) -> Case:
    """Leave a case out on a ground that its ladder knows. Raises InputError `bad_ground` and as `decide`."""
    case = lock_case_for(officer, "followup.exempt", case_id)
    if ground not in ladder_of(case).exemptions:
        raise InputError("bad_ground", refusals.BAD_GROUND, field="ground")
    close(case, Outcome.EXEMPT, now, by=officer, reason=check_reason(reason))
    _record("followup.exempt", officer.actor, case, now, ground=ground)
    return case


@transaction.atomic
def note_call(officer: Officer, case_id: UUID, outcome: str, *, now: datetime) -> Call:
    """Note that somebody tried to reach the holder. Reached, or tried in vain on as many days as the ladder says, the end may come.

    Raises InputError `bad_outcome`, `no_case`; ConflictError `case_over`.
    """
    case = lock_case_for(officer, "followup.call", case_id)
    if outcome not in CallOutcome.values:
        raise InputError("bad_outcome", refusals.BAD_OUTCOME, field="outcome")
    require_open(case)
    call = Call.objects.create(case=case, officer=officer, at=now, outcome=outcome)
    if case.contacted_at is None and _is_enough(case, outcome):
        case.contacted_at = now
        case.next_at = next_look(case, now)
        case.save(update_fields=["contacted_at", "next_at"])
    _record("followup.call", officer.actor, case, now, outcome=outcome)
    return call


@transaction.atomic
def answer_appeal(officer: Officer, word_id: UUID, *, grant: bool, reason: str, now: datetime) -> Word:
    """Grant: the case is closed, what was taken away is given back. Or reject for a reason that the holder reads.

    Nobody decides who decided in this case before. Raises InputError `no_appeal`; RefusedError `took_part`; ConflictError
    `decided_already`.
    """
    rights.require(officer, "followup.answer")
    mine = Word.objects.filter(rights.within(officer, "followup.answer", "case__batch__owner"), kind=WordKind.APPEAL)
    found = mine.filter(pk=word_id).first()
    if found is None:
        raise InputError("no_appeal", refusals.NO_APPEAL)
    case = lock_case(found.case_id)
    if officer.pk in took_part(case):
        raise RefusedError("took_part", refusals.TOOK_PART)
    state = WordState.GRANTED if grant else WordState.REJECTED
    fields = {"state": state, "decided_by": officer, "decided_at": now, "decided_reason": check_reason(reason)}
    if Word.objects.filter(pk=found.pk, state=WordState.OPEN).update(**fields) != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    if grant:
        close(case, Outcome.GRANTED, now, by=officer)
    else:
        let_clock_go_on(case, Cause.REJECTED, now)
    _record("followup.grant" if grant else "followup.reject", officer.actor, case, now)
    found.refresh_from_db()
    return found


def took_part(case: Case) -> set[int]:
    """Who let the batch take effect, decided on the case, or answered an appeal of it before."""
    people = {case.batch.begun_by_id, case.decided_by_id}
    people |= set(case.words.filter(kind=WordKind.APPEAL).values_list("decided_by", flat=True))
    return {one for one in people if one is not None}


def undecided() -> Q:
    """The condition of open cases that wait for a person's decision."""
    return Q(needs_person=True, decision="", outcome="", batch__rolled_back_at=None, batch__begun_at__isnull=False)


def check_second(officer: Officer, batch: Batch) -> None:
    """Return if a second person decides. Raises RefusedError `same_person`."""
    if batch.begun_by_id == officer.pk:
        raise RefusedError("same_person", refusals.SAME_PERSON)


def _go_on(case: Case, officer: Officer, reason: str, now: datetime) -> None:
    """Nothing is taken away before the ladder's days after the decision; the holder is told at once."""
    case.decision, case.decided_by, case.decided_at, case.decided_reason = Decision.GO_ON, officer, now, reason
    row = ladder_of(case)
    first = row.restrictions[0].after
    if first is not None and case.clock_from is not None:
        case.clock_from = max(case.clock_from, now + row.decided - first)
    case.asked_at = None
    case.words.filter(kind=WordKind.PERSON, state=WordState.OPEN).update(
        state=WordState.REJECTED, decided_by=officer, decided_at=now, decided_reason=reason
    )
    case.to_say = Cause.DECIDED
    case.next_at = next_look(case, now) if case.stopped_at is None else None
    case.save()


def _all_go_on(rows: QuerySet[Case], officer: Officer, reason: str, now: datetime) -> int:
    """`_go_on` for many rows, by a few statements."""
    for code, rule_on in set(rows.values_list("rule", "rule_on")):
        row = ladder(code, rule_on)
        first = row.restrictions[0].after if row.restrictions else None
        if first is not None:
            earliest = now + row.decided - first
            mine = rows.filter(rule=code, rule_on=rule_on, clock_from__lt=earliest)
            _of(mine).update(clock_from=earliest)
    fields = {"decision": Decision.GO_ON, "decided_by": officer, "decided_at": now, "decided_reason": reason}
    return _of(rows).update(**fields, to_say=Cause.DECIDED, next_at=now)


def _let_all_go(rows: QuerySet[Case], officer: Officer, reason: str, now: datetime) -> int:
    """Each is closed; who was told of it before is told that it is over."""
    fields = {"outcome": Outcome.LET_GO, "closed_at": now, "closed_by": officer, "closed_reason": reason}
    unspoken = _of(rows.filter(notices=0)).update(**fields, next_at=None)
    return unspoken + _of(rows).update(**fields, to_say=Cause.LET_GO, next_at=now)


def _of(rows: QuerySet[Case]) -> QuerySet[Case]:
    """The same rows as a statement can change them: found by a subselect, since an update knows no joins."""
    return Case.objects.filter(pk__in=rows.values("pk"))


def _is_enough(case: Case, outcome: str) -> bool:
    if outcome == CallOutcome.REACHED:
        return True
    days = {at.astimezone(VIETNAM).date() for at in case.calls.values_list("at", flat=True)}
    return len(days) >= ladder_of(case).tries
