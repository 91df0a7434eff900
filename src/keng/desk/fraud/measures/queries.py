"""Reading measures for others: the queue, a report's measures, a partner's requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import shown
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.checks import check_target, check_urgent_path, without_controls
from keng.desk.fraud.measures.ending import over_at, state_now
from keng.desk.fraud.measures.kinds import SAID, Kind, Target
from keng.desk.fraud.measures.models import (
    DONE,
    OPEN_STATES,
    QUESTIONS,
    SENT_STATES,
    UNANSWERED,
    Measure,
    MeasureState,
    Request,
    RequestState,
)
from keng.desk.fraud.measures.notices import is_delayed
from keng.desk.fraud.measures.routing import partners_for
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

SOON = timedelta(hours=1)

__all__ = ["over_at", "state_now"]


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One decision: hold money of a report, decide on another officer's measure, or read a report.

    `holdable` orders the lines; `held` is what a hold to be confirmed holds now. None: not told, or no clock runs.
    """

    what: str  # "hold", "confirm" or "read"
    report_id: UUID
    code: str
    channel: str
    amount: int | None
    holdable: int
    account: str
    bank: str
    sent_at: datetime | None
    received_at: datetime
    clock_to: datetime | None
    held: int = 0
    measure_id: UUID | None = None
    asks: Said | None = None  # what a measure to decide on would do
    by: str = ""
    is_mine: bool = False
    is_later: bool = False
    same_source: int = 0
    measure_code: str = ""


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


def is_overdue(request: Request, now: datetime) -> bool:
    """True if the partner's time to answer is over and no final answer came."""
    return request.state in UNANSWERED and request.answer_by <= now < request.until


def queue(officer: Officer, *, now: datetime) -> list[QueueLine]:
    """Decisions that wait, those first whose money can still be held.

    A hold line counts what is estimated to be in the account still; a line to confirm counts what is held, in the last hour
    before it falls, and stands below the others until then. Reports with nothing to hold come after them, the newest first,
    and last those losses that a flood brought through the slower lane.
    """
    rights.require(officer, "measures.list")
    lines = [*_to_hold(officer, now), *_to_decide(officer, now)]
    to_read = _to_read(officer, now, taken={line.report_id for line in lines})
    ordered = sorted(lines, key=lambda line: (line.is_later, -line.holdable, line.clock_to or now, line.code))
    return [*(line for line in ordered if not line.is_later), *to_read, *(line for line in ordered if line.is_later)]


def seen_of_report(officer: Officer, report_id: UUID) -> list[Measure]:
    """The measures for a report, if the officer may see them: see `of_report`."""
    rights.require(officer, "measures.list")
    return _whole(Measure.objects.filter(_within(officer), report_id=report_id))


def of_report(report_id: UUID) -> list[Measure]:
    """The measures for a report with their requests and answers, oldest first. For its reporter, whose receipt was seen."""
    return _whole(Measure.objects.filter(report_id=report_id))


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
    """The desk's figures at this moment."""
    rights.require(officer, "measures.list")
    mine = Request.objects.filter(within(officer, "measures.list", at="measure__report__"))
    late = mine.filter(state__in=UNANSWERED, answer_by__lte=now, until__gt=now).count()
    live = mine.filter(state__in=DONE, until__gt=now, measure__state__in=SENT_STATES)
    return Tally(late=late, held=live.aggregate(total=Sum("held_amount"))["total"] or 0)


def abouts(officer: Officer, verb: str, subjects: Iterable[str]) -> dict[str, About]:
    """The measure and report behind each `request:...` and `measure:...` on whose report the officer may do `verb`.

    Other subjects are passed over. Two queries.
    """
    by_kind: dict[str, set[str]] = {}
    for kind, _colon, ident in (subject.partition(":") for subject in subjects):
        by_kind.setdefault(kind, set()).add(ident)
    found = {
        request.subject: request.measure
        for request in Request.objects.filter(
            within(officer, verb, at="measure__report__"), pk__in=by_kind.get("request", ())
        ).select_related("measure__report")
    }
    ours = Measure.objects.filter(within(officer, verb, at="report__"), pk__in=by_kind.get("measure", ()))
    for measure in ours.select_related("report"):
        found[measure.subject] = measure
    return {subject: About(measure.code, measure.report.code) for subject, measure in found.items()}


def get_by_code(officer: Officer, verb: str, code: str) -> Measure:
    """The measure of that code, if the officer may do `verb` to its report. Raises InputError `no_measure`."""
    rights.require(officer, verb)
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
    rights.require(officer, "measures.list")
    return (
        Measure.objects.filter(_within(officer), code=code.upper()).values_list("report__code", flat=True).first() or ""
    )


def count_on_basis(officer: Officer, code: str) -> int:
    """How many measures of the officer's units rest on a basis."""
    rights.require(officer, "rules.list")
    return Measure.objects.filter(within(officer, "rules.list", at="report__"), basis=code).count()


def end_of(measure: Measure, now: datetime) -> datetime:
    """When the measure ends, or ended."""
    return over_at(measure, now) or measure.ends_at or measure.confirm_by or now


def is_sent(measure: Measure, now: datetime) -> bool:
    """True if the measure was sent and is in force."""
    return state_now(measure, now) in SENT_STATES


def check_can_hold(facts: reports.LossFacts) -> None:
    """Return if a hold for this loss can be asked for. Raises ConflictError, InputError with the reason."""
    holds = Measure.objects.filter(report_id=facts.report_id, kind=Kind.HOLD_FUNDS.value)
    earlier = holds.select_related("proposed_by").order_by("-proposed_at").first()
    if earlier is not None:
        said = refusals.HELD_ALREADY.filled(
            who=earlier.proposed_by.display_name, when=shown(earlier.proposed_at), code=earlier.code
        )
        raise ConflictError("held_already", said)
    target = Target("account", facts.to_account)
    named = reports.named_by(facts.report_id)
    assert named is not None, "a loss has its report"  # noqa: S101 - our own invariant
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


def _to_hold(officer: Officer, now: datetime) -> list[QueueLine]:
    """Losses without an open hold on the account that they name."""
    untouched = ~Exists(
        Measure.objects.filter(report_id=OuterRef("report_id"), kind=Kind.HOLD_FUNDS.value)
    )  # no second line for what was decided
    due = rules.limit("report.first_decision_within", now.date())
    losses = reports.open_losses(officer, now=now, waiting=untouched)
    sources = reports.same_source(loss.source for loss in losses)
    return [
        QueueLine(
            what="hold",
            report_id=loss.report_id,
            code=loss.code,
            channel=loss.channel,
            amount=loss.amount,
            holdable=round(loss.amount * rules.holdable_share(now - loss.sent_at)),
            account=loss.to_account,
            bank=reports.bank_name(loss.to_account),
            sent_at=loss.sent_at,
            received_at=loss.received_at,
            clock_to=due.after(loss.received_at),
            is_later=loss.lane > 0,
            same_source=sources.get(loss.source or b"", 0),
        )
        for loss in losses
    ]


def _to_read(officer: Officer, now: datetime, *, taken: set[UUID]) -> list[QueueLine]:
    """Open reports that tell of nothing to hold, or no longer."""
    rows = [row for row in reports.open_to_read(officer, now=now) if row.report_id not in taken]
    in_hand = _in_hand([row.report_id for row in rows])
    sources = reports.same_source(row.source for row in rows)
    return [
        QueueLine(
            what="read",
            report_id=row.report_id,
            code=row.code,
            channel=row.channel,
            amount=row.amount,
            holdable=0,
            account=row.account,
            bank=reports.bank_name(row.account),
            sent_at=row.sent_at,
            received_at=row.received_at,
            clock_to=None,
            is_later=row.lane > 0,
            same_source=sources.get(row.source or b"", 0),
        )
        for row in rows
        if row.report_id not in in_hand
    ]


def _in_hand(report_ids: list[UUID]) -> set[UUID]:
    """Reports with a measure that is still open."""
    rows = Measure.objects.filter(report_id__in=report_ids, state__in=OPEN_STATES)
    return set(rows.values_list("report_id", flat=True))


def _to_decide(officer: Officer, now: datetime) -> list[QueueLine]:
    waiting = Measure.objects.filter(
        _within(officer), state__in=(MeasureState.UNCONFIRMED, MeasureState.PROPOSED), decided_by=None
    )
    rows = waiting.select_related("report__loss", "proposed_by").prefetch_related("requests")
    rows = rows.order_by(F("confirm_by").asc(nulls_last=True), "proposed_at")
    return [_decide_line(row, officer, now) for row in rows[:500] if state_now(row, now) in OPEN_STATES]


def _decide_line(measure: Measure, officer: Officer, now: datetime) -> QueueLine:
    held = sum(held_now(request, now) for request in measure.requests.all())
    loss = getattr(measure.report, "loss", None)
    is_account = measure.object_kind == "account"
    return QueueLine(
        what="confirm",
        report_id=measure.report_id,
        code=measure.report.code,
        channel=measure.report.channel,
        amount=measure.amount,
        holdable=_at_stake(measure, held, now),
        account=measure.object_value,
        bank=reports.bank_name(measure.object_value) if is_account else "",
        sent_at=loss.sent_at if loss else None,
        received_at=measure.report.received_at,
        clock_to=measure.confirm_by,
        held=held,
        measure_id=measure.pk,
        by=measure.proposed_by.display_name,
        is_mine=measure.proposed_by_id == officer.pk,
        asks=SAID[Kind(measure.kind)],
        measure_code=measure.code,
    )


def _at_stake(measure: Measure, held: int, now: datetime) -> int:
    """The money that the decision is about now; none for what holds no money."""
    if measure.kind != Kind.HOLD_FUNDS:
        return 0
    if measure.state == MeasureState.PROPOSED:
        return round((measure.amount or 0) * rules.holdable_share(now - measure.report.loss.sent_at))
    return held if measure.confirm_by and measure.confirm_by - now < SOON else 0
