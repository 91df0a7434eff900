"""What is done with SMS: put a message's parts together, know one that comes again, post a reply, note what a receipt says.

The words of a message are kept only while a part of it is missing, sealed; those of a reply only until the centre has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from keng.base import sealing
from keng.base.identifiers import new_id
from keng.desk.ground.gate.sources import day_key, live_keys
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.jobs.states import Lane
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.keys.actions import SealedKind
from keng.desk.ground.sms.models import Heard, Part, Segment
from keng.desk.ground.sms.states import Delivery

CARRIER = "sms"  # recipients in the outbox are `sms:` and the centre's name
AGAIN_WITHIN = timedelta(minutes=10)  # a centre tries again within minutes; later the same words are a new question
MOST_PARTS = 20  # of one message: 2,680 letters beyond the basic alphabet


@dataclass(frozen=True, slots=True)
class PartOf:
    """Which part of a long message this is: its reference, how many there are, and its number from 1."""

    reference: int
    count: int
    number: int

    @property
    def is_possible(self) -> bool:
        return 1 <= self.number <= self.count <= MOST_PARTS


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to a person: from which of our numbers, to which number in E.164, and its words."""

    source: str
    to: str
    text: str


@transaction.atomic
def put_together(
    sender: str, number: str, part: PartOf, piece: bytes, keys: KeyStore, *, now: datetime
) -> bytes | None:
    """The bytes of the whole message once its last part is here; None while one is missing. The order does not matter."""
    if not part.is_possible:
        return None
    where = _joined(sender, number, str(part.reference), str(part.count))
    digest = day_key(keys, now).digest("sms part", where)
    key_id, secret = keys.secret(Purpose.SMS, now)
    row = Part(digest=digest, number=part.number, sealed_by=key_id, at=now)
    row.sealed = sealing.seal(secret, _part_label(row), piece)
    Part.objects.bulk_create([row], ignore_conflicts=True)
    known = [one.digest("sms part", where) for one in live_keys(keys, now)]
    rows = {one.number: one for one in Part.objects.select_for_update().filter(digest__in=known).order_by("pk")}
    if len(rows) < part.count:
        return None
    whole = b"".join(_unsealed(rows[at], keys) for at in sorted(rows))
    Part.objects.filter(pk__in=[one.pk for one in rows.values()]).delete()
    return whole


def is_new(sender: str, number: str, words: str, keys: KeyStore, *, now: datetime) -> bool:
    """Whether this message was not heard within ten minutes; noted in the caller's transaction, so that an answer goes with it."""
    what = _joined(sender, number, words)
    digests = [one.digest("sms heard", what) for one in live_keys(keys, now)]
    if Heard.objects.filter(digest__in=digests, at__gt=now - AGAIN_WITHIN).exists():
        return False
    Heard.objects.filter(digest=digests[0]).delete()
    return bool(Heard.objects.bulk_create([Heard(digest=digests[0], at=now)]))


def post(reply: Reply, centre: str, keys: KeyStore, *, now: datetime) -> UUID:
    """Put a reply into the outbox, sealed, in the caller's transaction. Returns what it is about, for its segments."""
    ident = new_id()
    jobs.post(
        key=f"{CARRIER}:{ident}",
        recipient=f"{CARRIER}:{centre}",
        subject=f"{CARRIER}:{ident}",
        version=1,
        body=_sealed(reply, f"{CARRIER}:{ident}", keys, now),
        now=now,
        lane=Lane.CITIZEN,
    )
    return ident


def open_reply(claimed: jobs.Claimed, keys: KeyStore) -> Reply:
    """What a claimed message of the outbox says. Raises KeyError, RefusedError or BrokenSealError if its key serves no more."""
    key_id, _, sealed = claimed.body.partition(b"\0")
    plain = sealing.unseal(keys.secret_by_id(key_id.decode("ascii", "replace")), claimed.subject, sealed)
    return Reply(**json.loads(plain))


def note_taken(claimed: jobs.Claimed, centre: str, number: int, message_id: str, *, now: datetime) -> None:
    """A centre took one segment and named it so."""
    Segment.objects.create(outgoing=claimed.id, number=number, centre=centre, message_id=message_id[:65], taken_at=now)


def segments_taken(claimed: jobs.Claimed) -> set[int]:
    """The segments of a message that a centre took at an earlier try: they are not sent again."""
    return set(Segment.objects.filter(outgoing=claimed.id).values_list("number", flat=True))


@transaction.atomic
def write_down(outcomes: Iterable[jobs.Outcome]) -> None:
    """Write how tries ended, as `jobs.write_down` does; of what arrived nothing is kept but that it did."""
    some = list(outcomes)
    jobs.write_down(some)
    jobs.empty_bodies([one.claimed.id for one in some if one.failure is None and not one.untried])


def note_receipt(centre: str, message_id: str, delivery: Delivery, *, now: datetime) -> bool:
    """What a delivery receipt says of a segment. False for one that we know nothing of."""
    rows = Segment.objects.filter(centre=centre, message_id=message_id[:65])
    return bool(rows.update(delivery=delivery, delivery_at=now))


def _sealed(reply: Reply, subject: str, keys: KeyStore, now: datetime) -> bytes:
    key_id, secret = keys.secret(Purpose.SMS, now)
    plain = json.dumps({"source": reply.source, "to": reply.to, "text": reply.text}, ensure_ascii=False)
    return key_id.encode("ascii") + b"\0" + sealing.seal(secret, subject, plain.encode())


def _unsealed(part: Part, keys: KeyStore) -> bytes:
    return sealing.unseal(keys.secret_by_id(part.sealed_by), _part_label(part), bytes(part.sealed))


def _part_label(part: Part) -> str:
    return f"sms part:{bytes(part.digest).hex()}:{part.number}"


def _joined(*words: str) -> bytes:
    """Several words as one, so that no two lists of words look alike."""
    return b"\0".join(word.encode() for word in words)


PARTS = SealedKind(Part, "sealed_by", "sealed", _part_label, Purpose.SMS)
