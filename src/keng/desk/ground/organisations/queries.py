"""Reading organisations for others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from keng.base.errors import InputError, Said
from keng.base.text import bare
from keng.desk.ground.organisations.facts import Contact, Item, OwnFacts
from keng.desk.ground.organisations.models import POLICE, ContactPoint, Equipment, Organisation
from keng.vietnam.order import order_key

MOST_FOUND = 60
MOST_TYPED = 100  # characters of a search

UNKNOWN = Said("Không có đơn vị nào mang mã này.", "There is no organisation of this code.")


def get_organisation(code: str) -> Organisation:
    """The organisation of that code. Raises InputError `no_organisation`."""
    found = find_organisation(code)
    if found is None:
        raise InputError("no_organisation", UNKNOWN)
    return found


def find_organisation(code: str) -> Organisation | None:
    """The same, or None."""
    return Organisation.objects.filter(code=code[:MOST_TYPED]).first() if "\0" not in code else None


def find_centre(day: date) -> Organisation | None:
    """The police unit that stands highest and leads: a department rather than the ministry above it."""
    return centres(day).first()


def centres(day: date) -> QuerySet[Organisation]:
    """The units that could be the national centre, the one that is first."""
    return standing(day).filter(kind__in=("department", "ministry")).order_by("kind", Length("path"), "pk")


def standing(day: date) -> QuerySet[Organisation]:
    """What stands on that day."""
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    return Organisation.objects.filter(begun, Q(valid_to=None) | Q(valid_to__gt=day))


def tops(day: date) -> list[Organisation]:
    """Organisations with nothing above them, the police first, then in Vietnamese order."""
    rows = standing(day).filter(parent=None)
    return sorted(rows, key=lambda row: (row.kind not in POLICE, order_key(row.name)))


def children(organisation: Organisation, day: date) -> list[Organisation]:
    """What stands right below it, in Vietnamese order. One query."""
    return in_order(standing(day).filter(parent=organisation))


def above(organisation: Organisation) -> list[Organisation]:
    """From the top down to the one right above it. One query."""
    codes = organisation.path.strip("/").split("/")[:-1]
    return sorted(Organisation.objects.filter(code__in=codes), key=lambda row: codes.index(row.code))


def below(organisation: Organisation, day: date) -> QuerySet[Organisation]:
    """It and all that stands below it on that day."""
    return standing(day).filter(path__startswith=organisation.path)


def find(typed: str, day: date) -> list[Organisation]:
    """Those whose Vietnamese or English name holds every word typed, with or without diacritics; at most 60, shortest first."""
    words = bare(typed[:MOST_TYPED].replace("\0", " ")).split()
    rows = standing(day)
    for word in words:
        rows = rows.filter(name_folded__contains=word)
    found = rows.order_by("name_folded")[: MOST_FOUND * 4] if words else []
    return sorted(found, key=lambda row: (len(row.name), order_key(row.name)))[:MOST_FOUND]


def in_order(rows: Iterable[Organisation]) -> list[Organisation]:
    """By name, in Vietnamese order."""
    return sorted(rows, key=lambda row: order_key(row.name))


def heir_of(organisation: Organisation) -> Organisation:
    """Who answers for it now: itself while it stands."""
    if organisation.heir_path == organisation.path:
        return organisation
    return Organisation.objects.get(path=organisation.heir_path)


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Names by code. One query."""
    return dict(Organisation.objects.filter(code__in=set(codes)).values_list("code", "name"))


def facts_of(organisation: Organisation) -> OwnFacts:
    """Its own data as they stand. Two queries."""
    contacts = ContactPoint.objects.filter(organisation__heir_path=organisation.path, ended_at=None).order_by("pk")
    items = Equipment.objects.filter(organisation__heir_path=organisation.path, ended_at=None).order_by("pk")
    return OwnFacts(
        organisation.name,
        organisation.name_en,
        organisation.hours,
        tuple(Contact(row.kind, row.value, row.hours, row.note) for row in contacts),
        tuple(Item(row.name, row.count, row.note) for row in items),
    )


def chain_of(organisation: Organisation) -> tuple[list[Organisation], Organisation | None]:
    """Those that it follows, and the one that follows it, if any."""
    return in_order(organisation.predecessors.all()), organisation.successor
