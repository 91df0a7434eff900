"""The police tree of a day, and how it follows the places when a new map begins.

No number of provinces stands here: units are made for whatever places stand on the day, and end with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations.actions import SYSTEM, NewOrganisation, add, row_of
from keng.desk.ground.organisations.models import Organisation, OrganisationKind
from keng.vietnam import places, police
from keng.vietnam.places import Level, Unit

BATCH = 500

OLD_MAP = Said(
    "Có đơn vị của bản đồ cũ, như {code}. Hãy chạy `keng organisations follow --to {day}` trước.",
    "Units of an older map stand, such as {code}. Run `keng organisations follow --to {day}` first.",
)
NO_MAP = Said("Không có bản đồ đơn vị hành chính cho ngày {day}.", "There is no map of places for {day}.")
NO_HEIR = Said(
    "Bảng địa danh không nói đơn vị {code} trở thành gì; chưa có gì thay đổi.",
    "The tables of places do not say what {code} became; nothing was changed.",
)
BAD_SUCCESSOR = Said(
    "{code} không thể tiếp nhận: đã kết thúc, hoặc chính là đơn vị này hay nằm dưới nó.",
    "{code} cannot follow: it has ended, or it is the one that ends or lies below it.",
)
ENDED = Said("Đơn vị này đã kết thúc.", "This organisation has ended already.")


@dataclass(frozen=True, slots=True)
class Followed:
    """What a change of the map did: units ended, units begun, and those whose place was split (one main successor each)."""

    ended: int = 0
    begun: int = 0
    split: tuple[str, ...] = ()


def default_centre(*, now: datetime) -> Organisation:
    """The department that leads, below its ministry; made if they are not there."""
    top = police.top()
    rows: list[Organisation] = []
    for name, kind in (("ministry", OrganisationKind.MINISTRY), ("department", OrganisationKind.DEPARTMENT)):
        parent = rows[-1] if rows else None
        rows.append(add(NewOrganisation(top[name].code, kind, top[name].said.vi, top[name].said.en, parent), now=now))
    return rows[-1]


@transaction.atomic
def load(centre: Organisation, as_of: date, *, now: datetime, communes: bool = False) -> int:
    """Make the units of the provinces that stand on `as_of`, and of the communes if asked, below `centre`. Returns how many.

    What is there stays. Raises RefusedError `old_map` while units of places stand that were no more on that day.
    """
    provinces = places.units(Level.PROVINCE, as_of)
    if not provinces:
        raise InputError("no_map", NO_MAP.filled(day=as_of.isoformat()), field="as_of")
    _refuse_old_map(as_of)
    made = _make(OrganisationKind.PROVINCE, provinces, dict.fromkeys((one.code for one in provinces), centre), as_of)
    if communes:
        lowest = police.lowest_places(as_of)
        made += _make(OrganisationKind.COMMUNE, lowest, _provinces_of(lowest, as_of), as_of)
    data: dict[str, object] = {"as_of": as_of.isoformat(), "made": made}
    ledger.record(actor=SYSTEM, verb="organisations.load", subject=centre.subject, data=data, at=now)
    return made


@transaction.atomic
def follow_places(to: date, *, now: datetime) -> Followed:
    """End every police unit whose place is no more by `to`, and name its successor, through as many maps as lie between.

    A unit of a place that was split follows the largest part (of equal ones, the lowest code). Units that stay under a
    province that ended move under its successor. Raises InputError `no_heir`: then nothing was changed.
    """
    done = Followed()
    while ends := _ends_by(to):
        done = _follow_one_map(min(ends), done, now)
    return done


def _follow_one_map(day: date, done: Followed, now: datetime) -> Followed:
    ending = [(row, place) for row, place in _standing() if place.valid_to == day]
    heirs = {row.pk: _heirs(place) for row, place in ending}
    begun = _begin(ending, heirs, day)
    by_code = {row.code: row for row in Organisation.objects.filter(valid_to=None).exclude(place_code="")}
    heir_of = {row.pk: by_code[police.code_of_unit(heirs[row.pk][0])] for row, _place in ending}
    stood_on = set(Organisation.objects.filter(valid_to=None, parent__isnull=False).values_list("parent", flat=True))
    together: dict[Organisation, list[Organisation]] = {}
    for row, _place in ending:
        if row.pk not in stood_on:
            together.setdefault(heir_of[row.pk], []).append(row)
    for (
        heir,
        olds,
    ) in together.items():  # some ten thousand communes, below which nothing stands, in a third of the statements
        _end(olds, heir, day)
    for row, _place in sorted(ending, key=lambda pair: -len(pair[0].path)):  # communes before their provinces
        if row.pk in stood_on:
            succeed(row, heir_of[row.pk], day)
    pairs = sorted((row.code, police.code_of_unit(heirs[row.pk][0])) for row, _place in ending)
    data: dict[str, object] = {
        "day": day.isoformat(),
        "ended": len(ending),
        "begun": begun,
        "pairs_sha256": sha256("\n".join(map(" ".join, pairs)).encode()).hexdigest(),
    }
    top = ending[0][0].path.split("/")[1]
    ledger.record(actor=SYSTEM, verb="organisations.follow_places", subject=f"organisation:{top}", data=data, at=now)
    split = tuple(sorted(row.code for row, _place in ending if len(heirs[row.pk]) > 1))
    return Followed(done.ended + len(ending), done.begun + begun, done.split + split)


def succeed(old: Organisation, heir: Organisation, day: date) -> None:
    """End `old` on `day`: `heir` answers for it, for all that it answered for, and for the units that stay below it.

    Raises ConflictError `ended_already`. Not an action of its own: part of `follow_places` and `merge`.
    """
    _end([old], heir, day)
    if Organisation.objects.filter(parent=old, valid_to=None).update(parent=heir) == 0:
        return  # nothing stands below it, so nothing else is found by its path
    below = Q(path__startswith=old.path, valid_to=None)
    Organisation.objects.filter(below).update(path=_moved("path", old, heir))
    Organisation.objects.filter(heir_path__startswith=old.path).update(heir_path=_moved("heir_path", old, heir))


def _end(olds: list[Organisation], heir: Organisation, day: date) -> None:
    """End them on `day`: `heir` answers for each, and for all that it answered for. Raises ConflictError `ended_already`."""
    ending = Organisation.objects.filter(pk__in=[old.pk for old in olds], valid_to=None)
    if ending.update(valid_to=day, successor=heir) != len(olds):
        raise ConflictError("ended_already", ENDED)
    Organisation.objects.filter(heir_path__in=[old.path for old in olds]).update(heir_path=heir.path)


@transaction.atomic
def merge(old: Organisation, heir: Organisation, day: date, *, now: datetime, actor: str = SYSTEM) -> None:
    """End an organisation by hand (two banks that became one) and name who answers for it from then on.

    Raises InputError `bad_successor` if the other has ended, is the same, or lies below the one that ends.
    """
    if heir.valid_to is not None or heir.path.startswith(old.path):
        raise InputError("bad_successor", BAD_SUCCESSOR.filled(code=heir.code), field="successor")
    succeed(old, heir, day)
    data: dict[str, object] = {"successor": heir.code, "day": day.isoformat()}
    ledger.record(actor=actor, verb="organisations.merge", subject=old.subject, data=data, at=now)


def _moved(column: str, old: Organisation, heir: Organisation) -> Concat:
    return Concat(Value(heir.path), Substr(column, len(old.path) + 1))


def _standing() -> list[tuple[Organisation, Unit]]:
    """Police units that stand, each with its place as it stood when the unit began."""
    rows = Organisation.objects.filter(valid_to=None, kind__in=("province", "commune")).exclude(place_code="")
    return [(row, places.unit(row.place_code, row.place_on)) for row in rows if row.place_on]


def _ends_by(to: date) -> set[date]:
    return {place.valid_to for _row, place in _standing() if place.valid_to and place.valid_to <= to}


def _refuse_old_map(as_of: date) -> None:
    for row, place in _standing():
        if not place.is_valid_on(as_of):
            raise RefusedError("old_map", OLD_MAP.filled(code=row.code, day=as_of.isoformat()))


def _heirs(place: Unit) -> list[Unit]:
    """What the place became, the largest part first."""
    found = sorted(places.successors(place), key=lambda one: (-one.share, one.new.code))
    if not found:
        raise InputError("no_heir", NO_HEIR.filled(code=place.code))
    return [one.new for one in found]


def _begin(ending: list[tuple[Organisation, Unit]], heirs: dict[int, list[Unit]], day: date) -> int:
    """Make the units of the new places: provinces below what the old ones stood below, communes below their province."""
    provinces: dict[str, Organisation] = {}
    new_provinces, new_communes = {}, {}
    for row, _place in ending:
        for heir in heirs[row.pk]:
            if row.kind == OrganisationKind.PROVINCE and row.parent is not None:
                provinces.setdefault(heir.code, row.parent)
                new_provinces[heir.code] = heir
            elif row.kind == OrganisationKind.COMMUNE:
                new_communes[heir.code] = heir
    begun = _make(OrganisationKind.PROVINCE, new_provinces.values(), provinces, day)
    return begun + _make(
        OrganisationKind.COMMUNE, new_communes.values(), _provinces_of(new_communes.values(), day), day
    )


def _provinces_of(lowest: Iterable[Unit], day: date) -> dict[str, Organisation]:
    """The standing unit of the province in which each place lies."""
    standing = {row.code: row for row in Organisation.objects.filter(kind=OrganisationKind.PROVINCE, valid_to=None)}
    return {one.code: standing[police.code_of_unit(places.path(one, day)[0])] for one in lowest}


def _make(kind: OrganisationKind, of_places: Iterable[Unit], parents: dict[str, Organisation], place_on: date) -> int:
    wanted = {police.code_of_unit(place): place for place in of_places}
    there = set(Organisation.objects.filter(kind=kind).values_list("code", flat=True))
    rows = []
    for code, place in wanted.items():
        if code in there:
            continue
        row = row_of(code, kind, police.name_of_unit(place), parents[place.code], since=place.valid_from)
        row.place_code, row.place_on = place.code, place_on
        rows.append(row)
    Organisation.objects.bulk_create(rows, batch_size=BATCH)
    if len(rows) > BATCH:
        _tell_planner()
    return len(rows)


def _tell_planner() -> None:
    """Let PostgreSQL count the rows now: until the transaction ends it plans as if there were a handful, and joins n x n."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(Organisation._meta.db_table)}")
