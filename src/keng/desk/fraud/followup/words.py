"""What the holder says, with the code of the notice: corrected, not mine, a person please, and an appeal at every step."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from keng.base import identifiers, sealing
from keng.base.errors import ConflictError, InputError
from keng.base.times import VIETNAM
from keng.desk.fraud.appeals.actions import SignIn
from keng.desk.fraud.followup import orders, refusals
from keng.desk.fraud.followup.closing import lock_case, require_open, stop_clock
from keng.desk.fraud.followup.closing import record_case as _record
from keng.desk.fraud.followup.models import Action, Case, Proof, Word, WordKind, WordState
from keng.desk.fraud.followup.notices import Cause
from keng.desk.fraud.followup.orders import Wanted
from keng.desk.fraud.followup.standing import level_at, next_look
from keng.desk.fraud.reports.submission import check_text
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.keys.actions import SealedKind
from keng.vietnam import rules
from keng.vietnam.rules.followups import ladder

NOT_MINE = "sim.not_mine"
MAX_REFERENCE = 200
ACTOR = "holder"


def find_case(code: str) -> Case:
    """The case of a code as somebody typed it, with its batch. Raises InputError `no_code`."""
    tidy = identifiers.read_receipt(code)
    rows = Case.objects.select_related("batch__partner").filter(batch__begun_at__isnull=False)
    case = rows.filter(code_hash=identifiers.receipt_hash(tidy)).first() if tidy else None
    if case is None:
        raise InputError("no_code", refusals.NO_CODE, field="code")
    return case


@transaction.atomic
def say_corrected(code: str, *, now: datetime) -> Word:
    """The holder had it corrected: the partner is asked to look, and the clock stands still until it answers.

    Raises InputError `no_code`, ConflictError `case_over`, `said_already`, `said_too_often`.
    """
    case = _open_case(code, WordKind.CORRECTED)
    most = rules.limit("followup.corrected_times", _day(now)).value
    if case.words.filter(kind=WordKind.CORRECTED).count() >= most:
        raise ConflictError("said_too_often", refusals.SAID_TOO_OFTEN.filled(times=most))
    stop_clock(case, now)
    word = _keep(case, WordKind.CORRECTED, now, answer_by=rules.limit("followup.check_within", _day(now)).after(now))
    orders.send(case.batch, [Wanted(case, Action.CHECK, Cause.WINDOW)], now)
    case.save()
    _record("followup.say_corrected", ACTOR, case, now)
    return word


@transaction.atomic
def say_not_mine(code: str, *, now: datetime) -> Word:
    """Whoever was told is not whose number it is: it goes by the ladder for that, with notices of its own. What stood, stands.

    Raises InputError `no_code`, `not_for_accounts`, ConflictError `case_over`, `said_already`.
    """
    case = _open_case(code, WordKind.NOT_MINE)
    if case.batch.kind != "sim":
        raise InputError("not_for_accounts", refusals.NOT_FOR_ACCOUNTS)
    if case.rule == NOT_MINE:
        raise ConflictError("said_already", refusals.SAID_ALREADY)
    word = _keep(case, WordKind.NOT_MINE, now)
    case.floor = level_at(case, now)
    case.rule, case.rule_on = ladder(NOT_MINE, _day(now)).code, _day(now)
    case.needs_person = False
    case.clock_from, case.notices = None, 0
    case.next_at = next_look(case, now)
    case.save()
    _record("followup.say_not_mine", ACTOR, case, now)
    return word


@transaction.atomic
def ask_for_person(code: str, *, now: datetime) -> Word:
    """The holder wants somebody to look: the case stands in the officers' queue by itself.

    Raises InputError `no_code`, ConflictError `case_over`, `said_already`.
    """
    case = _open_case(code, WordKind.PERSON)
    word = _keep(case, WordKind.PERSON, now, answer_by=rules.limit("followup.decide_within", _day(now)).after(now))
    case.asked_at = case.asked_at or now
    case.save(update_fields=["asked_at"])
    _record("followup.ask_for_person", ACTOR, case, now)
    return word


@transaction.atomic
def appeal(code: str, text: str, keys: KeyStore, *, sign_in: SignIn | None = None, now: datetime) -> Word:
    """What speaks against it, sealed. The clock stands still until somebody who took no part decides. Once at every step.

    Raises InputError, ConflictError `case_over`, `said_already`, `appealed_at_this_step`.
    """
    check_text(text)
    case = _open_case(code, WordKind.APPEAL)
    level = level_at(case, now)
    if case.words.filter(kind=WordKind.APPEAL, level=level, rule=case.rule).exists():
        raise ConflictError("appealed_at_this_step", refusals.APPEALED_AT_THIS_STEP)
    stop_clock(case, now)
    word = Word(case=case, kind=WordKind.APPEAL, said_at=now, level=level, rule=case.rule)
    word.answer_by = rules.limit("appeal.decide_within", _day(now)).after(now)
    _seal(word, text, sign_in, keys, now)
    word.save(force_insert=True)
    case.save()
    _record("followup.appeal", ACTOR, case, now, proof=str(word.proof), level=str(level) or "none")
    return word


def text_of(word: Word, keys: KeyStore) -> str:
    """What the holder wrote; empty if nothing, or if it was let go."""
    if not word.sealed_by:
        return ""
    key = sealing.unseal(keys.secret_by_id(word.sealed_by), label(word, "key"), bytes(word.sealed_key))
    return sealing.unseal(key, label(word, "text"), bytes(word.text)).decode()


def label(word: Word, part: str) -> str:
    """The place that a sealed value belongs to."""
    return f"followup-{word.subject}:{part}"


KEYS = SealedKind(Word, "sealed_by", "sealed_key", lambda row: label(row, "key"))


def _open_case(code: str, kind: WordKind) -> Case:
    case = lock_case(find_case(code).pk)
    require_open(case)
    if case.words.filter(kind=kind, state=WordState.OPEN).exists():
        raise ConflictError("said_already", refusals.SAID_ALREADY)
    return case


def _keep(case: Case, kind: WordKind, now: datetime, **more: Any) -> Word:
    fields = {"level": level_at(case, now), "rule": case.rule, "text": b"", "sealed_key": b"", **more}
    return Word.objects.create(case=case, kind=kind, said_at=now, **fields)


def _seal(word: Word, text: str, sign_in: SignIn | None, keys: KeyStore, now: datetime) -> None:
    if sign_in and sign_in.transaction_id:
        word.proof, word.proof_issuer = Proof.SIGN_IN, sign_in.issuer[:MAX_REFERENCE]
        word.proof_level, word.proof_reference = sign_in.level[:40], sign_in.transaction_id[:MAX_REFERENCE]
    key = sealing.new_key()
    word.sealed_by, wrapping = keys.secret(Purpose.REPORTS, now)
    word.sealed_key = sealing.seal(wrapping, label(word, "key"), key)
    word.text = sealing.seal(key, label(word, "text"), text.encode())


def _day(now: datetime) -> date:
    return now.astimezone(VIETNAM).date()
