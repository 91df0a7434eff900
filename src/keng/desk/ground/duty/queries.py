"""Reading rosters and skills for others, and the gaps in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from keng.base.times import VIETNAM
from keng.desk.ground.duty.models import TRAINED, HeldSkill, Shift
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.models import POLICE, Organisation
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer, Role

HOUR = timedelta(hours=1)
MOST_HOURS = 14 * 24

Interval = tuple[datetime, datetime]


class Cover(StrEnum):
    """Whether somebody trained is on duty in an hour: throughout, for a part of it, or not at all."""

    FULL = "full"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a unit: its own cover, and of the units below it how many have somebody trained throughout."""

    at: datetime
    own: Cover
    below_full: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The hours of a unit and of all below it. `below`: how many units stand below."""

    hours: tuple[Hour, ...]
    below: int

    @property
    def own_gaps(self) -> int:
        """Hours in which the unit itself is not covered throughout."""
        return sum(hour.own is not Cover.FULL for hour in self.hours)

    @property
    def below_gaps(self) -> int:
        """Hours of units below that are not covered throughout, added up."""
        return sum(self.below - hour.below_full for hour in self.hours)


def roster(officer: Officer, organisation: Organisation, start: datetime, end: datetime) -> list[Shift]:
    """The shifts of a unit that meet the time from `start` until before `end`, by their beginning. One query and the right's."""
    rights.require_to_read(officer, "duty.read", on=organisation)
    rows = _meeting(start, end).filter(organisation__heir_path=organisation.path).select_related("officer")
    return list(rows.order_by("starts_at", "-kind", "pk"))


def on_duty(organisation: Organisation, at: datetime) -> list[Shift]:
    """Who is on duty in a unit at that moment, primary first."""
    rows = _meeting(at, at + timedelta(microseconds=1)).filter(organisation__heir_path=organisation.path)
    return list(rows.select_related("officer").order_by("-kind", "starts_at"))


def skills_of(officers: Iterable[int], day: date) -> dict[int, list[HeldSkill]]:
    """The skills that officers hold on a day, by officer. One query."""
    found: dict[int, list[HeldSkill]] = defaultdict(list)
    for row in HeldSkill.objects.filter(_valid_on(day), officer__in=list(officers)).order_by("skill"):
        found[row.officer_id].append(row)
    return dict(found)


def coverage(
    officer: Officer, organisation: Organisation, start: datetime, hours: int, *, skill: str | None = None
) -> Coverage:
    """Hour by hour from `start`, whether somebody trained is on duty: in the unit, and in how many of those below it.

    Trained is who holds `skill`, or without one any of TRAINED, on the day on which the shift begins, and is an active officer of
    the unit or of one above it when it begins. An hour is covered if it is so to the last minute. Five queries however many units.
    """
    rights.require_to_read(officer, "duty.read", on=organisation)
    hours = min(hours, MOST_HOURS)
    units = set(_units_below(organisation, start).values_list("path", flat=True))
    below = Q(organisation__heir_path__startswith=organisation.path)
    covered = _trained_time(below, start, start + hours * HOUR, _wanted(skill))
    own = _by_hour(covered.get(organisation.path, []), start, hours)
    full = [0] * hours
    for path in units & covered.keys() - {organisation.path}:
        for number, cover in enumerate(_by_hour(covered[path], start, hours)):
            full[number] += cover is Cover.FULL
    told = tuple(Hour(start + number * HOUR, own[number], full[number]) for number in range(hours))
    return Coverage(told, len(units - {organisation.path}))


def uncovered_hours(officer: Officer, kind: str, start: datetime, end: datetime) -> list[tuple[Organisation, int]]:
    """For each unit of that kind that stands at `start` and whose roster the officer may read: in how many of the whole hours
    from `start` until `end` nobody trained is on duty throughout. Six queries however many units.
    """
    rights.require(officer, "duty.read")
    day = start.astimezone(VIETNAM).date()
    mine = rights.may_on(officer, "duty.read")
    units = list(organisations.standing(day).filter(pk__in=mine.values("pk"), kind=kind))
    hours = max((end - start) // HOUR, 0)
    paths = [one.path for one in units]
    covered = _trained_time(Q(organisation__heir_path__in=paths), start, start + hours * HOUR, TRAINED)
    full = {path: _by_hour(times, start, hours).count(Cover.FULL) for path, times in covered.items()}
    return [(one, hours - full.get(one.path, 0)) for one in units]


def untrained_units(
    officer: Officer, organisation: Organisation, *, now: datetime, skill: str | None = None
) -> list[Organisation]:
    """Units of places, in the tree from this one down, that have no trained officer of their own; in Vietnamese order."""
    rights.require_to_read(officer, "duty.read", on=organisation)
    day = now.astimezone(VIETNAM).date()
    trained = HeldSkill.objects.filter(_valid_on(day), skill__in=_wanted(skill)).values("officer")
    served = people.in_force(now).filter(role=Role.OFFICER, officer__is_active=True, officer__in=trained)
    paths = served.filter(organisation__heir_path__startswith=organisation.path).values("organisation__heir_path")
    rows = _units_below(organisation, now).exclude(place_code="").exclude(path__in=paths)
    return organisations.in_order(rows)


def _wanted(skill: str | None) -> frozenset[str]:
    return frozenset({skill}) if skill else TRAINED


def _units_below(organisation: Organisation, at: datetime) -> QuerySet[Organisation]:
    return organisations.below(organisation, at.astimezone(VIETNAM).date()).filter(kind__in=POLICE)


def _valid_on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def _meeting(start: datetime, end: datetime) -> QuerySet[Shift]:
    return Shift.objects.filter(cancelled_at=None, starts_at__lt=end, ends_at__gt=start)


def _trained_time(of_units: Q, start: datetime, end: datetime, wanted: frozenset[str]) -> dict[str, list[Interval]]:
    """When somebody trained is on duty, by the path of the unit; of the shifts of these units."""
    shifts = _meeting(start, end).filter(of_units, officer__is_active=True)
    officers = shifts.values("officer")
    skills: Mapping[int, list[tuple[date, date | None]]] = defaultdict(list)
    for who, since, until in HeldSkill.objects.filter(skill__in=wanted, officer__in=officers).values_list(
        "officer", "valid_from", "valid_to"
    ):
        skills[who].append((since, until))
    posts: Mapping[int, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
    for who, path, begun, ended in people.officers_posts(officers):
        posts[who].append((path, begun, ended))
    time: dict[str, list[Interval]] = defaultdict(list)
    for who, path, begins, ends in shifts.values_list("officer", "organisation__heir_path", "starts_at", "ends_at"):
        day = begins.astimezone(VIETNAM).date()
        is_trained = any(since <= day and (until is None or day < until) for since, until in skills[who])
        left_at = _serves_until(posts[who], path, begins, ends)
        if is_trained and left_at is not None:
            time[path].append((max(begins, start), min(left_at, end)))
    return time


def _serves_until(
    posts: list[tuple[str, datetime, datetime | None]], path: str, begins: datetime, ends: datetime
) -> datetime | None:
    """Until when somebody who was put on a shift still is an officer there; None if they are not when it begins."""
    until = [
        min(ended or ends, ends)
        for post, begun, ended in posts
        if path.startswith(post) and begun <= begins and (ended is None or ended > begins)
    ]
    return max(until, default=None)


def _by_hour(intervals: list[Interval], start: datetime, hours: int) -> list[Cover]:
    """The cover of each hour; intervals may meet and overlap."""
    seconds = [0.0] * hours
    done = start
    for begins, ends in sorted(intervals):
        at = max(begins, done)
        while at < ends:
            number = (at - start) // HOUR
            if number >= hours:
                break
            stop = min(ends, start + (number + 1) * HOUR)
            seconds[number] += (stop - at).total_seconds()
            at = stop
        done = max(done, ends)
    return [Cover.FULL if told >= HOUR.total_seconds() else Cover.PART if told else Cover.NONE for told in seconds]
