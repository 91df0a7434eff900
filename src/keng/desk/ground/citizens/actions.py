"""What a citizen who signed in can do: come in, keep a receipt under their identity, let it go, leave."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from keng.base.errors import InputError, RefusedError, Said
from keng.desk.ground.citizens import persons
from keng.desk.ground.citizens.models import Identity, Kept, Stay
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.ledger import actions as ledger

MOST_KEPT = 200

USED_BEFORE = Said(
    "Lần đăng nhập này đã dùng rồi. Hãy đăng nhập lại từ đầu.", "This sign-in was used before. Sign in anew."
)
TOO_MANY = Said("Đã gắn quá nhiều biên nhận.", "Too many receipts are attached.")
NOT_KEPT = Said("Biên nhận này không gắn với bạn.", "This receipt is not attached to you.")


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider vouched for, checked: who (their name for it), how surely, by which transaction."""

    issuer: str
    subject: str
    level: int
    transaction_id: str
    number: str = ""  # the citizen's own number, if the provider tells it; only its pseudonym is kept


def enter(vouched: Vouched, keys: KeyStore, *, now: datetime) -> Stay:
    """A citizen's session. The same transaction of a provider lets in once: RefusedError `used_before`."""
    identity = _identity(vouched, keys, now)
    if vouched.number:
        _note_person(identity, persons.pseudonym(persons.pseudonym_key(keys, now), vouched.number))
    digest = hashlib.sha256(f"{vouched.issuer}\0{vouched.transaction_id}".encode()).digest()
    stay = Stay(
        identity=identity, level=vouched.level, transaction_id=vouched.transaction_id[:120], transaction_hash=digest,
        began_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            stay.save(force_insert=True)
            _record("citizens.enter", identity, identity.actor, now, level=vouched.level)
    except IntegrityError as error:
        raise RefusedError("used_before", USED_BEFORE) from error
    return stay


@transaction.atomic
def note_refusal(why: str, *, now: datetime) -> None:
    """A sign-in that did not hold: only the reason goes into the ledger."""
    ledger.record(actor="visitor", verb="citizens.refuse", subject="citizen:unknown", data={"why": why}, at=now)


@transaction.atomic
def leave(stay: Stay, *, now: datetime) -> None:
    """End a citizen's session."""
    if Stay.objects.filter(pk=stay.pk, ended_at=None).update(ended_at=now):
        _record("citizens.leave", stay.identity, stay.identity.actor, now)


@transaction.atomic
def keep(identity: Identity, subject: str, *, now: datetime) -> None:
    """Attach a report or an appeal, whose receipt the caller has seen, to an identity. Twice is once."""
    Identity.objects.select_for_update().get(pk=identity.pk)
    if Kept.objects.filter(identity=identity, subject=subject).exists():
        return
    if Kept.objects.filter(identity=identity).count() >= MOST_KEPT:
        raise RefusedError("too_many", TOO_MANY)
    Kept.objects.create(identity=identity, subject=subject, kept_at=now)
    _record("citizens.keep", identity, subject, now)


@transaction.atomic
def let_go(identity: Identity, subject: str, *, now: datetime) -> None:
    """Detach it again. Raises InputError `not_kept`."""
    if not Kept.objects.filter(identity=identity, subject=subject).delete()[0]:
        raise InputError("not_kept", NOT_KEPT)
    _record("citizens.let_go", identity, subject, now)


def _identity(vouched: Vouched, keys: KeyStore, now: datetime) -> Identity:
    """The identity of that subject, under whichever of our keys it was first hashed; made with the newest if there is none."""
    newest = keys.secret(Purpose.IDENTITIES, now)[0]
    ids = keys.live_ids(Purpose.IDENTITIES)
    hashes = {ident: _hash(keys.secret_by_id(ident), vouched) for ident in {newest, *ids}}
    found = Identity.objects.filter(issuer=vouched.issuer, subject_hash__in=list(hashes.values())).first()
    if found:
        return found
    wanted = {"issuer": vouched.issuer, "subject_hash": hashes[newest]}
    return Identity.objects.get_or_create(**wanted, defaults={"made_at": now})[0]


def _note_person(identity: Identity, person: str) -> None:
    """Whose number this identity's is, so that its page can show who asked about them."""
    if identity.person != person:
        Identity.objects.filter(pk=identity.pk).update(person=person)
        identity.person = person


def _hash(key: bytes, vouched: Vouched) -> bytes:
    return hmac.new(key, f"{vouched.issuer}\0{vouched.subject}".encode(), hashlib.sha256).digest()


def _record(verb: str, identity: Identity, subject: str, now: datetime, **data: object) -> None:
    ledger.record(actor=identity.actor, verb=verb, subject=subject, about=identity.actor, data=data, at=now)
