"""The queue: every decision that waits, those first whose money can still be held.

Read in two steps, so that its length costs little: where every decision stands (`places`), then all that a page shows of the
few that it shows (`lines`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from keng.base.errors import Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.measures import owners
from keng.desk.fraud.measures.ending import state_now
from keng.desk.fraud.measures.kinds import SAID, Kind
from keng.desk.fraud.measures.models import (
    OPEN_STATES,
    Measure,
    MeasureState,
    Renewal,
    RenewalState,
    Review,
    ReviewState,
)
from keng.desk.fraud.measures.queries import held_now
from keng.desk.fraud.measures.reviewing import REVIEW_MEASURE
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports import queueing
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

SOON = timedelta(hours=1)
DECIDE_MOST = 500
RENEW = Said("Gia hạn lệnh", "Renew the order")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a decision stands in the queue: to hold money of a report, to decide on a measure, its renewal or its review, or to
    read a report.

    `holdable`, in đồng, orders the places; `clock_to` is None where no clock runs.
    """

    what: str  # "hold", "confirm", "renew", "review" or "read"
    report_id: UUID
    code: str
    holdable: int = 0
    clock_to: datetime | None = None
    is_later: bool = False
    measure: Measure | None = None
    renewal: Renewal | None = None
    review: Review | None = None

    @property
    def proposal(self) -> Renewal | Measure | None:
        """What another officer decides on, if anything was proposed."""
        return self.renewal or self.measure

    def is_of(self, officer: Officer) -> bool:
        """Whether this officer proposed it, so that another decides."""
        return self.review is None and self.proposal is not None and self.proposal.proposed_by_id == officer.pk


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One decision as a page shows it. `held` is what a hold to be confirmed holds now. None: not told, or no clock runs."""

    what: str
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
    review_id: UUID | None = None


def queue(officer: Officer, *, now: datetime) -> list[QueueLine]:
    """Every decision that waits, as pages show it."""
    return lines(officer, places(officer, now=now), now=now)


def places(officer: Officer, *, now: datetime) -> list[Place]:
    """Decisions that wait, those first whose money can still be held.

    A hold counts what is estimated to be in the account still; a measure to decide on, or to renew, counts what is held, in the
    last hour before it falls or ends, and stands below the others until then; one to review likewise, before its clock is over.
    Reports with nothing to hold come after them, the newest first, and last those losses that a flood brought through the slower
    lane. Seven queries, one more for whoever does not lead.
    """
    rights.require_to_read(officer, "measures.list")
    mine = queueing.mine(officer)
    money = [*_to_hold(mine, now), *_to_decide(officer, now), *_to_renew(officer, now), *_to_review(officer, now)]
    ordered = sorted(money, key=lambda place: (place.is_later, -place.holdable, place.clock_to or now, place.code))
    taken = {place.report_id for place in money}
    to_read = [place for place in _to_read(mine, now) if place.report_id not in taken]
    soon = [place for place in ordered if not place.is_later]
    return [*soon, *to_read, *ordered[len(soon) :]]


def lines(officer: Officer, places: list[Place], *, now: datetime) -> list[QueueLine]:
    """These places with all that a page shows of them. Five queries."""
    losses = reports.losses_of([place.report_id for place in places if place.what == "hold"])
    plain = reports.plain_facts([place.report_id for place in places if place.what == "read"])
    told = {**losses, **plain}
    sources = reports.same_source(one.source for one in told.values())
    return [
        _decide_line(place, place.measure, officer, now)
        if place.measure
        else _report_line(place, told[place.report_id], sources)
        for place in places
        if place.measure or place.report_id in told
    ]


def _to_hold(mine: Q, now: datetime) -> list[Place]:
    """Losses on which no hold was decided yet."""
    due = rules.limit("report.first_decision_within", day_in_vietnam(now))
    return [
        Place(
            "hold",
            one.report_id,
            one.code,
            holdable=round((one.amount or 0) * rules.holdable_share(now - (one.sent_at or now))),
            clock_to=due.after(one.received_at),
            is_later=one.lane > 0,
        )
        for one in queueing.to_hold(mine, now=now)
    ]


def _to_read(mine: Q, now: datetime) -> list[Place]:
    """Open reports that tell of nothing to hold, or no longer, and on which no measure is open."""
    idle = ~Exists(Measure.objects.filter(report_id=OuterRef("pk"), state__in=OPEN_STATES))
    waiting = queueing.to_read(mine, now=now, idle=idle)
    return [Place("read", one.report_id, one.code, is_later=one.lane > 0) for one in waiting]


def _to_decide(officer: Officer, now: datetime) -> list[Place]:
    waiting = Measure.objects.filter(
        owners.within(officer, "measures.list", report="report__"),
        state__in=(MeasureState.UNCONFIRMED, MeasureState.PROPOSED),
        decided_by=None,
    )
    rows = waiting.select_related("report__loss", "proposed_by").defer("report__original").prefetch_related("requests")
    rows = rows.order_by(F("confirm_by").asc(nulls_last=True), "proposed_at")[:DECIDE_MOST]
    return [_decide_place(row, now) for row in rows if state_now(row, now) in OPEN_STATES]


def _decide_place(measure: Measure, now: datetime) -> Place:
    return Place(
        "confirm",
        measure.report_id,
        measure.report.code,
        holdable=_at_stake(measure, now),
        clock_to=measure.confirm_by,
        measure=measure,
    )


def _to_renew(officer: Officer, now: datetime) -> list[Place]:
    """Renewals that wait for another officer while the measure is in force."""
    waiting = Renewal.objects.filter(
        owners.within(officer, "measures.list", at="measure__", report="measure__report__"),
        state=RenewalState.PROPOSED,
        measure__state=MeasureState.ACTIVE,
        measure__ends_at__gt=now,
    )
    rows = waiting.select_related("measure__report__loss", "proposed_by").defer("measure__report__original")
    rows = rows.prefetch_related("measure__requests").order_by("ends_before", "pk")[:DECIDE_MOST]
    return [_renew_place(row, row.measure, now) for row in rows]


def _renew_place(renewal: Renewal, measure: Measure, now: datetime) -> Place:
    ends_soon = renewal.ends_before - now < SOON
    return Place(
        "renew",
        measure.report_id,
        measure.report.code,
        holdable=_held(measure, now) if ends_soon else 0,
        clock_to=renewal.ends_before,
        measure=measure,
        renewal=renewal,
    )


def _to_review(officer: Officer, now: datetime) -> list[Place]:
    """Measures still open whose ground was undone."""
    waiting = Review.objects.filter(
        owners.within(officer, "measures.list", at="measure__", report="measure__report__"),
        state=ReviewState.OPEN,
        measure__state__in=OPEN_STATES,
    )
    rows = waiting.select_related("measure__report__loss", "measure__proposed_by").defer("measure__report__original")
    rows = rows.prefetch_related("measure__requests").order_by("decide_by", "pk")[:DECIDE_MOST]
    return [_review_place(row, row.measure, now) for row in rows if state_now(row.measure, now) in OPEN_STATES]


def _review_place(review: Review, measure: Measure, now: datetime) -> Place:
    return Place(
        "review",
        measure.report_id,
        measure.report.code,
        holdable=_held(measure, now) if review.decide_by - now < SOON else 0,
        clock_to=review.decide_by,
        measure=measure,
        review=review,
    )


def _at_stake(measure: Measure, now: datetime) -> int:
    """The money that the decision is about now; none for what holds no money."""
    if measure.kind != Kind.HOLD_FUNDS:
        return 0
    if measure.state == MeasureState.PROPOSED:
        return round((measure.amount or 0) * rules.holdable_share(now - measure.report.loss.sent_at))
    return _held(measure, now) if measure.confirm_by and measure.confirm_by - now < SOON else 0


def _held(measure: Measure, now: datetime) -> int:
    return sum(held_now(request, now) for request in measure.requests.all())


def _report_line(place: Place, facts: reports.LossFacts | reports.PlainFacts, sources: dict[bytes, int]) -> QueueLine:
    account = facts.to_account if isinstance(facts, reports.LossFacts) else facts.account
    return QueueLine(
        what=place.what,
        report_id=place.report_id,
        code=place.code,
        channel=facts.channel,
        amount=facts.amount,
        holdable=place.holdable,
        account=account,
        bank=reports.bank_name(account),
        sent_at=facts.sent_at,
        received_at=facts.received_at,
        clock_to=place.clock_to,
        is_later=place.is_later,
        same_source=sources.get(facts.source or b"", 0),
    )


def _decide_line(place: Place, measure: Measure, officer: Officer, now: datetime) -> QueueLine:
    loss = getattr(measure.report, "loss", None)
    return QueueLine(
        what=place.what,
        report_id=place.report_id,
        code=place.code,
        channel=measure.report.channel,
        amount=measure.amount,
        holdable=place.holdable,
        account=measure.object_value,
        bank=reports.bank_name(measure.object_value) if measure.object_kind == "account" else "",
        sent_at=loss.sent_at if loss else None,
        received_at=measure.report.received_at,
        clock_to=place.clock_to,
        held=_held(measure, now),
        measure_id=measure.pk,
        by=(place.renewal or measure).proposed_by.display_name,
        is_mine=place.is_of(officer),
        asks=_asks(place, measure),
        review_id=place.review.pk if place.review else None,
        measure_code=measure.code,
    )


def _asks(place: Place, measure: Measure) -> Said:
    if place.review:
        return REVIEW_MEASURE
    return RENEW if place.renewal else SAID[Kind(measure.kind)]
