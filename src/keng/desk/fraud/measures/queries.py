"""Reading measures for others: a report's measures, a partner's requests, what is held. The queue is in `queue.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum, prefetch_related_objects

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import shown
from keng.desk.fraud.measures import owners, refusals
from keng.desk.fraud.measures.checks import check_target, check_urgent_path, without_controls
from keng.desk.fraud.measures.ending import over_at, over_by_clock, state_now
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.models import (
    DONE,
    QUESTIONS,
    SENT_STATES,
    UNANSWERED,
    Measure,
    Request,
    RequestState,
)
from keng.desk.fraud.measures.notices import is_delayed
from keng.desk.fraud.measures.routing import partners_for
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Report
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.ahead import Question
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.plainly import question, rows_with

__all__ = ["over_at", "over_by_clock", "state_now"]


@dataclass(frozen=True, slots=True)
class MoneySummary:
    """Money of one loss, in whole đồng: told as lost, asked to be held, held now."""

    lost: int
    asked: int
    held: int
    gone: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The desk's figures: requests whose answer is overdue; đồng held now."""

    late: int
    held: int


@dataclass(frozen=True, slots=True)
class About:
    """What a subject of the outbox or the ledger is about."""

    code: str
    report_code: str


def held_now(request: Request, now: datetime) -> int:
    """What this request holds at this moment: nothing after its end, whatever anybody wrote down since."""
    return request.held_amount if request.state in DONE and now < request.until else 0


def holding(now: datetime) -> Q:
    """The condition of requests that hold something now: `held_now` for many rows."""
    return Q(state__in=DONE, until__gt=now)


def found_wrong(kind: str, values: Iterable[str]) -> set[str]:
    """Those of the objects on which a measure was found wrong. One query."""
    rows = Measure.objects.filter(object_kind=kind, object_value__in=list(values)).exclude(wrong="")
    return set(rows.values_list("object_value", flat=True))


def accounts_under_measures(bank: str, now: datetime) -> list[tuple[str, str]]:
    """The accounts of a bank under a measure that is in force, each with the measure's kind; sorted. One query."""
    rows = Measure.objects.filter(object_kind="account", object_value__startswith=f"{bank}:", state__in=SENT_STATES)
    found = {(row.object_value, row.kind) for row in rows if state_now(row, now) in SENT_STATES}
    return sorted(found)


def is_overdue(request: Request, now: datetime) -> bool:
    """True if the partner's time to answer is over and no final answer came."""
    return request.state in UNANSWERED and request.answer_by <= now < request.until


def seen_of_report(officer: Officer, report: Report) -> list[Measure]:
    """The measures for a report, if the officer may see them: see `of_report`."""
    rights.require_to_read(officer, "measures.list")
    found = _whole(Measure.objects.filter(_within(officer), report=report))
    for measure in found:
        measure.report = report
    return found


def of_report(report_id: UUID) -> list[Measure]:
    """The measures for a report with their requests, oldest first. For its reporter, whose receipt was seen."""
    found = rows_with(Measure, "report", report_id, order="proposed_at")
    prefetch_related_objects(found, "requests")
    return found


def question_of_report(report_id: UUID) -> Question:
    """What `of_report` asks first."""
    return question(Measure, "report", report_id, order="proposed_at")


def _whole(rows: QuerySet[Measure]) -> list[Measure]:
    rows = rows.select_related("proposed_by", "decided_by")
    rows = rows.prefetch_related(
        "requests__partner", "requests__answers", "renewals__proposed_by", "notices", *QUESTIONS
    )
    return list(rows.order_by("proposed_at"))


def partners_of(measure_ids: Iterable[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """Code and name of the partners that were asked, by measure. One query."""
    rows = Request.objects.filter(measure_id__in=set(measure_ids)).order_by("partner_id")
    found: dict[UUID, list[tuple[str, str]]] = {}
    for measure_id, code, name in rows.values_list("measure_id", "partner_id", "partner__name"):
        found.setdefault(measure_id, []).append((code, name))
    return found


def money_of(lost: int, rows: Iterable[Measure], now: datetime) -> MoneySummary:
    """What became of a loss so far. Other measures than holds hold no money."""
    measures = [measure for measure in rows if measure.kind == Kind.HOLD_FUNDS]
    sent = [measure for measure in measures if state_now(measure, now) in SENT_STATES]
    held = sum(held_now(request, now) for measure in sent for request in measure.requests.all())
    answered = [row for measure in measures for row in measure.requests.all() if row.answered_at]
    gone = sum(
        (row.measure.amount or 0) - row.held_amount
        for row in answered
        if row.state == RequestState.PART or row.refusal == "no_money"
    )
    asked = sum(measure.amount or 0 for measure in sent if not _is_refused(measure))
    return MoneySummary(lost=lost, asked=asked, held=held, gone=gone)


def _is_refused(measure: Measure) -> bool:
    """True if every partner that was asked refused."""
    states = [request.state for request in measure.requests.all()]
    return bool(states) and all(state == RequestState.REFUSED for state in states)


def tally(officer: Officer, *, now: datetime) -> Tally:
    """The desk's figures at this moment: what `is_overdue` and `held_now` say, added up. One query."""
    rights.require_to_read(officer, "measures.list")
    mine = Request.objects.filter(owners.within(officer, "measures.list", report="measure__report__"))
    live = mine.filter(state__in=(*UNANSWERED, *DONE), until__gt=now)
    late, held = Q(state__in=UNANSWERED, answer_by__lte=now), Q(state__in=DONE)
    found = live.aggregate(late=Count("pk", filter=late), held=Sum("held_amount", filter=held))
    return Tally(late=found["late"], held=found["held"] or 0)


def abouts(officer: Officer, verb: str, subjects: Iterable[str]) -> dict[str, About]:
    """The measure and report behind each `request:...` and `measure:...` on whose report the officer may do `verb`.

    Other subjects are passed over. A query for each of both kinds that is named.
    """
    by_kind: dict[str, set[str]] = {}
    for kind, _colon, ident in (subject.partition(":") for subject in subjects):
        by_kind.setdefault(kind, set()).add(ident)
    found: dict[str, Measure] = {}
    if asked := by_kind.get("request"):
        requests = Request.objects.filter(within(officer, verb, at="measure__report__"), pk__in=asked)
        found |= {request.subject: request.measure for request in requests.select_related("measure__report")}
    if named := by_kind.get("measure"):
        ours = Measure.objects.filter(within(officer, verb, at="report__"), pk__in=named)
        found |= {measure.subject: measure for measure in ours.select_related("report")}
    return {subject: About(measure.code, measure.report.code) for subject, measure in found.items()}


def get_by_code(officer: Officer, verb: str, code: str) -> Measure:
    """The measure of that code, if the officer may do `verb` to its report. Raises InputError `no_measure`."""
    rights.require_to_read(officer, verb)
    rows = Measure.objects.filter(within(officer, verb, at="report__"), code=without_controls(code).upper())
    measure = rows.select_related("report").first()
    if measure is None:
        raise InputError("no_measure", refusals.NO_MEASURE)
    return measure


def find_open_to_appeal(code: str, *, now: datetime) -> Measure:
    """The measure whose code the person affected was told: it went out, and no dated reason delays the notice still.

    Raises InputError `no_measure`.
    """
    measure = Measure.objects.filter(code=without_controls(code).upper(), sent_at__isnull=False).first()
    if measure is None or is_delayed(measure, now):
        raise InputError("no_measure", refusals.NO_MEASURE)
    return measure


def report_code_of(officer: Officer, code: str) -> str:
    """The code of the report that a measure is for; empty if there is no such measure in the officer's units."""
    rights.require_to_read(officer, "measures.list")
    return (
        Measure.objects.filter(_within(officer), code=code.upper()).values_list("report__code", flat=True).first() or ""
    )


def count_on_basis(officer: Officer, code: str) -> int:
    """How many measures of the officer's units rest on a basis."""
    rights.require_to_read(officer, "rules.list")
    return Measure.objects.filter(within(officer, "rules.list", at="report__"), basis=code).count()


def end_of(measure: Measure, now: datetime) -> datetime:
    """When the measure ends, or ended."""
    return over_at(measure, now) or measure.ends_at or measure.confirm_by or now


def is_sent(measure: Measure, now: datetime) -> bool:
    """True if the measure was sent and is in force."""
    return state_now(measure, now) in SENT_STATES


def check_can_hold(named: reports.Named, facts: reports.LossFacts) -> None:
    """Return if a hold for this loss of what is named can be asked for. Raises ConflictError, InputError with the reason."""
    holds = Measure.objects.filter(report_id=facts.report_id, kind=Kind.HOLD_FUNDS.value)
    earlier = holds.select_related("proposed_by").order_by("-proposed_at").first()
    if earlier is not None:
        said = refusals.HELD_ALREADY.filled(
            who=earlier.proposed_by.display_name, when=shown(earlier.proposed_at), code=earlier.code
        )
        raise ConflictError("held_already", said)
    target = Target("account", facts.to_account)
    check_target(Kind.HOLD_FUNDS, target, named)
    partners_for(Kind.HOLD_FUNDS, target)


def why_not_urgent(officer: Officer, *, now: datetime) -> Said | None:
    """Why the one-officer path is closed to this officer; None if it is open."""
    try:
        check_urgent_path(officer, now)
    except RefusedError as error:
        return error.said
    return None


def requests_of(partner: Partner, *, state: str, after: UUID | None, limit: int, now: datetime) -> list[Request]:
    """A partner's own requests, oldest first: `open` (not finally answered, not over) or `all`."""
    rows = (
        Request.objects.filter(partner=partner)
        .select_related("measure__report__loss")
        .prefetch_related("measure__notices")
    )
    if state == "open":
        rows = rows.filter(state__in=UNANSWERED, until__gt=now)
    if after:
        last = Request.objects.filter(pk=after, partner=partner).first()
        if last:
            rows = rows.filter(Q(asked_at__gt=last.asked_at) | Q(asked_at=last.asked_at, pk__gt=last.pk))
    return list(rows.order_by("asked_at", "pk")[:limit])


def _within(officer: Officer) -> Q:
    return within(officer, "measures.list", at="report__")
