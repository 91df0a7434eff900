"""Handing a register in: open it with a purpose, send its parts in order, say that it is whole. Each step can be repeated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.identifiers import new_code
from keng.base.times import day_in_vietnam
from keng.desk.fraud.registers import refusals, sealed
from keng.desk.fraud.registers.models import Chunk, FileForm, Register, RegisterKind, RegisterState
from keng.desk.fraud.registers.scope import get_of_partner
from keng.desk.ground.jobs import tasks
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners.models import Partner, PartnerKind
from keng.vietnam import rules
from keng.vietnam.rules import purposes

MOST_BYTES = 64 * 2**30
MOST_PART = 12 * 2**20  # bytes of one part
SUBMITTERS = {RegisterKind.SIM: PartnerKind.CARRIER, RegisterKind.ACCOUNT: PartnerKind.BANK}
CODE_TRIES = 5
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a submitter says of a file before its first byte."""

    kind: str
    form: str
    purpose: str
    size: int
    name: str = ""


def open_register(partner: Partner, wanted: Wanted, keys: KeyStore, *, actor: str, now: datetime) -> Register:
    """Begin to hand in a register.

    Raises InputError `bad_kind`, `bad_form`, `bad_size`, `no_purpose`; RefusedError `not_a_submitter`, `too_many_open`.
    """
    _check(partner, wanted, now)
    for _ in range(CODE_TRIES):
        try:
            return _open(partner, wanted, keys, actor, now)
        except IntegrityError:  # the code is taken: one in thirty thousand million
            continue
    raise RuntimeError("no free code for a register")


@transaction.atomic
def _open(partner: Partner, wanted: Wanted, keys: KeyStore, actor: str, now: datetime) -> Register:
    Partner.objects.select_for_update().get(pk=partner.pk)
    most = rules.limit("registers.open_at_once", day_in_vietnam(now)).value
    if Register.objects.filter(partner=partner, state=RegisterState.RECEIVING).count() >= most:
        raise RefusedError("too_many_open", refusals.TOO_MANY_OPEN.filled(most=most))
    register = Register.objects.create(
        code=new_code("HS"),
        partner=partner,
        kind=wanted.kind,
        form=wanted.form,
        purpose=wanted.purpose,
        name=wanted.name.strip()[:LONGEST_NAME],
        size=wanted.size,
        handed_in_by=actor,
        opened_at=now,
    )
    sealed.new_key(register, keys, now).save(force_insert=True)
    data: dict[str, object] = {"kind": wanted.kind, "rule": wanted.purpose, "bytes": wanted.size}
    _record("registers.open", actor, register, now, data)
    return register


def take_part(partner: Partner, ident: UUID, offset: int, content: bytes, sha256: str, keys: KeyStore) -> Register:
    """Take the part that begins at `offset`. The same part again changes nothing.

    Raises InputError `no_register`, `bad_sha256`, `bad_part`, `part_too_long`; ConflictError `not_receiving`, `wrong_offset`
    (which names the byte to go on at), `other_bytes`; UnavailableError `no_room`.
    """
    digest = read_sha256(sha256)
    if hashlib.sha256(content).digest() != digest:
        raise InputError("bad_part", refusals.BAD_CHUNK, field="sha256")
    register = get_of_partner(partner, ident)
    if _is_there(register, offset, digest, len(content)):
        return register
    if not content or len(content) > MOST_PART or offset + len(content) > register.size:
        raise InputError("part_too_long", refusals.CHUNK_TOO_LONG.filled(most=MOST_PART))
    sealed.write_part(register, sealed.key_of(register, keys), offset, content)
    with transaction.atomic():
        register = get_of_partner(partner, ident, locked=True)
        if _is_there(register, offset, digest, len(content)):
            return register  # another try of the same part was quicker
        Chunk.objects.create(register=register, offset=offset, size=len(content), sha256=digest)
        register.received += len(content)
        register.save(update_fields=["received"])
    return register


def _is_there(register: Register, offset: int, digest: bytes, size: int) -> bool:
    """Whether this very part was taken. Raises ConflictError if it cannot be the next one."""
    if register.state != RegisterState.RECEIVING:
        raise ConflictError("not_receiving", refusals.NOT_RECEIVING)
    if offset == register.received:
        return False
    before = Chunk.objects.filter(register=register, offset=offset).first()
    if before is None:
        raise ConflictError("wrong_offset", refusals.WRONG_OFFSET.filled(received=register.received), field="offset")
    if bytes(before.sha256) != digest or before.size != size:
        raise ConflictError("other_bytes", refusals.OTHER_BYTES, field="offset")
    return True


@transaction.atomic
def finish(partner: Partner, ident: UUID, sha256: str, *, actor: str, now: datetime) -> Register:
    """All parts are here: the whole is checked next. Again with the same hash changes nothing.

    Raises InputError `no_register`, `bad_sha256`; ConflictError `not_whole`, `not_receiving`.
    """
    digest = read_sha256(sha256)
    register = get_of_partner(partner, ident, locked=True)
    if register.whole_at is not None and bytes(register.sha256) == digest:
        return register
    if register.state != RegisterState.RECEIVING:
        raise ConflictError("not_receiving", refusals.NOT_RECEIVING)
    if register.received != register.size:
        said = refusals.NOT_WHOLE.filled(received=register.received, size=register.size)
        raise ConflictError("not_whole", said)
    register.sha256, register.whole_at, register.state = digest, now, RegisterState.CHECKING
    register.save(update_fields=["sha256", "whole_at", "state"])
    tasks.post(kind="registers.check", key=f"registers.check:{ident}", payload={"register": str(ident)}, now=now)
    _record("registers.hand_in", actor, register, now, {"sha256": digest.hex(), "rule": register.purpose})
    return register


@transaction.atomic
def abandon(partner: Partner, ident: UUID, *, actor: str, now: datetime) -> Register:
    """Leave a hand-in that is not whole; its bytes go. Raises InputError `no_register`, ConflictError `not_receiving`."""
    register = get_of_partner(partner, ident, locked=True)
    if register.state == RegisterState.ABANDONED:
        return register
    if register.state != RegisterState.RECEIVING:
        raise ConflictError("not_receiving", refusals.NOT_RECEIVING)
    register.state, register.settled_at = RegisterState.ABANDONED, now
    register.save(update_fields=["state", "settled_at"])
    register.key.delete()
    _record("registers.abandon", actor, register, now, {})
    transaction.on_commit(lambda: sealed.forget(register))
    return register


def read_sha256(text: str) -> bytes:
    """The 32 bytes. Raises InputError `bad_sha256`."""
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != hashlib.sha256().digest_size or len(text) != 2 * len(digest):
        raise InputError("bad_sha256", refusals.BAD_SHA, field="sha256")
    return digest


def _check(partner: Partner, wanted: Wanted, now: datetime) -> None:
    if wanted.kind not in RegisterKind.values:
        raise InputError("bad_kind", refusals.BAD_KIND, field="kind")
    if wanted.form not in FileForm.values:
        raise InputError("bad_form", refusals.BAD_FORM, field="form")
    if not 0 < wanted.size <= MOST_BYTES:
        raise InputError("bad_size", refusals.BAD_SIZE.filled(most=MOST_BYTES), field="size")
    if purposes.find(wanted.purpose, wanted.kind, day_in_vietnam(now)) is None:
        raise InputError("no_purpose", refusals.NO_PURPOSE, field="purpose")
    if partner.kind != SUBMITTERS[RegisterKind(wanted.kind)]:
        raise RefusedError("not_a_submitter", refusals.NOT_A_SUBMITTER)


def _record(verb: str, actor: str, register: Register, now: datetime, data: dict[str, object]) -> None:
    ledger.record(actor=actor, verb=verb, subject=register.subject, data=data, at=now)
