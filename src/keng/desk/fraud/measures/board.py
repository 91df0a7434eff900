"""Reading measures as things of their own: the board, one measure's page, how far its partners are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from keng.base.errors import InputError
from keng.desk.fraud.measures import owners, precedence, refusals
from keng.desk.fraud.measures.answers import NOT_OURS
from keng.desk.fraud.measures.checks import without_controls
from keng.desk.fraud.measures.ending import state_now
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import (
    DONE,
    QUESTIONS,
    SENT_STATES,
    UNANSWERED,
    Measure,
    MeasureState,
    Renewal,
    RenewalState,
    Request,
)
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

BOARD_ROWS = 100
ASKED_ROWS = 200  # of the newest requests: whose partners the filter offers
WAITING, IN_FORCE, OVER, WRONG = "waiting", "in_force", "over", "wrong"
STATES = (WAITING, IN_FORCE, OVER, WRONG)


@dataclass(frozen=True, slots=True)
class Carried:
    """How far a measure is carried out: of the `asked` partners so many did it (in part: `part`), refused, or are silent.

    `not_theirs` of those that refused only do not serve the object; `serving` are the others.
    """

    asked: int
    done: int
    part: int
    refused: int
    not_theirs: int
    waiting: int

    @property
    def serving(self) -> int:
        return self.asked - self.not_theirs


def carried(measure: Measure, now: datetime) -> Carried:
    """How far its partners are at this moment; nothing is carried out any more once its end has come."""
    rows = list(measure.requests.all())
    live = state_now(measure, now) in SENT_STATES
    done = [row for row in rows if live and row.state in DONE and now < row.until]
    refused = [row for row in rows if row.refusal]
    return Carried(
        asked=len(rows),
        done=len(done),
        part=sum(row.state == "part" for row in done),
        refused=len(refused),
        not_theirs=sum(row.refusal in NOT_OURS for row in refused),
        waiting=sum(_waits(row, now) for row in rows) if live else 0,
    )


def of_board(officer: Officer, *, kind: str = "", state: str = "", partner: str = "", now: datetime) -> list[Measure]:
    """Measures of a kind, a state by the clock (STATES) and a partner, those that wait first, then the newest."""
    rights.require_to_read(officer, "measures.list")
    rows = Measure.objects.filter(owners.within(officer, "measures.list", report="report__"), _state_filter(state, now))
    if kind in [*Kind]:
        rows = rows.filter(kind=kind)
    if partner:
        known = partner in {one.pk for one in partners.everyone()}
        rows = rows.filter(requests__partner_id=partner) if known else rows.none()
    rows = rows.select_related("report", "proposed_by", "decided_by").prefetch_related("requests__partner", "renewals")
    found = list(rows.order_by("-proposed_at")[:BOARD_ROWS])
    return sorted(found, key=lambda row: not _needs_decision(row, now))


def get_whole(officer: Officer, code: str) -> Measure:
    """The measure of that code with all that belongs to it. Raises InputError `no_measure`."""
    rights.require_to_read(officer, "measures.list")
    rows = Measure.objects.select_related("report__owner", "proposed_by", "decided_by", "lifted_by")
    rows = rows.prefetch_related(
        "requests__partner", "requests__answers", "renewals__proposed_by", "renewals__decided_by", "notices", *QUESTIONS
    )
    measure = rows.filter(_mine(officer), code=without_controls(code).upper()).first()
    if measure is None:
        raise InputError("no_measure", refusals.NO_MEASURE)
    return measure


def meets(officer: Officer, measure: Measure, now: datetime) -> tuple[list[Measure], int]:
    """Other measures that wait or are in force on the same object, oldest first; and how many more other units have."""
    rows = Measure.objects.filter(object_kind=measure.object_kind, object_value=measure.object_value)
    rows = rows.filter(precedence.in_force(now) | Q(state=MeasureState.PROPOSED)).exclude(pk=measure.pk)
    mine = list(rows.filter(_mine(officer)).order_by("proposed_at")[:BOARD_ROWS])
    return mine, max(rows[:BOARD_ROWS].count() - len(mine), 0)


def partners_asked(officer: Officer) -> list[Partner]:
    """The partners that the newest measures of the officer's units were sent to, by kind and name; everyone for who leads."""
    rights.require_to_read(officer, "measures.list")
    if rights.leads(officer, "measures.list"):
        return partners.everyone()
    mine = owners.within(officer, "measures.list", report="measure__report__")
    newest = Request.objects.filter(mine).order_by("-measure__proposed_at").values_list("partner_id", flat=True)
    found = partners.find_partners(set(newest[:ASKED_ROWS]))
    return sorted(found, key=lambda one: (one.kind, one.name))


def _mine(officer: Officer) -> Q:
    return within(officer, "measures.list", at="report__")


def code_of_renewed(officer: Officer, renewal_id: int) -> str:
    """The code of the measure that a renewal is of; empty if there is none in the officer's units."""
    mine = within(officer, "measures.list", at="measure__report__")
    return Renewal.objects.filter(mine, pk=renewal_id).values_list("measure__code", flat=True).first() or ""


def waiting_count(measures: Iterable[Measure], now: datetime) -> int:
    """How many of these wait for a second officer, a renewal counted in."""
    return sum(_needs_decision(row, now) for row in measures)


def _state_filter(state: str, now: datetime) -> Q:
    live = precedence.in_force(now)
    waits = Q(state=MeasureState.PROPOSED) | (live & Q(state=MeasureState.UNCONFIRMED))
    match state:
        case "waiting":
            return waits | (live & Q(renewals__state=RenewalState.PROPOSED))
        case "in_force":
            return live
        case "over":
            return ~live & ~Q(state=MeasureState.PROPOSED)
        case "wrong":
            return ~Q(wrong="")
    return Q()


def _needs_decision(measure: Measure, now: datetime) -> bool:
    state = state_now(measure, now)
    if state in (MeasureState.PROPOSED, MeasureState.UNCONFIRMED):
        return True
    renewals = measure.renewals.all()
    return state == MeasureState.ACTIVE and any(one.state == RenewalState.PROPOSED for one in renewals)


def _waits(request: Request, now: datetime) -> bool:
    return request.state in UNANSWERED and now < request.until
