"""The one authorisation function: who may do what, on what. Everything that is not listed is refused.

A role that is held now in an organisation gives its verbs on that organisation and on all below it in the tree; the national
centre stands on top. A verb that is about no organisation (`on=None`) needs the role anywhere in the police tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from keng.base import clock
from keng.base.errors import RefusedError, Said
from keng.desk.ground.organisations.models import POLICE, Organisation
from keng.desk.ground.people import queries
from keng.desk.ground.people.models import Officer
from keng.desk.ground.people.queries import Held

OFFICER = frozenset({"officer"})
OPERATOR = frozenset({"operator"})
READERS = frozenset({"officer", "auditor"})
DESK = frozenset({"officer", "auditor", "operator"})
KEEPER = frozenset({"keeper"})
PARTNER = frozenset({"partner"})
EVERYBODY = DESK | KEEPER | frozenset({"approver", "partner"})

MATRIX: dict[str, frozenset[str]] = {
    "reports.list": READERS,
    "reports.look": READERS,
    "reports.close": OFFICER,
    "reports.reopen": OFFICER,
    "reports.write": OFFICER,
    "jurisdiction.offer": OFFICER,
    "jurisdiction.answer": OFFICER,
    "jurisdiction.assign": OFFICER,
    "measures.list": READERS,
    "measures.hold_urgently": OFFICER,
    "measures.propose": OFFICER,
    "measures.approve": OFFICER,
    "measures.decline": OFFICER,
    "measures.withdraw": OFFICER,
    "measures.lift": OFFICER,
    "measures.find_wrong": OFFICER,
    "measures.propose_renewal": OFFICER,
    "measures.approve_renewal": OFFICER,
    "measures.decline_renewal": OFFICER,
    "measures.let_stand": OFFICER,
    "campaigns.list": READERS,
    "campaigns.judge": OFFICER,
    "campaigns.name": OFFICER,
    "campaigns.watch": READERS,
    "followup.list": READERS,
    "followup.begin": OFFICER,
    "followup.roll_back": OFFICER,
    "followup.decide": OFFICER,
    "followup.call": OFFICER,
    "followup.exempt": OFFICER,
    "followup.answer": OFFICER,
    "orders.list": PARTNER,
    "orders.answer": PARTNER,
    "review.read": READERS,
    "verdicts.read": DESK,
    "verdicts.correct": OFFICER,
    "models.read": DESK,
    "models.replay": OFFICER | OPERATOR,
    "models.put_live": OPERATOR,
    "signs.list": DESK,
    "signs.look": OFFICER,
    "signs.propose_live": OFFICER,
    "signs.approve_live": OFFICER,
    "signs.withdraw": OFFICER,
    "lists.take": OFFICER | PARTNER,
    "lists.give": OFFICER | PARTNER,
    "requests.list": PARTNER,
    "requests.answer": PARTNER,
    "requests.ask": PARTNER,
    "requests.reply": OFFICER,
    "partners.list": DESK,
    "registers.hand_in": PARTNER,
    "registers.own": PARTNER,
    "registers.ask": PARTNER,
    "registers.list": READERS,
    "registers.review": OFFICER,
    "registers.put_in_effect": OFFICER,
    "registers.roll_back": OFFICER,
    "registers.settle": OFFICER,
    "appeals.read": READERS,
    "appeals.confirm_holder": OFFICER,
    "appeals.decide": OFFICER,
    "erasure.list": READERS,
    "erasure.decide": OFFICER,
    "erasure.hold": OFFICER,
    "looks.list": READERS,
    "looks.withhold": frozenset({"auditor"}),
    "signin.manage_own": EVERYBODY,
    "ledger.list": DESK,
    "rules.list": DESK,
    "outbox.list": DESK,
    "outbox.retry": OPERATOR,
    "outbox.retry_all": OPERATOR,
    "outbox.drop": OPERATOR,
    "tasks.retry": OPERATOR,
    "tasks.drop": OPERATOR,
    "batches.retry_failed": OPERATOR,
    "batches.cancel": OPERATOR,
    "organisations.list": DESK,
    "organisations.read": EVERYBODY,
    "people.appoint": OPERATOR,
    "people.end_appointment": OPERATOR,
    "duty.read": DESK | KEEPER | frozenset({"approver"}),
    "duty.plan": KEEPER | OPERATOR,
    "duty.cancel": KEEPER | OPERATOR,
    "duty.attest": OPERATOR,
    "duty.withdraw": OPERATOR,
    "upkeep.propose": KEEPER,
    "upkeep.approve": frozenset({"approver"}),
    "upkeep.decline": frozenset({"approver"}),
    "upkeep.read": EVERYBODY,
    "villages.list": DESK | KEEPER | frozenset({"approver"}),
    "villages.add": KEEPER,
    "villages.end": KEEPER,
}

NOT_YOURS = Said("Vai trò của bạn không được làm việc này.", "Your role may not do this.")
NOT_ACTIVE = Said("Tài khoản này đã ngừng.", "This account is no longer active.")

KEPT_FOR = timedelta(seconds=5)
FEW = 50  # units outside that a condition names one by one
MANY = 2000  # units of an officer that it names: a province has some hundreds, those of earlier maps among them
_KEPT = "_held_roles"
_UNITS = "_units_named"
_CONDITIONS = "_conditions_made"


def is_allowed(actor: Officer, verb: str, *, on: Organisation | None = None, now: datetime | None = None) -> bool:
    """True if a role that an active officer holds may do `verb` on that organisation. For what a page offers.

    The roles are read once for an officer object, which lives as long as a request. An unknown verb is our fault: KeyError.
    """
    roles = MATRIX[verb]
    return actor.is_active and _gives(_held(actor, now or clock.now()), roles, on)


def require(actor: Officer, verb: str, *, on: Organisation | None = None, now: datetime | None = None) -> None:
    """Return if allowed. Raises RefusedError `not_allowed`, the same whatever the object is, so it tells nothing of it.

    The roles are read anew: a role that was ended a moment ago gives nothing. One query.
    """
    forget(actor)
    require_to_read(actor, verb, on=on, now=now)


def require_to_read(actor: Officer, verb: str, *, on: Organisation | None = None, now: datetime | None = None) -> None:
    """The same for what only reads: with the roles as they were read for this request, no query of its own."""
    if not actor.is_active:
        raise RefusedError("not_allowed", NOT_ACTIVE)
    if not _gives(_held(actor, now or clock.now()), MATRIX[verb], on):
        raise refusal()


def refusal() -> RefusedError:
    """What is raised for something that is not there too, where telling that would tell what is."""
    return RefusedError("not_allowed", NOT_YOURS)


def may_on(actor: Officer, verb: str, *, now: datetime | None = None) -> QuerySet[Organisation]:
    """The organisations on which the actor may do `verb`, those that ended with them (their successor answers for them).

    One query, and it can stand inside another: `reports.filter(owner__in=rights.may_on(actor, "reports.list"))`.
    """
    return _below(_paths(actor, verb, now or clock.now()))


def within(actor: Officer, verb: str, field: str, *, now: datetime | None = None) -> Q:
    """The condition that the organisation at `field` of a row is one on which the actor may do `verb`. One query a request.

    The units are named by number, so that the database can go from them to their rows: those of the actor, or for who leads,
    who stands over nearly everything, the few outside. Where either are too many, a subselect. A row of no organisation is for
    who leads. Made once for an officer object, unless a moment is told.
    """
    if now is not None:
        return _within(actor, verb, field, now)
    kept: dict[tuple[str, str], Q] = actor.__dict__.setdefault(_CONDITIONS, {})
    if (verb, field) not in kept:
        kept[verb, field] = _within(actor, verb, field, now)
    return kept[verb, field]


def _within(actor: Officer, verb: str, field: str, now: datetime | None) -> Q:
    paths = _paths(actor, verb, now or clock.now())
    is_leading = leads(actor, verb, now=now)
    named = _named(actor, paths, outside=is_leading)
    if named is None:
        mine = Q(**{f"{field}__in": may_on(actor, verb, now=now)})
        return mine | Q(**{field: None}) if is_leading else mine
    if is_leading:
        return ~Q(**{f"{field}__among": named}) if named else Q()
    return Q(**{f"{field}__among": named})


def held_in(actor: Officer, verb: str, *, on: Organisation | None, now: datetime | None = None) -> set[str]:
    """The paths of the organisations whose role gives the actor `verb` on that organisation."""
    held = [one for one in _held(actor, now or clock.now()) if actor.is_active]
    return {one.path for one in held if _gives([one], MATRIX[verb], on)}


def leads(actor: Officer, verb: str, *, now: datetime | None = None) -> bool:
    """Whether the actor may do `verb` in the national centre or above it. What belongs to no unit is theirs."""
    held = _held(actor, now or clock.now())
    return actor.is_active and any(one.role in MATRIX[verb] and one.leads for one in held)


def fits(role: str, organisation: Organisation) -> bool:
    """Whether a role exists in an organisation of that kind: the desk's only among the police, a partner's only elsewhere."""
    if role in DESK:
        return organisation.is_police
    return not organisation.is_police if role == "partner" else True


def first_role(actor: Officer, *, now: datetime | None = None) -> Held | None:
    """What somebody is called by: the first role that they hold, and where."""
    held = _held(actor, now or clock.now())
    return held[0] if held else None


def forget(actor: Officer) -> None:
    """Read the roles and their units anew when they are next asked for."""
    for kept in (_KEPT, _UNITS, _CONDITIONS):
        actor.__dict__.pop(kept, None)


def _held(actor: Officer, now: datetime) -> list[Held]:
    """What the actor holds; kept on the object with the moment for which it was read, for as long as a page takes."""
    kept = actor.__dict__.get(_KEPT)
    if kept is None or abs(now - kept[0]) > KEPT_FOR:
        kept = actor.__dict__[_KEPT] = (now, queries.held_by(actor, now=now))
    return kept[1]


def _paths(actor: Officer, verb: str, now: datetime) -> frozenset[str]:
    """Where an active officer holds a role that gives the verb."""
    return frozenset(one.path for one in _held(actor, now) if one.role in MATRIX[verb] and actor.is_active)


def _named(actor: Officer, paths: frozenset[str], *, outside: bool) -> list[int] | None:
    """The units below any of these paths, or the police units below none; None if they are too many to be named. Kept as long as
    the officer object.
    """
    kept: dict[tuple[frozenset[str], bool], list[int] | None] = actor.__dict__.setdefault(_UNITS, {})
    if (paths, outside) not in kept:
        rows = _below(paths, outside=outside).values_list("pk", flat=True)
        most = FEW if outside else MANY
        found = list(rows[: most + 1])
        kept[paths, outside] = found if len(found) <= most else None
    return kept[paths, outside]


def _below(paths: Iterable[str], *, outside: bool = False) -> QuerySet[Organisation]:
    below = reduce(or_, (Q(heir_path__startswith=path) for path in paths), Q(pk=None))
    return Organisation.objects.filter(~below, kind__in=POLICE) if outside else Organisation.objects.filter(below)


def _gives(held: list[Held], roles: frozenset[str], on: Organisation | None) -> bool:
    if on is None:
        return any(one.role in roles and one.kind in POLICE for one in held)
    return any(one.role in roles and on.heir_path.startswith(one.path) for one in held)
