"""Sessions of officers: begun, gone on with, proved anew, ended. A session is over by the clock, whoever writes it down."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from keng.base.errors import InputError, Said
from keng.base.times import day_in_vietnam
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.plainly import rows_with
from keng.desk.ground.signin.models import Ended, Passkey, Visit, Way
from keng.vietnam import rules

SEEN_EVERY = timedelta(minutes=1)  # how exactly `seen_at` is kept: one write a minute, not one a page

NO_VISIT = Said("Không có phiên này, hoặc nó đã kết thúc.", "There is no such session, or it is over.")


def begin(officer: Officer, way: Way, *, passkey: Passkey | None = None, now: datetime) -> Visit:
    """A new session, in the transaction of the action that lets the officer in."""
    return Visit.objects.create(officer=officer, way=way, passkey=passkey, began_at=now, seen_at=now, proven_at=now)


def go_on(visit_id: UUID, officer: Officer, *, is_used: bool, now: datetime) -> Visit | None:
    """The session if it goes on, noted as seen where a person used it; None if it is over (and that is in the ledger)."""
    visit = next(iter(rows_with(Visit, "id", visit_id)), None)
    if visit is None or visit.officer_id != officer.pk or visit.ended_at is not None:
        return None
    why = over_because(visit, officer, now)
    if why:
        end(visit.pk, why, actor="system:clock", now=now)
        return None
    if is_used and now - visit.seen_at >= SEEN_EVERY:
        Visit.objects.filter(pk=visit.pk, seen_at__lt=now, ended_at=None).update(seen_at=now)
    return visit


def over_because(visit: Visit, officer: Officer, now: datetime) -> Ended | None:
    """Why the clock or the officer's standing ends a session; None while it goes on."""
    if not officer.is_active:
        return Ended.INACTIVE
    if now >= visit.began_at + rules.limit("signin.session_ends_after", day_in_vietnam(now)).time:
        return Ended.TOO_LONG
    if now >= visit.seen_at + rules.limit("signin.session_idle_after", day_in_vietnam(now)).time:
        return Ended.IDLE
    return None


@transaction.atomic
def end(visit_id: UUID, why: Ended, *, actor: str, now: datetime) -> bool:
    """End one session. False if it was over."""
    ended = Visit.objects.filter(pk=visit_id, ended_at=None).update(ended_at=now, ended_why=why)
    if ended:
        ledger.record(
            actor=actor, verb="signin.end_session", subject=f"visit:{visit_id}", data={"why": str(why.value)}, at=now
        )
    return ended == 1


@transaction.atomic
def end_own(officer: Officer, visit_id: UUID, *, now: datetime) -> None:
    """Officers end a session of their own. Raises InputError `no_session` for everybody else's, as for none."""
    rights.require(officer, "signin.manage_own")
    own = Visit.objects.filter(pk=visit_id, officer=officer).exists()
    if not own or not end(visit_id, Ended.ELSEWHERE, actor=officer.actor, now=now):
        raise InputError("no_session", NO_VISIT)


@transaction.atomic
def end_others(officer: Officer, current: UUID | None, why: Ended = Ended.ELSEWHERE, *, now: datetime) -> int:
    """End all sessions of an officer but the current one; all if that is None. Returns how many ended."""
    open_ones = Visit.objects.filter(officer=officer, ended_at=None).exclude(pk=current)
    return sum(end(pk, why, actor=officer.actor, now=now) for pk in open_ones.values_list("pk", flat=True))


@transaction.atomic
def prove(visit: Visit, *, way: Way, now: datetime) -> None:
    """Note that the officer of this session proved again who they are."""
    Visit.objects.filter(pk=visit.pk, ended_at=None).update(proven_at=now, seen_at=now)
    ledger.record(
        actor=visit.officer.actor, verb="signin.prove", subject=visit.subject, data={"way": str(way.value)}, at=now
    )


def end_what_is_over(*, now: datetime) -> int:
    """Write down the sessions that the clock ended and nobody came back to. Returns how many."""
    began_before = now - rules.limit("signin.session_ends_after", day_in_vietnam(now)).time
    seen_before = now - rules.limit("signin.session_idle_after", day_in_vietnam(now)).time
    over = Visit.objects.filter(Q(began_at__lte=began_before) | Q(seen_at__lte=seen_before), ended_at=None)
    rows = list(over.select_related("officer").order_by("seen_at")[:200])
    return sum(
        end(row.pk, over_because(row, row.officer, now) or Ended.IDLE, actor="system:clock", now=now) for row in rows
    )
