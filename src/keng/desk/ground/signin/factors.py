"""What an officer proves with: keys added and removed, an authenticator, one-use codes, and the invitation that begins it all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from keng.base import identifiers
from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import day_in_vietnam
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.signin import passkeys, proof, queries, totp, visits
from keng.desk.ground.signin.models import Authenticator, CodeKind, Ended, OneUseCode, Passkey, Visit, Way
from keng.desk.ground.signin.passkeys import RelyingParty
from keng.vietnam import rules

MOST_KEYS = 10
NAME_LENGTHS = range(1, 61)
SECRET_WAITS = timedelta(hours=1)  # for its first code

NO_INVITATION = Said(
    "Lời mời này không dùng được: đã dùng rồi, đã hết hạn, hoặc gõ sai. Hãy xin người vận hành một lời mời mới.",
    "This invitation does not work: it was used, it expired, or it was mistyped. Ask an operator for a new one.",
)
HAS_WAY = Said(
    "{name} đã có cách vào. Nếu đã mất hết khoá, hãy chạy lại với --lost: mọi khoá, mã và phiên cũ bị huỷ.",
    "{name} already has a way in. If every key is lost, run it again with --lost: all old keys, codes and sessions end.",
)
NEEDS_DIGITS = Said(
    "Lời mời này dùng thay mã dùng một lần: hãy vào bằng tên, mã 6 số và mã của lời mời.",
    "This invitation stands for a one-use code: come in by name, the 6 digits and the invitation's code.",
)
BAD_NAME = Said("Hãy đặt tên cho khoá, nhiều nhất 60 ký tự.", "Give the key a name of at most 60 characters.")
TOO_MANY_KEYS = Said("Đã có 10 khoá: hãy bỏ bớt một khoá.", "There are 10 keys already: remove one first.")
KNOWN_KEY = Said("Khoá này đã có.", "This key is known already.")
WRONG_DIGITS = Said(
    "Mã 6 số không đúng. Hãy xem giờ trên điện thoại có đúng không, rồi gõ mã mới nhất.",
    "The 6 digits are not right. See that the phone's clock is right, and type the newest code.",
)
NO_SECRET = Said("Hãy bắt đầu lại: mã QR này đã quá một giờ.", "Begin again: this QR code is over an hour old.")
LAST_WAY = Said(
    "Đây là cách vào cuối cùng của bạn. Hãy thêm một khoá khác trước.",
    "This is your last way in. Add another key first.",
)
NO_KEY = Said("Không có khoá này.", "There is no such key.")


@transaction.atomic
def invite(officer: Officer, *, lost: bool, now: datetime) -> str:
    """A code that opens enrolment once, or stands for a one-use code beside an authenticator. It is shown here and never again.

    `lost`: first every key, authenticator, code and session of the officer ends. Raises RefusedError `has_way`.
    """
    Officer.objects.select_for_update().get(pk=officer.pk)
    if lost:
        revoke_all(officer, now=now)
    elif queries.live_passkeys(officer) and queries.authenticator_of(officer) is None:
        raise RefusedError("has_way", HAS_WAY.filled(name=officer.username))
    live = OneUseCode.objects.filter(officer=officer, kind=CodeKind.INVITATION, used_at=None, voided_at=None)
    live.update(voided_at=now)
    lasts = rules.limit("signin.invitation_lasts", day_in_vietnam(now)).time
    code = _make_code(officer, CodeKind.INVITATION, now, expires_at=now + lasts)
    _record("signin.invite", "system:operator", officer.actor, now, lost=lost)
    return code


@transaction.atomic
def revoke_all(officer: Officer, *, now: datetime) -> None:
    """Take every way in from an officer and end all sessions."""
    Passkey.objects.filter(officer=officer, removed_at=None).update(removed_at=now)
    Authenticator.objects.filter(officer=officer, removed_at=None).update(removed_at=now)
    OneUseCode.objects.filter(officer=officer, used_at=None, voided_at=None).update(voided_at=now)
    for pk in Visit.objects.filter(officer=officer, ended_at=None).values_list("pk", flat=True):
        visits.end(pk, Ended.REVOKED, actor="system:operator", now=now)
    _record("signin.revoke_all", "system:operator", officer.actor, now)


@transaction.atomic
def enrol_passkey(
    code: str, party: RelyingParty, state: dict[str, Any], response: Any, name: str, *, now: datetime
) -> Visit:
    """The first key of an invited officer, and a session. The invitation is spent."""
    officer = _spend_invitation(code, now)
    key = _store_passkey(officer, party, state, response, name, now)
    return _enter_invited(officer, key, now)


@transaction.atomic
def enrol_authenticator(code: str, digits: str, keys: KeyStore, *, now: datetime) -> Visit:
    """The authenticator of an invited officer, shown to work, and a session. The invitation is spent."""
    officer = _spend_invitation(code, now)
    _confirm(officer, digits, keys, now)
    return _enter_invited(officer, None, now)


@transaction.atomic
def add_passkey(
    officer: Officer, party: RelyingParty, state: dict[str, Any], response: Any, name: str, *, now: datetime
) -> Passkey:
    """One more key. Needs a fresh proof, or whoever finds an open session could come back with a key of their own."""
    rights.require(officer, "signin.manage_own")
    proof.require_fresh(officer, now=now)
    return _store_passkey(officer, party, state, response, name, now)


@transaction.atomic
def begin_authenticator(officer: Officer, keys: KeyStore, *, now: datetime) -> str:
    """A new secret that waits for its first code; returns it. One that waited before is dropped."""
    Authenticator.objects.filter(officer=officer, confirmed_at=None, removed_at=None).delete()
    row, secret = Authenticator(officer=officer, made_at=now), totp.new_secret()
    totp.seal(row, secret, keys, now=now)
    row.save(force_insert=True)
    return secret


def waiting_secret(officer: Officer, keys: KeyStore) -> str | None:
    """The secret that still waits for its first code, to be shown again after a mistyped one."""
    row = Authenticator.objects.filter(officer=officer, confirmed_at=None, removed_at=None).order_by("-made_at").first()
    return totp.unseal(row, keys) if row else None


@transaction.atomic
def add_authenticator(officer: Officer, digits: str, keys: KeyStore, *, now: datetime) -> None:
    """The waiting secret counts from now on, since its code is right; an older authenticator is removed. Needs a fresh proof."""
    rights.require(officer, "signin.manage_own")
    proof.require_fresh(officer, now=now)
    _confirm(officer, digits, keys, now)


@transaction.atomic
def make_codes(officer: Officer, *, now: datetime) -> list[str]:
    """New one-use codes, shown here and never again; the old ones no longer work. Needs a fresh proof."""
    rights.require(officer, "signin.manage_own")
    proof.require_fresh(officer, now=now)
    OneUseCode.objects.filter(officer=officer, kind=CodeKind.RECOVERY, used_at=None, voided_at=None).update(
        voided_at=now
    )
    count = rules.limit("signin.codes_at_once", day_in_vietnam(now)).value
    codes = [_make_code(officer, CodeKind.RECOVERY, now) for _ in range(count)]
    _record("signin.make_codes", officer.actor, officer.actor, now, count=count)
    return codes


@transaction.atomic
def remove_passkey(officer: Officer, key_id: UUID, current: UUID | None, *, now: datetime) -> None:
    """Take a key out of use while another way in remains; other sessions that began with it end. Needs a fresh proof."""
    _require_removal(officer, now)
    changed = Passkey.objects.filter(pk=key_id, officer=officer, removed_at=None).update(removed_at=now)
    if not changed:
        raise InputError("no_key", NO_KEY)
    _require_a_way(officer)
    begun_with = Visit.objects.filter(passkey=key_id, ended_at=None).exclude(pk=current)
    for pk in begun_with.values_list("pk", flat=True):
        visits.end(pk, Ended.REVOKED, actor=officer.actor, now=now)
    _record("signin.remove_passkey", officer.actor, f"passkey:{key_id}", now)


@transaction.atomic
def remove_authenticator(officer: Officer, *, now: datetime) -> None:
    """Take the authenticator out of use while a passkey remains. Needs a fresh proof."""
    _require_removal(officer, now)
    row = queries.authenticator_of(officer)
    if row is None:
        raise InputError("no_key", NO_KEY)
    Authenticator.objects.filter(pk=row.pk).update(removed_at=now)
    _require_a_way(officer)
    _record("signin.remove_authenticator", officer.actor, row.subject, now)


def _require_removal(officer: Officer, now: datetime) -> None:
    rights.require(officer, "signin.manage_own")
    proof.require_fresh(officer, now=now)
    Officer.objects.select_for_update().get(pk=officer.pk)  # two removals at once leave one way, not none


def _require_a_way(officer: Officer) -> None:
    """Raise RefusedError `last_way` if nothing is left to come in with; the caller's transaction is then undone."""
    if not queries.has_way(officer):
        raise RefusedError("last_way", LAST_WAY)


def _spend_invitation(code: str, now: datetime) -> Officer:
    found = queries.find_invitation(code, now=now)
    if found is None:
        raise RefusedError("no_invitation", NO_INVITATION)
    if queries.live_passkeys(found.officer) or queries.authenticator_of(found.officer):
        raise RefusedError("needs_digits", NEEDS_DIGITS)
    if OneUseCode.objects.filter(pk=found.pk, used_at=None, voided_at=None).update(used_at=now) != 1:
        raise RefusedError("no_invitation", NO_INVITATION)
    return found.officer


def _store_passkey(
    officer: Officer, party: RelyingParty, state: dict[str, Any], response: Any, name: str, now: datetime
) -> Passkey:
    if len(name.strip()) not in NAME_LENGTHS:
        raise InputError("bad_name", BAD_NAME, field="name")
    made = passkeys.finish_making(party, state, response)
    if len(queries.live_passkeys(officer)) >= MOST_KEYS:
        raise ConflictError("too_many_keys", TOO_MANY_KEYS)
    key = Passkey(
        officer=officer, name=name.strip(), credential_id=made.credential_id, public_data=made.public_data,
        user_handle=bytes.fromhex(state["handle"]), sign_count=made.sign_count, made_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError("known_key", KNOWN_KEY) from error
    _record("signin.add_passkey", officer.actor, key.subject, now, officer=officer.actor)
    return key


def _confirm(officer: Officer, digits: str, keys: KeyStore, now: datetime) -> None:
    waiting = Authenticator.objects.select_for_update().filter(officer=officer, confirmed_at=None, removed_at=None)
    row = waiting.filter(made_at__gt=now - SECRET_WAITS).order_by("-made_at").first()
    if row is None:
        raise RefusedError("no_secret", NO_SECRET)
    step = totp.matched_step(totp.unseal(row, keys), digits, now=now)
    if step is None:
        raise InputError("wrong_digits", WRONG_DIGITS, field="digits")
    old = Authenticator.objects.filter(officer=officer, removed_at=None).exclude(confirmed_at=None)
    old.update(removed_at=now)
    Authenticator.objects.filter(pk=row.pk).update(confirmed_at=now, last_step=step)
    _record("signin.add_authenticator", officer.actor, row.subject, now, officer=officer.actor)


def _enter_invited(officer: Officer, key: Passkey | None, now: datetime) -> Visit:
    visit = visits.begin(officer, Way.INVITATION, passkey=key, now=now)
    _record("signin.enter", officer.actor, visit.subject, now, way=Way.INVITATION.value)
    return visit


def _make_code(officer: Officer, kind: CodeKind, now: datetime, *, expires_at: datetime | None = None) -> str:
    code = identifiers.new_receipt()
    OneUseCode.objects.create(
        code_hash=queries.code_hash(code), officer=officer, kind=kind, made_at=now, expires_at=expires_at
    )
    return code


def _record(verb: str, actor: str, subject: str, now: datetime, **data: object) -> None:
    ledger.record(actor=actor, verb=verb, subject=subject, data=data, at=now)
