"""What happens to a message on its way out: posted, claimed, sent, failed, given up, tried again, dropped."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from keng.base.errors import InputError, Said
from keng.desk.ground.jobs.claims import LEASE, Line, lease, lines_due
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.jobs.states import Lane, Reason, State
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.signin import proof

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 600.0
TRIES_BEFORE_DEAD = 12  # with doubling pauses: after about 45 minutes
MAX_ERROR_LENGTH = 300
MAX_WORDS = 300
CARRIERS = frozenset({"sms"})  # processes that carry what the worker does not: no kind of partner is called so

NO_WORDS = Said("Hãy viết lý do, nhiều nhất 300 chữ cái.", "Please give a reason of at most 300 characters.")


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
    lease: UUID
    lane: Lane


@dataclass(frozen=True, slots=True)
class NotSent:
    """Why a try to send failed; `permanent` if trying again cannot help."""

    why: str
    permanent: bool = False
    reason: Reason = Reason.UNREACHABLE


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the try to send one message ended at `at`: it was taken, or why not; `untried` ones go back as they were."""

    claimed: Claimed
    at: datetime
    failure: NotSent | None = None
    untried: bool = False


def post(
    *,
    key: str,
    recipient: str,
    subject: str,
    version: int,
    body: bytes,
    now: datetime,
    lane: Lane = Lane.ROUTINE,
    about: UUID | None = None,
    owner_id: int | None = None,
) -> None:
    """Put a message into the outbox, in the caller's transaction. A key that is there already changes nothing.

    `recipient` is a partner (who may carry it on to many people): lines are by recipient, some hundreds at most.
    `about`: the report whose owner it follows from unit to unit, and `owner_id`: that unit.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a message is posted in the transaction of the action that sends it")
    row = Outgoing(
        key=key,
        lane=lane,
        recipient=recipient,
        subject=subject,
        version=version,
        about=about,
        owner_id=owner_id,
        body=body,
        created_at=now,
        next_try_at=now,
    )
    Outgoing.objects.bulk_create([row], ignore_conflicts=True)


def follow_owner(about: UUID, owner: Organisation) -> None:
    """Let the messages about a report belong to its new owner, in the caller's transaction."""
    Outgoing.objects.filter(about=about).update(owner=owner)


def due(now: datetime, *, carrier: str = "") -> list[Line]:
    """Who has messages that are due, urgent lanes first. Takes no lock.

    Partners are sent to by the worker; recipients such as `sms:main` belong to the process that carries `sms`.
    """
    return [line for line in lines_due(Outgoing, now) if carrier_of(line.name) == carrier]


def carrier_of(recipient: str) -> str:
    """The process that carries messages to a recipient: `sms` for `sms:main`; empty for partners, `carrier:viettel` among them."""
    prefix = recipient.partition(":")[0]
    return prefix if prefix in CARRIERS else ""


def claim_line(line: Line, now: datetime, *, most: int) -> list[Claimed]:
    """Up to `most` messages of one line, oldest first, leased to the caller for thirty seconds."""
    rows, ours = lease(Outgoing, line, now, most=most)
    return [
        Claimed(
            row.pk,
            row.recipient,
            row.subject,
            row.version,
            bytes(row.body),
            row.tries + 1,
            now + LEASE,
            ours,
            Lane(row.lane),
        )
        for row in rows
    ]


def claim(now: datetime, *, most: int = 20, avoid: Collection[str] = ()) -> list[Claimed]:
    """Up to `most` messages that are due, whatever their lane; urgent lanes first, none to `avoid`."""
    claimed: list[Claimed] = []
    for line in due(now):
        if line.name not in avoid and len(claimed) < most:
            claimed += claim_line(line, now, most=most - len(claimed))
    return claimed


@transaction.atomic
def write_down(outcomes: Sequence[Outcome]) -> list[Claimed]:
    """Write how many tries ended, in one transaction. Returns the messages that are newly known to have arrived.

    A message that another worker has noted as sent meanwhile (our lease had run out) is not noted twice.
    """
    taken = _write_sent([one for one in outcomes if one.failure is None and not one.untried])
    for one in outcomes:
        if one.failure is not None:
            mark_failed(
                one.claimed, one.failure.why, permanent=one.failure.permanent, reason=one.failure.reason, now=one.at
            )
    _give_back([one for one in outcomes if one.untried])
    return taken


def empty_bodies(ids: Collection[UUID]) -> int:
    """Let go what messages said that have arrived, in the caller's transaction: for words that nobody needs any more."""
    return Outgoing.objects.filter(pk__in=ids, state=State.SENT).update(body=b"")


def _write_sent(outcomes: Sequence[Outcome]) -> list[Claimed]:
    ids = [one.claimed.id for one in outcomes]
    waiting = set(
        Outgoing.objects.select_for_update()
        .filter(pk__in=ids, state=State.WAITING)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    news = list({one.claimed.id: one for one in outcomes if one.claimed.id in waiting}.values())
    if not news:
        return []
    at = max(one.at for one in news)
    Outgoing.objects.filter(pk__in=[one.claimed.id for one in news]).update(
        state=State.SENT, sent_at=at, lease=None, leased_until=None, last_error="", reason=""
    )
    ledger.record_many(_happening("outbox.sent", one.claimed, one.at) for one in news)
    return [one.claimed for one in news]


def _give_back(outcomes: Sequence[Outcome]) -> None:
    """Messages that were claimed and never tried are due again at once, as if nobody had taken them."""
    for one in outcomes:
        Outgoing.objects.filter(pk=one.claimed.id, state=State.WAITING, lease=one.claimed.lease).update(
            next_try_at=one.at, lease=None, leased_until=None, tries=F("tries") - 1
        )


def mark_sent(claimed: Claimed, *, now: datetime) -> bool:
    """Note that the receiver took it. False if it was noted before (our lease had run out and another sent it too)."""
    return bool(write_down([Outcome(claimed, now)]))


@transaction.atomic
def mark_failed(
    claimed: Claimed, error: str, *, permanent: bool, now: datetime, reason: Reason = Reason.UNREACHABLE
) -> None:
    """Note a failed try: later again with a doubled pause, or never again (a dead letter that an operator sees)."""
    mine = Outgoing.objects.filter(pk=claimed.id, state=State.WAITING, lease=claimed.lease)
    told = {"lease": None, "leased_until": None, "last_error": error[:MAX_ERROR_LENGTH], "reason": reason}
    if not (permanent or claimed.tries >= TRIES_BEFORE_DEAD):
        mine.update(next_try_at=now + pause_after(claimed.tries), **told)
    elif mine.update(state=State.DEAD, **told):
        ledger.record_many([_happening("outbox.dead", claimed, now)])


def pause_after(tries: int) -> timedelta:
    """1 s, 2 s, 4 s … 10 minutes, each up to a quarter longer by chance so that retries do not march in step."""
    seconds = min(FIRST_PAUSE_SECONDS * 2 ** (tries - 1), LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=seconds * (1 + random.random() / 4))  # noqa: S311 - spreading, not secrecy


@transaction.atomic
def retry(officer: Officer, message_id: UUID, *, now: datetime) -> bool:
    """An operator lets a dead letter be tried again from the start. False if it is not dead, or another's. Needs a fresh proof."""
    rights.require(officer, "outbox.retry")
    proof.require_fresh(officer, now=now)
    mine = rights.within(officer, "outbox.retry", "owner")
    changed = Outgoing.objects.filter(mine, pk=message_id, state=State.DEAD).update(
        state=State.WAITING, tries=0, next_try_at=now, lease=None, leased_until=None, reason=""
    )
    if changed:
        ledger.record(actor=officer.actor, verb="outbox.retry", subject=f"outgoing:{message_id}", data={}, at=now)
    return changed == 1


@transaction.atomic
def drop(officer: Officer, message_id: UUID, why: str, *, now: datetime) -> bool:
    """An operator decides with a reason that a dead letter need not arrive. False if it is not dead, or another unit's.

    Raises InputError `no_reason`.
    """
    rights.require(officer, "outbox.drop")
    words = checked_words(why)
    mine = rights.within(officer, "outbox.drop", "owner")
    changed = Outgoing.objects.filter(mine, pk=message_id, state=State.DEAD).update(
        state=State.DROPPED, drop_reason=words
    )
    if changed:
        ledger.record(
            actor=officer.actor,
            verb="outbox.drop",
            subject=f"outgoing:{message_id}",
            data={"reason_sha256": digest(words)},
            at=now,
        )
    return changed == 1


def checked_words(why: str) -> str:
    """A person's reason as it is kept. Raises InputError `no_reason`."""
    words = " ".join(why.replace("\0", "").split())
    if not 0 < len(words) <= MAX_WORDS:
        raise InputError("no_reason", NO_WORDS, field="reason")
    return words


def digest(words: str) -> str:
    """What the ledger keeps of a person's words."""
    return hashlib.sha256(words.encode()).hexdigest()


def _happening(verb: str, claimed: Claimed, at: datetime) -> ledger.Happening:
    data: dict[str, object] = {"id": str(claimed.id), "to": claimed.recipient, "tries": claimed.tries}
    return ledger.Happening("system:worker", verb, claimed.subject, data, at)
