"""What the clock asks for: notices, restrictions, the end; and what a batch taken back gives back. In slices, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from keng.base.errors import Said
from keng.desk.fraud.followup import orders
from keng.desk.fraud.followup.models import Action, Batch, Case, Level, Order
from keng.desk.fraud.followup.notices import Cause
from keng.desk.fraud.followup.orders import Wanted
from keng.desk.fraud.followup.standing import due_at, is_allowed, ladder_of, next_look, next_step
from keng.desk.ground.jobs import tasks
from keng.desk.ground.jobs.kinds import Kind, Work, register
from keng.desk.ground.jobs.states import Lane
from keng.desk.ground.ledger import actions as ledger

SLICE = 300  # cases of one transaction
GRACE = timedelta(hours=1)  # what goes out no later than this after it was due moves no clock
CHANGED = ("clock_from", "notices", "ordered", "to_say", "next_at", "orders_made")


def post_due(*, now: datetime) -> int:
    """Ask for the work of every batch in which something is due; returns how many batches. One look-up a batch. Safe to repeat."""
    due = Case.objects.filter(batch=OuterRef("pk"), next_at__lte=now)
    batches = Batch.objects.filter(Exists(due), begun_at__isnull=False).values_list("pk", flat=True)
    return sum(_post(batch, now) for batch in list(batches))


@transaction.atomic
def take_steps(batch_id: UUID, *, now: datetime, most: int = SLICE) -> int:
    """Send what is due for up to `most` cases of a batch, those that wait longest first; returns how many were due.

    Fewer are sent if somebody else took some meanwhile.
    """
    due = Case.objects.filter(batch=batch_id, next_at__lte=now)
    ids = list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:most])
    cases = list(due.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))  # as `lock_in_order`
    cases.sort(key=lambda case: (case.next_at, case.pk))
    batch = Batch.objects.select_related("partner").get(pk=batch_id)  # after the locks: nobody rolls it back meanwhile
    for case in cases:
        case.batch = batch
    wanted = [one for case in cases if (one := _step(case, batch, now)) is not None]
    sent = orders.send(batch, wanted, now)
    for case in cases:
        case.next_at = None if batch.rolled_back_at else next_look(case, now)
    _save(cases)
    if sent:
        _record(batch, sent, now)
    return len(ids)


def _save(cases: Sequence[Case]) -> None:
    """One statement for all cases that came to stand alike: mostly that is all of them."""
    alike: dict[tuple[object, ...], list[UUID]] = {}
    for case in cases:
        alike.setdefault(tuple(getattr(case, name) for name in CHANGED), []).append(case.pk)
    for values, ids in alike.items():
        Case.objects.filter(pk__in=ids).update(**dict(zip(CHANGED, values, strict=True)))


def _step(case: Case, batch: Batch, now: datetime) -> Wanted | None:
    """The order that is due for a case now; the case stands afterwards as it does once it went out."""
    if batch.rolled_back_at is not None:
        return _take_back(case)
    if case.to_say:
        cause, case.to_say = Cause(case.to_say), ""
        return Wanted(case, Action.NOTICE, cause)
    if case.outcome or case.stopped_at is not None:
        return None
    notices = ladder_of(case).notices
    if case.notices < len(notices):
        _note_sent(case, notices[case.notices], now)
        case.notices += 1
        return Wanted(case, Action.NOTICE, Cause.WINDOW)
    return _restrict(case, now)


def _restrict(case: Case, now: datetime) -> Wanted | None:
    step = next_step(case)
    if step is None or not is_allowed(case, step):
        return None
    due = due_at(case, step)
    if due is None or due > now:
        return None
    if step.after is not None:
        _note_sent(case, step.after, now)
    case.ordered = Level(step.does)
    action = Action(step.does.value)
    return Wanted(case, action, orders.cause_of(action))


def _note_sent(case: Case, after: timedelta, now: datetime) -> None:
    """A step counts from when the one before it went out: what goes out late moves the clock on."""
    if case.clock_from is None or now - (case.clock_from + after) > GRACE:
        case.clock_from = now - after


def _take_back(case: Case) -> Wanted | None:
    if not case.ordered and not case.notices:
        return None
    action = Action.RESTORE if case.ordered else Action.NOTICE
    return Wanted(case, action, Cause.TAKEN_BACK)


def _post(batch_id: UUID, now: datetime) -> bool:
    """A task for the case that waits longest: its key changes with each slice, so that each is done once."""
    due = Case.objects.filter(batch=batch_id, next_at__lte=now).order_by("next_at", "pk")
    first = due.values_list("pk", "next_at", "orders_made").first()
    if first is None:
        return False
    with transaction.atomic():
        key = f"{STEPS.name}:{first[0]}:{first[1].timestamp():.6f}:{first[2]}"
        tasks.post(kind=STEPS.name, key=key, payload={"batch": str(batch_id)}, now=now)
    return True


def _do(work: Work) -> None:
    batch = UUID(work.payload["batch"])
    if take_steps(batch, now=work.now, most=SLICE) == SLICE:
        _post(batch, work.now)


def _record(batch: Batch, sent: Sequence[Order], now: datetime) -> None:
    counts: dict[str, int] = {}
    for order in sent:
        counts[str(order.action)] = counts.get(str(order.action), 0) + 1
    ledger.record(
        actor="system:worker", verb="followup.send", subject=batch.subject, data={"orders": dict(counts)}, at=now
    )


STEPS = register(
    Kind(
        "followup.steps",
        Said("Thông báo và lệnh theo đồng hồ của một đợt theo dõi", "Notices and orders of a follow-up by the clock"),
        _do,
        lane=Lane.BULK,
    )
)
