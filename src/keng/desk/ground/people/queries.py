"""Reading people for others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from keng.base.times import VIETNAM, day_in_vietnam
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people.models import Appointment, EntryLink, Officer, Role


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds: in which organisation, or in the one that answers for it now."""

    role: str
    kind: str
    path: str
    unit_name: str
    leads: bool = False  # it is the national centre, or above it


def holding(officer: Officer, *, now: datetime) -> QuerySet[Appointment]:
    """The appointments of an officer that are in force."""
    return in_force(now).filter(officer=officer)


def in_force(now: datetime) -> QuerySet[Appointment]:
    """The appointments of everybody that are in force."""
    return Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), valid_from__lte=now)


def held_by(officer: Officer, *, now: datetime) -> list[Held]:
    """What an officer holds now, in the order of `Role`, then of the tree. One query.

    An appointment in an organisation that ended counts in its successor; in one that has none, it counts nothing.
    """
    day = now.astimezone(VIETNAM).date()
    told = {"officer": officer.pk, **_moments(now, day)}
    sql, parameters = _asking_held(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [told[what] if what else value for what, value in parameters])
        rows = cursor.fetchall()
    found = (Held(*row, leads=(centre or "").startswith(row[2])) for *row, centre in rows)
    return sorted(found, key=lambda one: (Role.values.index(one.role), one.path))


@cache
def _asking_held(_vendor: str) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """The query of `held_by`, and its parameters: (`officer`, `now` or `day`, anything) for what differs, ("", value) else.

    It is asked several times a page, and to compile it took a hundred times what the database takes.
    """
    officer, now = Officer(pk=-1970), datetime(1970, 1, 1, tzinfo=UTC)
    words = {officer.pk: "officer", **{value: word for word, value in _moments(now, day_in_vietnam(now)).items()}}
    heir = Organisation.objects.filter(path=OuterRef("organisation__heir_path"), valid_to=None)
    rows = (
        holding(officer, now=now)
        .annotate(
            heir_kind=Subquery(heir.values("kind")[:1]),
            heir_name=Subquery(heir.values("name")[:1]),
            path=F("organisation__heir_path"),
            centre=Subquery(organisations.centres(day_in_vietnam(now)).values("path")[:1]),
        )
        .exclude(heir_kind=None)
        .values_list("role", "heir_kind", "path", "heir_name", "centre")
    )
    sql, values = rows.query.sql_with_params()
    return sql, tuple((words.get(value, ""), value) for value in values)


def _moments(now: datetime, day: date) -> dict[str, Any]:
    """Both as the database takes them."""
    ops = connection.ops
    return {"now": ops.adapt_datetimefield_value(now), "day": ops.adapt_datefield_value(day)}


def organisations_of(officer: Officer, *, since: datetime) -> set[str]:
    """The paths of the organisations in which an officer held a role at any time since then, whatever it was."""
    rows = Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=since), officer=officer)
    return set(rows.values_list("organisation__heir_path", flat=True))


def people_of(organisation: Organisation, *, now: datetime) -> list[Appointment]:
    """Who holds a role in the organisation itself, by role and name. One query."""
    rows = in_force(now).filter(organisation__heir_path=organisation.path).select_related("officer", "organisation")
    return sorted(rows, key=lambda row: (Role.values.index(row.role), row.officer.display_name, row.pk))


def find_officer(username: str) -> Officer | None:
    """The officer of that internal name."""
    return Officer.objects.filter(username=username.strip()).first() if "\0" not in username else None


def open_link(token: str, *, now: datetime) -> EntryLink | None:
    """The sign-in link of that token, if it can still be used."""
    hashed = hashlib.sha256(token.encode()).digest()
    return (
        EntryLink.objects.filter(token_hash=hashed, used_at=None, expires_at__gt=now).select_related("officer").first()
    )


def officers_of(actors: Iterable[str]) -> dict[str, Officer]:
    """Officers by how the ledger names them (`officer:12`); other actors are passed over. One query."""
    ids = {int(one.removeprefix("officer:")) for one in actors if one.startswith("officer:")}
    return {officer.actor: officer for officer in Officer.objects.filter(pk__in=ids)} if ids else {}


def officers_posts(officers: QuerySet) -> QuerySet:
    """Of these officers (a query of ids): id, path of the organisation, begin and end of every time they were an officer."""
    rows = Appointment.objects.filter(role=Role.OFFICER, officer__in=officers)
    return rows.values_list("officer", "organisation__heir_path", "valid_from", "valid_to")


def officers_for(organisation: Organisation, *, now: datetime) -> list[Officer]:
    """Active officers of the organisation, then of those above it: who can be put on its roster. One query."""
    codes = organisation.path.strip("/").split("/")
    above = ["/" + "/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]
    rows = in_force(now).filter(role=Role.OFFICER, officer__is_active=True, organisation__heir_path__in=above)
    rows = sorted(
        rows.select_related("officer", "organisation"),
        key=lambda row: (-len(row.organisation.heir_path), row.officer.display_name, row.officer_id),
    )
    return list(dict.fromkeys(row.officer for row in rows))
