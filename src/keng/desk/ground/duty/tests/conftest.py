"""A province with two communes below the centre, and somebody trained in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from keng.base.times import VIETNAM
from keng.desk.ground.duty import actions
from keng.desk.ground.duty.actions import NewShift
from keng.desk.ground.duty.models import HeldSkill
from keng.desk.ground.organisations import actions as organisations
from keng.desk.ground.organisations.actions import NewOrganisation
from keng.desk.ground.people.actions import enrol

MONDAY = date(2026, 11, 23)  # the clock stands on the Saturday before


@dataclass
class Ground:
    """`cast`, and units with officers: `of[unit]` is the trained officer of a unit."""

    cast: Any
    centre: Any
    province: Any
    commune: Any
    other: Any
    of: dict[str, Any]

    @property
    def now(self) -> datetime:
        return self.cast.clock.at

    def shift(self, unit: Any, begins: float, hours: float, officer: Any = None, day: date = MONDAY) -> Any:
        """A shift of that unit's officer, from so many hours after midnight on."""
        starts_at = datetime.combine(day, datetime.min.time(), VIETNAM) + timedelta(hours=begins)
        new = NewShift(officer or self.of[unit.code], starts_at, starts_at + timedelta(hours=hours))
        return actions.plan(self.cast.operator, unit, new, now=self.now)


@pytest.fixture
def ground(cast: Any) -> Ground:
    now = cast.clock.at

    def unit(code: str, kind: str, parent: Any) -> Any:
        return organisations.add(NewOrganisation(code, kind, f"Công an {code}", parent=parent), now=now)

    centre = cast.first.appointments.get().organisation
    province = unit("tinh", "province", centre)
    communes = [unit(code, "commune", province) for code in ("xa-1", "xa-2")]
    of = {}
    for one in (centre, province, *communes):
        officer = enrol(f"truc-{one.code}", f"Trực {one.code}", "", "officer", organisation=one, now=now)
        skill = {
            "skill": "money_tracing",
            "valid_from": date(2026, 1, 1),
            "attested_by": "system:setup",
            "attested_at": now,
        }
        HeldSkill.objects.create(officer=officer, **skill)
        of[one.code] = officer
    return Ground(cast, centre, province, *communes, of)
