"""A cleansed register takes effect: proposed after its sample was reviewed, approved by another officer, taken back if need be."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.registers import following, refusals, reviewing
from keng.desk.fraud.registers.models import Effect, Register, Step, StepKind
from keng.desk.fraud.registers.scope import check_cleansed, get_for_officer
from keng.desk.ground.jobs import tasks
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people.models import Officer
from keng.vietnam.rules import purposes

LONGEST_REASON = 500
GROUPS = {
    "province": Said("tỉnh {value}", "province {value}"),
    "sex": Said("giới tính {value}", "sex {value}"),
    "age_band": Said("tuổi {value}", "age {value}"),
    "name_group": Said("nhóm họ {value}", "names: {value}"),
}
VALUES = {
    ("sex", "M"): Said("nam", "male"),
    ("sex", "F"): Said("nữ", "female"),
    ("name_group", "nguyen"): Said("Nguyễn", "Nguyễn"),
    ("name_group", "common"): Said("họ thường gặp", "common first words"),
    ("name_group", "rare"): Said("họ ít gặp", "rare first words"),
    ("name_group", "single"): Said("tên một chữ", "single words"),
}


@transaction.atomic
def propose(officer: Officer, code: str, reason: str, *, now: datetime) -> Step:
    """Propose that the register take effect.

    Raises InputError `no_register`, `no_reason`, `no_organisation`; ConflictError `not_cleansed`, `not_at_that_step`;
    RefusedError `not_reviewed`, `too_wrong`, `slice_too_wrong`, `unconfirmed_purpose`.
    """
    register = get_for_officer(officer, "registers.put_in_effect", code, now=now, locked=True)
    words = _words(reason)
    facts = _check(register, now)
    _move(register, Effect.NONE, Effect.PROPOSED)
    return _record("registers.propose_effect", officer, register, StepKind.PROPOSED, words, facts, now)


@transaction.atomic
def approve(officer: Officer, code: str, *, now: datetime) -> Step:
    """Let it take effect, as another than who proposed. What was checked is checked again; a task then tells who follows up.

    Raises as `propose`, and RefusedError `same_officer`.
    """
    register = get_for_officer(officer, "registers.put_in_effect", code, now=now, locked=True)
    if register.effect != Effect.PROPOSED:
        raise ConflictError("not_at_that_step", refusals.ALREADY_THERE)
    if _proposer(register) == officer.pk:
        raise RefusedError("same_officer", refusals.SAME_OFFICER)
    facts = _check(register, now)
    _move(register, Effect.PROPOSED, Effect.BEGINNING)
    payload = {"register": str(register.pk), "officer": officer.pk}
    number = Step.objects.filter(register=register).count()
    tasks.post(kind="registers.begin", key=f"registers.begin:{register.pk}:{number}", payload=payload, now=now)
    return _record("registers.approve_effect", officer, register, StepKind.APPROVED, "", facts, now)


@transaction.atomic
def decline(officer: Officer, code: str, reason: str, *, now: datetime) -> Step:
    """Do not let it take effect now: it can be reviewed further and proposed again. Who proposed may take that back so too."""
    register = get_for_officer(officer, "registers.put_in_effect", code, now=now, locked=True)
    words = _words(reason)
    _move(register, Effect.PROPOSED, Effect.NONE)
    return _record("registers.decline_effect", officer, register, StepKind.DECLINED, words, {}, now)


@transaction.atomic
def roll_back(officer: Officer, code: str, reason: str, *, now: datetime) -> Step:
    """Take a register back that is in effect. One officer is enough: it only ends what it began. It does not take effect again."""
    register = get_for_officer(officer, "registers.roll_back", code, now=now, locked=True)
    words = _words(reason)
    _move(register, Effect.IN_EFFECT, Effect.ROLLED_BACK)
    Register.objects.filter(pk=register.pk).update(settled_at=now)
    following.roll_back(officer, register.pk, words, now)
    return _record("registers.roll_back", officer, register, StepKind.ROLLED_BACK, words, {}, now)


def slice_said(group: str, value: str) -> Said:
    """A group of records in words."""
    named = VALUES.get((group, value), Said(value, value))
    return Said(GROUPS[group].vi.format(value=named.vi), GROUPS[group].en.format(value=named.en))


def _check(register: Register, now: datetime) -> dict[str, object]:
    """The figures on which it may take effect. Raises as `propose`."""
    check_cleansed(register)
    purpose = purposes.find(register.purpose, register.kind, day_in_vietnam(now))
    if not settings.KENG_DEMO and (purpose is None or purpose.confirmed_by is None):
        raise RefusedError("unconfirmed_purpose", refusals.UNCONFIRMED_PURPOSE)
    found = reviewing.review_of(register, now=now)
    if found.left or found.grave is None:
        raise RefusedError("not_reviewed", refusals.NOT_REVIEWED.filled(left=found.left))
    if found.worse:
        worst = found.worse[0]
        named = slice_said(worst.group, worst.value)
        share, mean = _mille(worst.share), _mille(worst.mean)
        said = Said(
            *(
                text.format(slice=name, share=share, times=found.slice_times, mean=mean)
                for text, name in (
                    (refusals.SLICE_TOO_WRONG.vi, named.vi),
                    (refusals.SLICE_TOO_WRONG.en, named.en),
                )
            )
        )
        raise RefusedError("slice_too_wrong", said)
    if not found.is_within:
        high, most = _mille(found.grave.high), _mille(found.most_wrong)
        raise RefusedError("too_wrong", refusals.TOO_WRONG.filled(high=high, most=most))
    if register.partner.organisation_id is None:
        raise InputError("no_organisation", refusals.NO_ORGANISATION)
    return {
        "drawn": found.drawn,
        "wrong": found.wrong,
        "share": _mille(found.grave.share),
        "low": _mille(found.grave.low),
        "high": _mille(found.grave.high),
        "most": _mille(found.most_wrong),
    }


def _mille(share: float) -> int:
    """Thousandths, rounded up: no figure looks better than it is."""
    return -int(-share * 1000 // 1)


def _move(register: Register, before: Effect, after: Effect) -> None:
    if Register.objects.filter(pk=register.pk, effect=before).update(effect=after) != 1:
        raise ConflictError("not_at_that_step", refusals.ALREADY_THERE)
    register.effect = after


def _proposer(register: Register) -> int:
    newest = Step.objects.filter(register=register, kind=StepKind.PROPOSED).order_by("-pk")
    return int(newest.values_list("officer_id", flat=True)[0])


def _words(reason: str) -> str:
    words = reason.strip()[:LONGEST_REASON]
    if not words:
        raise InputError("no_reason", refusals.NO_REASON, field="reason")
    return words


def _record(
    verb: str, officer: Officer, register: Register, kind: StepKind, words: str, facts: dict[str, object], now: datetime
) -> Step:
    made = Step.objects.create(register=register, kind=kind, officer=officer, at=now, reason=words, facts=facts)
    data = {**facts, "rule": register.purpose}
    ledger.record(actor=officer.actor, verb=verb, subject=register.subject, data=data, at=now)
    return made
