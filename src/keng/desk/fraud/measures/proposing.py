"""Asking for a measure: an urgent hold on one officer's word, everything else as a proposal to a second officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from keng.base.errors import ConflictError, InputError
from keng.base.identifiers import new_code
from keng.base.times import day_in_vietnam, iso, shown
from keng.desk.fraud.measures import checks, precedence, refusals
from keng.desk.fraud.measures.ending import end_over_on
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.models import OPEN_STATES, Measure, MeasureState
from keng.desk.fraud.measures.records import ask, note_notice
from keng.desk.fraud.measures.records import record_measure as _record
from keng.desk.fraud.measures.routing import partners_for
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import queries as report_queries
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules


@dataclass(frozen=True, slots=True)
class Document:
    """A written decision of a court or an authority."""

    number: str = ""
    day: date | None = None
    body: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer asks for: this kind of measure on this object, because of this report, on this basis, for this reason.

    `partners`: for preservation, whom to ask (none: all that serve the object). `delay_days` with `delay_reason`: how long the
    person affected is not told, and why.
    """

    report_id: UUID
    kind: Kind
    target: Target
    basis: str
    reason: str
    amount: int | None = None
    document: Document = Document()
    scope: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    suggested_by: str = ""
    delay_reason: str = ""
    delay_days: int = 0

    @classmethod
    def hold(cls, report_id: UUID, account: str, amount: int, basis: str, reason: str) -> Self:
        """A hold of this amount on this account."""
        return cls(report_id, Kind.HOLD_FUNDS, Target("account", account), basis, reason, amount=amount)


def hold_urgently(officer: Officer, proposal: Proposal, *, now: datetime) -> Measure:
    """Send a hold at once on one officer's word. It falls by itself unless another confirms within the rule's hours.

    Raises InputError, RefusedError (`path_closed`, `not_allowed`, `restricted_already`), ConflictError `held_already`.
    """
    rights.require(officer, "measures.hold_urgently")
    if proposal.kind != Kind.HOLD_FUNDS:
        raise InputError("not_urgent", refusals.ONLY_HOLDS_ARE_URGENT, field="kind")
    confirm_by = rules.limit("urgent_hold.confirm_within", day_in_vietnam(now)).after(now)
    try:
        with transaction.atomic():
            reports.get_report_for(officer, "measures.hold_urgently", proposal.report_id, locked=True)
            checks.check_urgent_path(officer, now)
            measure = _make(officer, proposal, confirm_by, now)
            notice = note_notice(measure, "requested", confirm_by, now)
            _record("measures.hold_urgently", officer.actor, measure, now, confirm_by=iso(confirm_by), notice=notice)
            ask(measure, partners_for(proposal.kind, proposal.target), confirm_by, now)
    except IntegrityError as error:
        raise _there_already(proposal) from error
    return measure


def propose(officer: Officer, proposal: Proposal, *, now: datetime) -> Measure:
    """Propose a measure; nothing goes out before a second officer approves it. Raises as `hold_urgently`, and `stands_already`."""
    rights.require(officer, "measures.propose")
    try:
        with transaction.atomic():
            reports.get_report_for(officer, "measures.propose", proposal.report_id, locked=True)
            measure = _make(officer, proposal, None, now)
            _record("measures.propose", officer.actor, measure, now)
    except IntegrityError as error:
        raise _there_already(proposal) from error
    return measure


def check_again(officer: Officer, measure: Measure, now: datetime) -> None:
    """Return if a waiting proposal may still go out: report open, amount left, no other order in its way."""
    named = _named(measure.report_id)
    kind = Kind(measure.kind)
    checks.check_basis(kind, measure.basis, named, measure.proposed_at)
    checks.check_target(kind, measure.target, named)
    checks.check_amount(kind, measure.amount, named, now, besides=measure)
    precedence.check(kind, measure.target, urgent=False, now=now, reader=officer, besides=measure)


def _make(officer: Officer, proposal: Proposal, confirm_by: datetime | None, now: datetime) -> Measure:
    measure = _checked(officer, proposal, urgent=confirm_by is not None, now=now)
    measure.urgent = confirm_by is not None
    measure.state = MeasureState.UNCONFIRMED if confirm_by else MeasureState.PROPOSED
    measure.proposed_by = officer
    measure.proposed_at = now
    measure.confirm_by = confirm_by
    measure.sent_at = now if confirm_by else None
    measure.save(force_insert=True)
    if measure.kind == Kind.HOLD_FUNDS:
        reports.note_hold(measure.report_id)
    return measure


def _checked(officer: Officer, proposal: Proposal, *, urgent: bool, now: datetime) -> Measure:
    """The measure as proposed, every check passed, not stored yet."""
    kind, target = proposal.kind, proposal.target
    named = _named(proposal.report_id)
    end_over_on(target, now)
    checks.check_suggestion(kind, proposal.suggested_by)
    basis = checks.check_basis(kind, proposal.basis, named, now)
    if kind == Kind.HOLD_FUNDS and named.loss is None:
        raise InputError("no_loss", refusals.NO_LOSS)
    checks.check_target(kind, target, named)
    _check_first(proposal, urgent=urgent)
    checks.check_amount(kind, proposal.amount, named, now)
    checks.check_document(kind, proposal.document.number, proposal.document.day, proposal.document.body, now)
    delayed_to = checks.check_delay(proposal.delay_reason, proposal.delay_days, now)
    asked = partners_for(kind, target, proposal.partners)
    precedence.check(kind, target, urgent=urgent, now=now, reader=officer)
    return Measure(
        code=new_code("BP"),
        kind=kind.value,
        report_id=proposal.report_id,
        owner_id=named.owner_id,
        object_kind=target.kind,
        object_value=target.value,
        amount=proposal.amount,
        scope=checks.check_scope(kind, target, proposal.scope),
        chosen_partners=" ".join(one.pk for one in asked) if proposal.partners else "",
        basis=basis.code,
        reason=checks.check_reason(proposal.reason),
        document_number=proposal.document.number.strip()[: checks.LONGEST_NUMBER],
        document_date=proposal.document.day,
        document_body=proposal.document.body.strip()[: checks.LONGEST_BODY],
        suggested_by=proposal.suggested_by,
        notice_delay_reason=checks.check_reason(proposal.delay_reason) if delayed_to else "",
        notice_delayed_to=delayed_to,
    )


def _named(report_id: UUID) -> report_queries.Named:
    named = report_queries.named_by(report_id, locked=True)
    if named is None:
        raise InputError("no_report", refusals.NO_REPORT)
    return named


def _check_first(proposal: Proposal, *, urgent: bool) -> None:
    """The database holds these too; looked at first so that the answer names who was there first."""
    rows = _same(proposal)
    if rows.filter(state__in=OPEN_STATES).exists() or (urgent and rows.filter(urgent=True).exists()):
        raise _there_already(proposal)


def _same(proposal: Proposal) -> QuerySet[Measure]:
    return Measure.objects.filter(
        report_id=proposal.report_id,
        kind=proposal.kind.value,
        object_kind=proposal.target.kind,
        object_value=proposal.target.value,
    )


def _there_already(proposal: Proposal) -> ConflictError:
    earlier = _same(proposal).order_by("-proposed_at").select_related("proposed_by").first()
    if earlier is None:
        return ConflictError("decided_already", refusals.DECIDED_ALREADY)
    who = earlier.proposed_by.display_name
    said = refusals.HELD_ALREADY.filled(who=who, when=shown(earlier.proposed_at), code=earlier.code)
    return ConflictError("held_already", said)
