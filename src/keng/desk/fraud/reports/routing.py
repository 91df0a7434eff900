"""Whose a new report is: the first route of the dated table that leads to a standing police unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.models import Organisation
from keng.vietnam import places, police, rules
from keng.vietnam.places import Level


@dataclass(frozen=True, slots=True)
class Routed:
    """The unit that owns the report (None while no police unit stands at all), and the rule that chose it."""

    owner: Organisation | None
    rule: str


def route(place_code: str, day: date) -> Routed:
    """The owner of a report about a place as it stands on `day` (empty: not told), by the routes in force on that day."""
    for row in rules.routes(day):
        owner = _unit_of(place_code, row.level, day) if row.level else organisations.find_centre(day)
        if owner is not None:
            return Routed(owner, row.code)
    return Routed(None, "")


def _unit_of(place_code: str, level: Level, day: date) -> Organisation | None:
    """The police unit of that level over the place, or who answers for it now."""
    place = places.find_unit(place_code, day)
    above = [one for one in places.path(place, day) if one.level is level] if place else []
    found = organisations.find_organisation(police.code_of_unit(above[0])) if above else None
    heir = organisations.heir_of(found) if found else None
    return heir if heir and heir.stands_on(day) else None
