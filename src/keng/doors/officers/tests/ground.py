"""Units below the centre of the cast: a province, a commune, a bank, each with what its pages show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

from keng.desk.ground.duty import actions as duty
from keng.desk.ground.duty.models import HeldSkill
from keng.desk.ground.organisations import queries
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.organisations.facts import Contact
from keng.desk.ground.people import actions as people
from keng.desk.ground.places import actions as places
from keng.desk.ground.upkeep import actions as upkeep


@dataclass
class Ground:
    """Somebody of each of the roles that the cast has not: `keeper` and `approver` of the commune, `clerk` of the bank."""

    province: Any
    commune: Any
    bank: Any
    on_duty: Any
    keeper: Any
    approver: Any
    clerk: Any
    appointment: Any
    skill: Any
    shift: Any
    proposal: Any
    village: Any

    ADDRESSED: ClassVar = (
        *(
            "organisation",
            "appoint",
            "end_appointment",
            "attest",
            "withdraw",
            "roster",
            "plan_shift",
            "cancel_shift",
            "gaps",
        ),
        *(
            "propose_changes",
            "proposal",
            "approve_proposal",
            "decline_proposal",
            "villages",
            "add_villages",
            "end_village",
        ),
    )

    @property
    def addresses(self) -> dict[str, dict[str, Any]]:
        """What the addresses of these pages name."""
        unit = {"code": self.commune.code}
        names = (
            "organisation",
            "appoint",
            "attest",
            "roster",
            "plan_shift",
            "gaps",
            "propose_changes",
            "villages",
            "add_villages",
        )
        return {
            **dict.fromkeys(names, unit),
            **{name: {"ident": self.proposal.pk} for name in ("proposal", "approve_proposal", "decline_proposal")},
            "end_appointment": {"ident": self.appointment.pk},
            "withdraw": {**unit, "ident": self.skill.pk},
            "cancel_shift": {"ident": self.shift.pk},
            "end_village": {"ident": self.village.pk},
        }


def make_ground(cast: Any) -> Ground:
    """Everything once."""
    now = cast.clock.at

    def unit(code: str, kind: str, name: str, parent: Any = None) -> Any:
        return add(NewOrganisation(code, kind, name, f"Unit {code}", parent), now=now)

    centre = cast.first.appointments.get().organisation
    province = unit("tinh", "province", "Công an tỉnh Một", centre)
    commune = unit("xa", "commune", "Công an xã Một", province)
    bank = unit("ngan-hang", "bank", "Ngân hàng Một")
    on_duty, keeper, approver = (
        people.enrol(name, name.title(), "", role, organisation=commune, now=now)
        for name, role in (("truc-xa", "officer"), ("giu", "keeper"), ("duyet", "approver"))
    )
    clerk = people.enrol("thu-ky", "Thư ký", "", "partner", organisation=bank, now=now)
    duty.give_skill(on_duty, "money_tracing", since=now.date(), now=now)
    new = duty.NewShift(on_duty, now + timedelta(hours=1), now + timedelta(hours=9))
    shift = duty.plan(cast.operator, commune, new, now=now)
    village = places.add(keeper, commune, "Thôn Đông", now.date(), now=now)[0]
    facts = replace(queries.facts_of(commune), contacts=(Contact("phone", "069 000 111", "24/7"),))
    proposal = upkeep.propose(keeper, commune, 1, facts, "số trực ban mới", now=now)
    appointment = on_duty.appointments.get()
    skill = HeldSkill.objects.get(officer=on_duty)
    return Ground(
        province, commune, bank, on_duty, keeper, approver, clerk, appointment, skill, shift, proposal, village
    )
