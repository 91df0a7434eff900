"""Coming in, and proving again who one is. A try is counted before it is checked; a failure is in the ledger, with no address.

What fails says the same words and does the same work, whether the name exists, the digits or the code were wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from keng.base.errors import RefusedError, Said
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people.models import Officer
from keng.desk.ground.signin import passkeys, queries, throttle, totp, visits
from keng.desk.ground.signin.models import Authenticator, OneUseCode, Passkey, Visit, Way
from keng.desk.ground.signin.passkeys import RelyingParty
from keng.desk.ground.signin.throttle import Scope

NOBODY = "signin:unknown"
NONE = UUID(int=0)

WRONG_CODES = Said(
    "Không vào được: tên, mã 6 số hoặc mã dùng một lần không đúng hay đã dùng rồi.",
    "That did not work: the name, the 6 digits or the one-use code is wrong or was used before.",
)
WRONG_KEY = Said(
    "Khoá này không vào được: Kẻng không biết khoá, khoá đã bị bỏ, hoặc lần thử đã quá lâu. Hãy thử lại.",
    "This passkey does not work: Kẻng does not know it, it was removed, or the try took too long. Try again.",
)
DOUBTED = Said(
    "Khoá này có thể đã bị sao chép nên không dùng được nữa. Hãy vào cách khác rồi bỏ khoá này, hoặc báo người vận hành.",
    "This passkey may have been copied and no longer works. Come in another way and remove it, or tell an operator.",
)
WRONG_DIGITS = Said("Mã 6 số không đúng hoặc đã dùng rồi.", "The 6 digits are wrong or were used before.")


@dataclass(frozen=True, slots=True)
class Denied:
    """Why nobody came in: a code for the ledger, and whom or what it concerns there."""

    why: str
    subject: str
    said: Said


def enter_by_passkey(
    party: RelyingParty, state: dict[str, Any], response: Any, address: str, keys: KeyStore, *, now: datetime
) -> Visit:
    """A session for the owner of the key that signed. RefusedError `not_entered`, `doubted_key`, `too_many_tries`."""
    counted = [throttle.by_source(Scope.KEY_SOURCE, address, keys, now=now)]
    throttle.take_try(counted, now=now)
    with transaction.atomic():
        found = _check_key(party, state, response, now)
        if isinstance(found, Passkey):
            throttle.forgive(counted, now=now)
            return _enter(found.officer, Way.PASSKEY, found, now)
        _record_failure(found, Way.PASSKEY, now)
    raise _refusal(found)


def enter_by_codes(name: str, digits: str, code: str, address: str, keys: KeyStore, *, now: datetime) -> Visit:
    """A session by the authenticator's digits together with a one-use code. RefusedError `not_entered`, `too_many_tries`."""
    counted = _counted(name, address, keys, now)
    throttle.take_try(counted, now=now)
    with transaction.atomic():
        found = _check_codes(name, digits, code, keys, now)
        if isinstance(found, Officer):
            throttle.forgive(counted, now=now)
            return _enter(found, Way.CODES, None, now)
        _record_failure(found, Way.CODES, now)
    raise _refusal(found)


def prove_by_passkey(
    visit: Visit,
    party: RelyingParty,
    state: dict[str, Any],
    response: Any,
    address: str,
    keys: KeyStore,
    *,
    now: datetime,
) -> None:
    """The officer of a session proves again who they are, with any key of theirs."""
    counted = [throttle.by_source(Scope.KEY_SOURCE, address, keys, now=now)]
    throttle.take_try(counted, now=now)
    with transaction.atomic():
        found = _check_key(party, state, response, now)
        if isinstance(found, Passkey) and found.officer_id == visit.officer_id:
            throttle.forgive(counted, now=now)
            return visits.prove(visit, way=Way.PASSKEY, now=now)
        denied = Denied("not_own_key", visit.officer.actor, WRONG_KEY) if isinstance(found, Passkey) else found
        _record_failure(denied, Way.PASSKEY, now)
    raise _refusal(denied)


def prove_by_digits(visit: Visit, digits: str, address: str, keys: KeyStore, *, now: datetime) -> None:
    """The officer of a session proves again who they are, with the authenticator: the session is the other half."""
    counted = _counted(visit.officer.username, address, keys, now)
    throttle.take_try(counted, now=now)
    with transaction.atomic():
        if _take_step(visit.officer_id, digits, keys, now):
            throttle.forgive(counted, now=now)
            return visits.prove(visit, way=Way.CODES, now=now)
        denied = Denied("wrong", visit.officer.actor, WRONG_DIGITS)
        _record_failure(denied, Way.CODES, now)
    raise _refusal(denied)


def _counted(name: str, address: str, keys: KeyStore, now: datetime) -> list[throttle.Counted]:
    source = throttle.by_source(Scope.CODE_SOURCE, address, keys, now=now)
    return [throttle.by_name(name, keys, now=now), source]


def _check_key(party: RelyingParty, state: dict[str, Any], response: Any, now: datetime) -> Passkey | Denied:
    rows = Passkey.objects.select_for_update(of=("self",)).select_related("officer")
    key = rows.filter(credential_id=passkeys.id_in(response), removed_at=None, officer__is_active=True).first()
    if key is None:
        return Denied("unknown_key", NOBODY, WRONG_KEY)
    used = passkeys.finish_using(party, state, key, response)
    if used is None or (used.user_handle is not None and used.user_handle != bytes(key.user_handle)):
        return Denied("wrong", key.subject, WRONG_KEY)
    if key.doubted_at:
        return Denied("doubted", key.subject, DOUBTED)
    if (used.sign_count or key.sign_count) and used.sign_count <= key.sign_count:  # WebAuthn level 2, 7.2 step 21
        Passkey.objects.filter(pk=key.pk).update(doubted_at=now)
        return Denied("counter_went_back", key.subject, DOUBTED)
    Passkey.objects.filter(pk=key.pk).update(sign_count=used.sign_count, used_at=now)
    return key


def _check_codes(name: str, digits: str, code: str, keys: KeyStore, now: datetime) -> Officer | Denied:
    """Every step is taken whatever the one before it found, so that the time tells nothing."""
    officer = Officer.objects.filter(username=name.strip(), is_active=True).first()
    officer_id = officer.pk if officer else 0
    row = queries.spendable(code, now).filter(officer_id=officer_id).first()
    is_step_good = _take_step(officer_id, digits, keys, now, spend=row is not None)
    spent = OneUseCode.objects.filter(pk=row.pk if row and is_step_good else 0, used_at=None).update(used_at=now)
    if officer is not None and is_step_good and spent == 1:
        return officer
    return Denied("wrong", officer.actor if officer else NOBODY, WRONG_CODES)


def _take_step(officer_id: int, digits: str, keys: KeyStore, now: datetime, *, spend: bool = True) -> bool:
    """True if the digits are the authenticator's and of a step that was not used; with `spend` it is used now."""
    rows = Authenticator.objects.filter(officer_id=officer_id, removed_at=None).exclude(confirmed_at=None)
    row = rows.first()
    step = totp.matched_step(totp.unseal(row, keys) if row else totp.decoy(keys, now=now), digits, now=now)
    good = row is not None and step is not None and spend
    fresh = Authenticator.objects.filter(pk=row.pk if row and good else NONE, last_step__lt=step or 0)
    return fresh.update(last_step=step or 0) == 1


def _enter(officer: Officer, way: Way, key: Passkey | None, now: datetime) -> Visit:
    visit = visits.begin(officer, way, passkey=key, now=now)
    ledger.record(actor=officer.actor, verb="signin.enter", subject=visit.subject, data={"way": str(way.value)}, at=now)
    return visit


def _record_failure(denied: Denied, way: Way, now: datetime) -> None:
    data: dict[str, object] = {"way": str(way.value), "why": denied.why}
    ledger.record(actor="visitor", verb="signin.fail", subject=denied.subject, data=data, at=now)


def _refusal(denied: Denied) -> RefusedError:
    return RefusedError("doubted_key" if denied.said is DOUBTED else "not_entered", denied.said)
