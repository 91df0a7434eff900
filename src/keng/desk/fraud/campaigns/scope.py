"""Which campaigns an officer may see, and by which of their reports they are counted: by `reports/scope.py`, on the sums' own
column.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from keng.base.errors import InputError
from keng.desk.fraud.campaigns import refusals
from keng.desk.fraud.campaigns.models import NO_UNIT, Part, Placement, UnitSum
from keng.desk.fraud.reports.scope import any_without_owner, within
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

VERB = "reports.list"
_KEPT = "_parts_as_opened"


def mine(officer: Officer, field: str = "unit") -> Q:
    """The condition that a unit in `field` is one whose reports the officer may list; empty for whoever may list all of them."""
    units = rights.within(officer, VERB, field)
    if not units:
        return units
    nobodys = Q(**{field: NO_UNIT})
    if rights.leads(officer, VERB):
        return units | nobodys
    if rights.is_allowed(officer, VERB) and any_without_owner(officer):
        return units | nobodys
    return units & ~nobodys


def find_head(officer: Officer, code: str) -> Part | None:
    """The head of the campaign that bears a code or that its part went into, if a report of it is the officer's."""
    seen = UnitSum.objects.filter(mine(officer), part__head=OuterRef("head"), reports__gt=0)
    part = Part.objects.filter(Exists(seen), code=code.strip().upper()).select_related("head").first()
    return part.head if part else None


def get_head(officer: Officer, verb: str, code: str | Part) -> Part:
    """The same for a verb. RefusedError `not_allowed`; InputError `no_campaign`, whoever's reports it has.

    A head that was got for this officer is one: a page that asks ten things of a campaign finds it once.
    """
    rights.require_to_read(officer, verb)
    if isinstance(code, Part):
        return code
    head = find_head(officer, code)
    if head is None:
        raise InputError("no_campaign", refusals.NO_CAMPAIGN)
    return head


def open_campaign(officer: Officer, code: str) -> Part:
    """The head of a campaign that the officer may see, for whatever else a page asks of it. Raises as `get_head`.

    Its parts are kept on it as they are now: for a page that only reads.
    """
    head = get_head(officer, "campaigns.list", code)
    head.__dict__[_KEPT] = parts_of([head.pk])
    return head


def placements(officer: Officer, head: Part) -> QuerySet[Placement]:
    """The officer's reports in a campaign."""
    return Placement.objects.filter(mine(officer), within(officer, VERB, at="report__"), in_parts(parts_of_one(head)))


def parts_of(heads: Collection[int]) -> dict[int, int]:
    """The parts of these campaigns, each with its head."""
    return dict(Part.objects.filter(head__in=heads).values_list("pk", "head"))


def parts_of_one(head: Part) -> dict[int, int]:
    """The parts of one campaign: no query if it was opened for a page."""
    kept: dict[int, int] | None = head.__dict__.get(_KEPT)
    return parts_of([head.pk]) if kept is None else kept


def in_parts(parts: Collection[int]) -> Q:
    """The condition that a row belongs to one of these parts: by number, so that an index by part gives them in its order."""
    return Q(part=next(iter(parts))) if len(parts) == 1 else Q(part__in=list(parts))
