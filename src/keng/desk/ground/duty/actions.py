"""What is done about duty: plan a shift, cancel it, attest a skill, withdraw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import VIETNAM
from keng.desk.ground.duty.models import HeldSkill, Shift, ShiftKind, Skill
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer, Role

LONGEST_SHIFT = timedelta(hours=24)
FARTHEST = timedelta(days=366)
EARLIEST = date(1970, 1, 1)

BAD_TIMES = Said(
    "Ca trực phải dài hơn 0 và nhiều nhất 24 giờ.", "A shift must be longer than nothing and 24 hours at most."
)
IS_OVER = Said("Ca trực này đã qua.", "This shift is over.")
TOO_FAR = Said("Chỉ xếp lịch trước nhiều nhất một năm.", "Plan a year ahead at most.")
NO_KIND = Said("Chọn trực chính hoặc dự phòng.", "Choose primary or backup.")
NOT_HERE = Said(
    "Người này không phải cán bộ trực của đơn vị hay của đơn vị cấp trên trong suốt ca.",
    "This person is not an officer of the unit, or of one above it, throughout the shift.",
)
DOUBLE = Said("Người này đã có ca khác trong khoảng đó, lúc {when}.", "This person has another shift then, at {when}.")
HAS_ENDED = Said("Đơn vị này đã kết thúc.", "This organisation has ended.")
NO_SHIFT = Said("Không có ca trực này.", "There is no such shift.")
CANCELLED = Said("Ca trực này đã được bỏ.", "This shift was cancelled already.")
NO_SKILL = Said("Không có kỹ năng này.", "There is no such skill.")
BAD_DAYS = Said(
    "Ngày không hợp lệ: ngày hết hạn phải sau ngày bắt đầu.", "The days are not right: the end must follow the start."
)
HAS_SKILL = Said("Người này đã có kỹ năng đó trong thời gian này.", "This person has that skill in this time already.")
WITHDRAWN = Said("Kỹ năng này đã hết hạn hoặc đã được rút.", "This skill has ended or was withdrawn.")


@dataclass(frozen=True, slots=True)
class NewShift:
    """Who is on duty, from when until before when; `kind` is primary or backup."""

    officer: Officer
    starts_at: datetime
    ends_at: datetime
    kind: str = ShiftKind.PRIMARY


@transaction.atomic
def plan(by: Officer, organisation: Organisation, new: NewShift, *, now: datetime) -> Shift:
    """Put an officer of the unit, or of one above it, on its roster. Nobody is in two shifts at once."""
    rights.require(by, "duty.plan", on=organisation, now=now)
    _check_times(new, now)
    if not organisation.stands_on(new.starts_at.astimezone(VIETNAM).date()):
        raise RefusedError("organisation_ended", HAS_ENDED)
    Officer.objects.select_for_update().get(pk=new.officer.pk)  # two who plan for one person come one after the other
    _check_belongs(organisation, new)
    _check_free(new)
    shift = Shift.objects.create(
        organisation=organisation,
        officer=new.officer,
        kind=new.kind,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        planned_by=by.actor,
        planned_at=now,
    )
    data: dict[str, object] = {"organisation": organisation.code, "officer": new.officer.actor, "kind": str(new.kind)}
    ledger.record(actor=by.actor, verb="duty.plan", subject=shift.subject, data=data, at=now)
    return shift


@transaction.atomic
def cancel(by: Officer, shift_id: int, *, now: datetime) -> Shift:
    """Take a shift that is not over off the roster. Raises ConflictError `cancelled_already`."""
    shift = Shift.objects.select_related("organisation").filter(pk=shift_id).first()
    if shift is None:
        raise InputError("no_shift", NO_SHIFT)
    rights.require(by, "duty.cancel", on=shift.organisation, now=now)
    if shift.ends_at <= now:
        raise RefusedError("shift_over", IS_OVER)
    if Shift.objects.filter(pk=shift.pk, cancelled_at=None).update(cancelled_at=now, cancelled_by=by.actor) != 1:
        raise ConflictError("cancelled_already", CANCELLED)
    data: dict[str, object] = {"organisation": shift.organisation.code}
    ledger.record(actor=by.actor, verb="duty.cancel", subject=shift.subject, data=data, at=now)
    return shift


@transaction.atomic
def attest(
    by: Officer,
    organisation: Organisation,
    officer: Officer,
    skill: str,
    *,
    since: date,
    until: date | None = None,
    now: datetime,
) -> HeldSkill:
    """Attest that an officer of the unit has a skill, from `since` until before `until` (None: until it is withdrawn)."""
    rights.require(by, "duty.attest", on=organisation, now=now)
    if not people.holding(officer, now=now).filter(organisation__heir_path=organisation.heir_path).exists():
        raise RefusedError("not_here", NOT_HERE)
    return _attest(officer, skill, since, until, actor=by.actor, now=now)


@transaction.atomic
def give_skill(officer: Officer, skill: str, *, since: date, now: datetime) -> HeldSkill | None:
    """A skill attested by a set-up command; None if it is held already."""
    if HeldSkill.objects.filter(officer=officer, skill=skill, valid_to=None).exists():
        return None
    return _attest(officer, skill, since, None, actor="system:setup", now=now)


@transaction.atomic
def withdraw(by: Officer, organisation: Organisation, held_id: int, *, now: datetime) -> None:
    """End a skill today, for an officer of the unit."""
    rights.require(by, "duty.withdraw", on=organisation, now=now)
    held = HeldSkill.objects.filter(pk=held_id).select_related("officer").first()
    if held is None:
        raise InputError("no_skill", NO_SKILL)
    if not people.holding(held.officer, now=now).filter(organisation__heir_path=organisation.heir_path).exists():
        raise RefusedError("not_here", NOT_HERE)
    today = now.astimezone(VIETNAM).date()
    still = Q(valid_to=None) | Q(valid_to__gt=today)
    changes = {"valid_to": max(today, held.valid_from), "withdrawn_by": by.actor}
    if HeldSkill.objects.filter(still, pk=held.pk).update(**changes) != 1:
        raise ConflictError("withdrawn_already", WITHDRAWN)
    data: dict[str, object] = {"skill": held.skill}
    ledger.record(actor=by.actor, verb="duty.withdraw", subject=held.officer.actor, data=data, at=now)


def _attest(officer: Officer, skill: str, since: date, until: date | None, *, actor: str, now: datetime) -> HeldSkill:
    if skill not in Skill.values:
        raise InputError("no_skill", NO_SKILL, field="skill")
    if since < EARLIEST or (until is not None and until <= since):
        raise InputError("bad_days", BAD_DAYS, field="until")
    Officer.objects.select_for_update().get(pk=officer.pk)
    meets = Q(valid_to=None) | Q(valid_to__gt=since)
    if until is not None:
        meets &= Q(valid_from__lt=until)
    if HeldSkill.objects.filter(meets, officer=officer, skill=skill).exists():
        raise ConflictError("has_skill", HAS_SKILL)
    held = HeldSkill.objects.create(
        officer=officer, skill=skill, valid_from=since, valid_to=until, attested_by=actor, attested_at=now
    )
    ledger.record(actor=actor, verb="duty.attest", subject=officer.actor, data={"skill": str(skill)}, at=now)
    return held


def _check_times(new: NewShift, now: datetime) -> None:
    if new.kind not in ShiftKind.values:
        raise InputError("no_kind", NO_KIND, field="kind")
    if not timedelta() < new.ends_at - new.starts_at <= LONGEST_SHIFT:
        raise InputError("bad_times", BAD_TIMES, field="ends")
    if new.ends_at <= now:
        raise InputError("shift_over", IS_OVER, field="starts")
    if new.starts_at > now + FARTHEST:
        raise InputError("too_far", TOO_FAR, field="starts")


def _check_belongs(organisation: Organisation, new: NewShift) -> None:
    throughout = people.in_force(new.starts_at).filter(Q(valid_to=None) | Q(valid_to__gte=new.ends_at))
    rows = throughout.filter(officer=new.officer, role=Role.OFFICER).values_list("organisation__heir_path", flat=True)
    if not any(organisation.heir_path.startswith(path) for path in rows):
        raise RefusedError("not_here", NOT_HERE)


def _check_free(new: NewShift) -> None:
    meets = Shift.objects.filter(
        officer=new.officer, cancelled_at=None, starts_at__lt=new.ends_at, ends_at__gt=new.starts_at
    ).first()
    if meets is not None:
        when = meets.starts_at.astimezone(VIETNAM).strftime("%d/%m %H:%M")
        raise ConflictError("double_booked", DOUBLE.filled(when=when))
