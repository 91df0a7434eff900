"""How a case stands at a moment: computed from its dated events, its ladder and the clock, for one case and for many rows.

A restriction is in force from the moment at which it falls due, whether or not a worker was there to send the order. But a step
counts from when the one before it went out: nobody is restricted whose notices did not go out, and no contract ends whose
restriction was never ordered. So a worker that was down delays what takes away, and never what gives back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_

from django.db.models import Q

from keng.desk.fraud.followup.models import Batch, Case, Decision, Level, Outcome
from keng.vietnam.rules.followups import Does, Ladder, Step, ladder, ladders

LEVELS = (Level.NONE, Level.OUT, Level.BOTH, Level.END)  # mildest first
NOBODY = Q(pk=None)


class State(StrEnum):
    """What a page or a partner calls it."""

    WRITTEN = "written"  # the batch has not begun
    WINDOW = "window"  # notices, and time to correct
    STOPPED = "stopped"  # the clock stands still: an appeal, or "corrected", waits for an answer
    PERSON = "person"  # the next step waits for a person's decision
    CONTACT = "contact"  # the end waits until somebody reached the holder
    OUT = "restrict_out"
    BOTH = "restrict_both"
    END = "end"
    CORRECTED = "corrected"
    GRANTED = "granted"
    LET_GO = "let_go"
    EXEMPT = "exempt"
    TAKEN_BACK = "taken_back"


OPEN = (State.WINDOW, State.STOPPED, State.PERSON, State.CONTACT, State.OUT, State.BOTH, State.END)


@dataclass(frozen=True, slots=True)
class Standing:
    """`level` is what is taken away now; `step` the next one, due at `step_at` (None: no clock leads to it)."""

    state: State
    level: Level
    step: Step | None = None
    step_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may still change by the clock or by somebody's word."""
        return self.state in OPEN


def standing(case: Case, batch: Batch, now: datetime) -> Standing:
    """How the case stands."""
    if batch.rolled_back_at is not None:
        return Standing(State.TAKEN_BACK, Level.NONE)
    if case.outcome:
        return Standing(State(case.outcome), Level.NONE)
    if batch.begun_at is None:
        return Standing(State.WRITTEN, Level.NONE)
    level = level_at(case, now)
    step = step_above(ladder_of(case), level)
    if case.stopped_at is not None:
        return Standing(State.STOPPED, level, step)
    due = due_at(case, step) if step is not None and is_allowed(case, step) else None
    return Standing(_state(case, level, step, now), level, step, due)


def level_at(case: Case, now: datetime) -> Level:
    """What is taken away at that moment from an open case."""
    stood = max(Level(case.floor), Level(case.ordered), key=LEVELS.index)
    step = next_step(case)
    if case.stopped_at is not None or step is None or not is_allowed(case, step):
        return stood
    due = due_at(case, step)
    if due is None or now < due or case.notices < len(ladder_of(case).notices):
        return stood
    return max(stood, Level(step.does), key=LEVELS.index)


def ladder_of(case: Case) -> Ladder:
    """The ladder by which a case goes."""
    return ladder(case.rule, case.rule_on)


def next_step(case: Case) -> Step | None:
    """The mildest restriction of the ladder that was not ordered yet."""
    return step_above(ladder_of(case), Level(case.ordered))


def step_above(row: Ladder, level: Level) -> Step | None:
    """The mildest restriction of a ladder that takes away more than this."""
    stands = LEVELS.index(level)
    return next((step for step in row.restrictions if LEVELS.index(Level(step.does)) > stands), None)


def due_at(case: Case, step: Step) -> datetime | None:
    """When a restriction falls due by the clock; None if nothing leads to it yet."""
    row = ladder_of(case)
    if step.after is None:
        return case.decided_at + row.decided if case.decided_at else None
    if case.clock_from is None:
        return None
    due = case.clock_from + step.after
    if step.does is Does.END and case.contacted_at is not None:
        due = max(due, case.contacted_at + row.contact)
    return due


def is_allowed(case: Case, step: Step) -> bool:
    """Whether the clock alone may take the step: sure enough or decided by a person, and nobody's only number unheard."""
    if case.needs_person and case.decision != Decision.GO_ON:
        return False
    return step.does is not Does.END or not is_only_number(case) or case.contacted_at is not None


def is_only_number(case: Case) -> bool:
    """Whether this is the holder's only number, or may be: where nobody was accepted as holder, nobody knows."""
    return case.sims <= 1


def next_look(case: Case, now: datetime) -> datetime | None:
    """When the worker has something to send for a case of a batch that stands; None: nothing leads there by the clock."""
    if case.to_say:
        return now
    if case.outcome or case.stopped_at is not None:
        return None
    notices = ladder_of(case).notices
    if case.notices < len(notices):
        return case.clock_from + notices[case.notices] if case.clock_from else now
    step = next_step(case)
    return due_at(case, step) if step is not None and is_allowed(case, step) else None


def in_state(state: State, now: datetime) -> Q:
    """The condition of the cases in a state: `standing` for many rows."""
    if state is State.TAKEN_BACK:
        return Q(batch__rolled_back_at__isnull=False)
    stands = Q(batch__rolled_back_at=None)
    if state in Outcome.values:
        return stands & Q(outcome=state.value)
    if state is State.WRITTEN:
        return stands & Q(outcome="", batch__begun_at=None)
    live = stands & Q(outcome="", batch__begun_at__isnull=False)
    return live & (Q(stopped_at__isnull=False) if state is State.STOPPED else Q(stopped_at=None) & _running(state, now))


def at_least(level: Level, now: datetime) -> Q:
    """The condition that at least this much is taken away: `level_at` for many rows of open cases."""
    harder = [one.value for one in LEVELS[LEVELS.index(level) :]]
    return reduce(or_, _fallen_due(level, now), Q(floor__in=harder) | Q(ordered__in=harder))


def of_ladder(row: Ladder) -> Q:
    """The cases that go by one row of the table."""
    mine = Q(rule=row.code, rule_on__gte=row.valid_from)
    return mine & Q(rule_on__lt=row.valid_to) if row.valid_to else mine


def _state(case: Case, level: Level, step: Step | None, now: datetime) -> State:
    if level is Level.NONE:
        undecided = case.needs_person and not case.decision and case.notices > 0 and ladder_of(case).restrictions
        return State.PERSON if undecided else State.WINDOW
    return State.CONTACT if _waits_for_contact(case, step, now) else State(level.value)


def _waits_for_contact(case: Case, step: Step | None, now: datetime) -> bool:
    if step is None or step.does is not Does.END or case.contacted_at is not None or not is_only_number(case):
        return False
    due = due_at(case, step)
    return due is not None and due <= now and case.ordered == Level.BOTH


def _running(state: State, now: datetime) -> Q:
    out, both, end = (at_least(level, now) for level in LEVELS[1:])
    match state:
        case State.END:
            return end
        case State.CONTACT:
            return _contact_rows(now) & ~end
        case State.BOTH:
            return both & ~end & ~_contact_rows(now)
        case State.OUT:
            return out & ~both
        case State.PERSON:
            return _undecided_rows() & ~out
    return ~out & ~_undecided_rows()


def _undecided_rows() -> Q:
    with_steps = reduce(or_, (of_ladder(row) for row in ladders() if row.restrictions), NOBODY)
    return Q(needs_person=True, decision="", notices__gt=0) & with_steps


def _contact_rows(now: datetime) -> Q:
    ends = ((row, step) for row in ladders() for step in row.restrictions if step.does is Does.END)
    due = (of_ladder(row) & Q(clock_from__lte=now - (step.after or timedelta())) for row, step in ends)
    return Q(ordered=Level.BOTH, sims__lte=1, contacted_at=None) & reduce(or_, due, NOBODY)


def _fallen_due(level: Level, now: datetime) -> Iterator[Q]:
    """For each ladder with this step: it is the next one, allowed, and its time has come."""
    for row in ladders():
        mildest = Level.NONE
        for step in row.restrictions:
            if Level(step.does) is level:
                between = LEVELS[LEVELS.index(mildest) : LEVELS.index(level)]
                ordered = Q(ordered__in=[one.value for one in between], stopped_at=None, notices__gte=len(row.notices))
                yield of_ladder(row) & ordered & _allowed_rows(row, step, now)
            mildest = Level(step.does)


def _allowed_rows(row: Ladder, step: Step, now: datetime) -> Q:
    allowed = Q(needs_person=False) | Q(decision=Decision.GO_ON)
    if step.does is Does.END:
        allowed &= Q(contacted_at__lte=now - row.contact) | Q(sims__gt=1, contacted_at=None)
    if step.after is None:
        return allowed & Q(decided_at__lte=now - row.decided)
    return allowed & Q(clock_from__lte=now - step.after)
