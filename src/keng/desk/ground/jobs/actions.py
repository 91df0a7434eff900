"""What happens to a message on its way out: posted, claimed, sent, failed, given up, tried again."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from keng.desk.ground.jobs.models import Outgoing, State
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.signin import proof

LEASE = timedelta(seconds=30)
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 600.0
TRIES_BEFORE_DEAD = 12  # with doubling pauses: after about 45 minutes
MAX_ERROR_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may send until its lease runs out."""

    id: UUID
    recipient: str
    subject: str
    version: int
    body: bytes
    tries: int
    leased_until: datetime


def post(*, key: str, recipient: str, subject: str, version: int, body: bytes, now: datetime) -> None:
    """Put a message into the outbox, in the caller's transaction. A key that is there already changes nothing."""
    if not connection.in_atomic_block:
        raise RuntimeError("a message is posted in the transaction of the action that sends it")
    row = Outgoing(
        key=key, recipient=recipient, subject=subject, version=version, body=body, created_at=now, next_try_at=now
    )
    Outgoing.objects.bulk_create([row], ignore_conflicts=True)


def claim(now: datetime, *, most: int = 20, avoid: Collection[str] = ()) -> list[Claimed]:
    """Up to `most` messages that are due, leased to the caller for thirty seconds, oldest due first; none to `avoid`."""
    due = Outgoing.objects.filter(
        Q(leased_until=None) | Q(leased_until__lte=now), state=State.WAITING, next_try_at__lte=now
    )
    due = due.exclude(recipient__in=list(avoid))
    if not due.exists():  # a look without SQLite's write lock
        return []
    with transaction.atomic():
        return _lease(due, now, most)


def _lease(due: QuerySet[Outgoing], now: datetime, most: int) -> list[Claimed]:
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    rows = list(due.order_by("next_try_at", "created_at")[:most])
    leased_until = now + LEASE
    Outgoing.objects.filter(pk__in=[row.pk for row in rows]).update(
        leased_until=leased_until, last_try_at=now, tries=F("tries") + 1
    )
    return [
        Claimed(row.pk, row.recipient, row.subject, row.version, bytes(row.body), row.tries + 1, leased_until)
        for row in rows
    ]


def mark_sent(claimed: Claimed, *, now: datetime) -> bool:
    """Note that the receiver took it. False if it was noted before (our lease had run out and another sent it too)."""
    changed = Outgoing.objects.filter(pk=claimed.id, state=State.WAITING).update(
        state=State.SENT, sent_at=now, leased_until=None, last_error=""
    )
    if changed:
        _record("outbox.sent", claimed, {"to": claimed.recipient, "tries": claimed.tries}, now)
    return changed == 1


@transaction.atomic
def mark_failed(claimed: Claimed, error: str, *, permanent: bool, now: datetime) -> None:
    """Note a failed try: later again with a doubled pause, or never again (a dead letter that an operator sees)."""
    mine = Outgoing.objects.filter(pk=claimed.id, state=State.WAITING, leased_until=claimed.leased_until)
    if permanent or claimed.tries >= TRIES_BEFORE_DEAD:
        changed = mine.update(state=State.DEAD, leased_until=None, last_error=error[:MAX_ERROR_LENGTH])
        if changed:
            _record("outbox.dead", claimed, {"to": claimed.recipient, "tries": claimed.tries}, now)
        return
    mine.update(next_try_at=now + pause_after(claimed.tries), leased_until=None, last_error=error[:MAX_ERROR_LENGTH])


def pause_after(tries: int) -> timedelta:
    """1 s, 2 s, 4 s … 10 minutes, each up to a quarter longer by chance so that retries do not march in step."""
    seconds = min(FIRST_PAUSE_SECONDS * 2 ** (tries - 1), LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=seconds * (1 + random.random() / 4))  # noqa: S311 - spreading, not secrecy


@transaction.atomic
def retry(officer: Officer, message_id: UUID, *, now: datetime) -> bool:
    """An operator lets a dead letter be tried again from the start. False if it is not dead. Needs a fresh proof."""
    rights.require(officer, "outbox.retry")
    proof.require_fresh(officer, now=now)
    changed = Outgoing.objects.filter(pk=message_id, state=State.DEAD).update(
        state=State.WAITING, tries=0, next_try_at=now, leased_until=None
    )
    if changed:
        ledger.record(actor=officer.actor, verb="outbox.retry", subject=f"outgoing:{message_id}", data={}, at=now)
    return changed == 1


def _record(verb: str, claimed: Claimed, data: dict[str, object], now: datetime) -> None:
    ledger.record(
        actor="system:worker", verb=verb, subject=claimed.subject, data={"id": str(claimed.id), **data}, at=now
    )
