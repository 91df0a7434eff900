"""What happens by the clock: measures end, silent partners are reminded, delayed notices go out.

Every one of these only writes down, and tells, what the clock has decided already; safe to repeat, late or by two at once.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from keng.desk.fraud.measures import outgoing
from keng.desk.fraud.measures.kinds import Target
from keng.desk.fraud.measures.models import (
    SENT_STATES,
    UNANSWERED,
    Measure,
    MeasureState,
    RenewalState,
    Request,
)
from keng.desk.fraud.measures.records import get_measure, note_notice, release, tell
from keng.desk.fraud.measures.records import record_measure as _record


def state_now(measure: Measure, now: datetime) -> MeasureState:
    """The measure's state by the clock: one whose time is over has ended, though no worker has written it down yet."""
    if measure.state == MeasureState.UNCONFIRMED and measure.confirm_by and measure.confirm_by <= now:
        return MeasureState.LAPSED
    if measure.state == MeasureState.ACTIVE and measure.ends_at and measure.ends_at <= now:
        return MeasureState.ENDED
    return MeasureState(measure.state)


def over_by_clock(now: datetime) -> Q:
    """The condition that a measure's time is over and no worker has written its end down yet: `state_now` for many rows."""
    lapsed = Q(state=MeasureState.UNCONFIRMED, confirm_by__lte=now)
    return lapsed | Q(state=MeasureState.ACTIVE, ends_at__lte=now)


def over_at(measure: Measure, now: datetime) -> datetime | None:
    """The moment at which the measure stopped restricting anybody; None while it is in force, or if it never went out."""
    if measure.sent_at is None:
        return None
    match state_now(measure, now):
        case MeasureState.LAPSED:
            return measure.confirm_by
        case MeasureState.ENDED:
            return measure.ends_at
        case MeasureState.LIFTED | MeasureState.DECLINED:
            return measure.closed_at
    return None


def end_what_is_over(*, now: datetime, most: int = 100) -> int:
    """Write down the end of measures whose time is over and tell the partners, each in its own transaction."""
    lapsed = Measure.objects.filter(state=MeasureState.UNCONFIRMED, confirm_by__lte=now).values_list("pk", flat=True)
    ended = Measure.objects.filter(state=MeasureState.ACTIVE, ends_at__lte=now).values_list("pk", flat=True)
    return sum(_end(pk, now) for pk in [*lapsed[:most], *ended[:most]])


def end_over_on(target: Target, now: datetime) -> None:
    """The same for one object, in the caller's transaction: what is over must not stand in the way of what is new."""
    rows = Measure.objects.filter(object_kind=target.kind, object_value=target.value, state__in=SENT_STATES)
    for measure in rows:
        if state_now(measure, now) != measure.state:
            _end(measure.pk, now)


def remind_the_silent(*, now: datetime, most: int = 100) -> int:
    """Send one reminder for each request whose time to answer is over."""
    silent = Request.objects.filter(state__in=UNANSWERED, answer_by__lte=now, until__gt=now, reminded_at=None)
    return sum(_remind(pk, now) for pk in list(silent.values_list("pk", flat=True)[:most]))


def send_due_notices(*, now: datetime, most: int = 100) -> int:
    """Let the notices go out whose dated delay is over, though nobody acts."""
    due = Measure.objects.filter(notice_delayed_to__lte=now, sent_at__isnull=False, notices=None)
    return sum(_send_notice(pk, now) for pk in list(due.values_list("pk", flat=True)[:most]))


def drop_renewals(measure: Measure) -> None:
    """A renewal that waits falls with its measure."""
    measure.renewals.filter(state=RenewalState.PROPOSED).update(state=RenewalState.LAPSED)


@transaction.atomic
def _end(measure_id: UUID, now: datetime) -> bool:
    measure = get_measure(measure_id)
    before, after = measure.state, state_now(measure, now)
    if after == before or Measure.objects.filter(pk=measure_id, state=before).update(state=after, closed_at=now) != 1:
        return False
    measure.refresh_from_db()
    drop_renewals(measure)
    over = over_at(measure, now) or now
    _record(f"measures.{after}", "system:worker", measure, now, notice=release(measure, over, now))
    return True


@transaction.atomic
def _remind(request_id: UUID, now: datetime) -> bool:
    changed = Request.objects.filter(pk=request_id, state__in=UNANSWERED, reminded_at=None).update(reminded_at=now)
    if changed != 1:
        return False
    request = Request.objects.select_related("measure__report", "partner").get(pk=request_id)
    outgoing.post("request.reminder", request, key=f"{request.subject}:{request.version}:reminder", now=now)
    _record("measures.remind", "system:worker", request.measure, now, to=request.partner_id)
    return True


@transaction.atomic
def _send_notice(measure_id: UUID, now: datetime) -> bool:
    measure = get_measure(measure_id)
    if measure.notices.exists():
        return False
    over = over_at(measure, now)
    until = over or measure.ends_at or measure.confirm_by or now
    kind = _state_as_type(measure, is_over=over is not None)
    notice = note_notice(measure, kind.partition(".")[2], until, now)
    _record("measures.notice", "system:worker", measure, now, notice=notice)
    tell(measure, kind, until, now)
    return True


def _state_as_type(measure: Measure, *, is_over: bool) -> str:
    """The type of message that says what stands; the notice comes with it."""
    if is_over:
        return "measure.released"
    return "measure.confirmed" if measure.state == MeasureState.ACTIVE else "measure.requested"
