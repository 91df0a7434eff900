"""The demo's units: the places of today below the rehearsal centre, with two rosters that have a gap, so that pages show life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from keng.base.times import VIETNAM
from keng.desk.ground.duty import actions as duty
from keng.desk.ground.duty.models import Shift, ShiftKind, Skill
from keng.desk.ground.organisations import actions as organisations
from keng.desk.ground.organisations import queries, tree
from keng.desk.ground.organisations.facts import Contact, Item, OwnFacts
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import actions as people
from keng.desk.ground.people.models import Officer

FIRST_SHIFT, SHIFT_HOURS, SHIFTS = 6, 12, 14  # o'clock, hours, of a week
OFFICER, KEEPER, APPROVER = "officer", "keeper", "approver"


def furnish(officers: Mapping[str, Officer], *, now: datetime) -> None:
    """Load the tree, appoint the officers for an organisation's own data too, fill a province's and a commune's roster."""
    first, second, operator = (officers[name] for name in ("truc-ban-1", "truc-ban-2", "van-hanh"))
    centre = queries.get_organisation(first.appointments.order_by("pk")[0].organisation.code)
    today = now.astimezone(VIETNAM).date()
    tree.follow_places(today, now=now)
    tree.load(centre, today, now=now, communes=True)
    people.give_role(first, centre, KEEPER, now=now)
    people.give_role(second, centre, APPROVER, now=now)
    province = queries.children(centre, today)[0]
    commune = queries.children(province, today)[0]
    of_province = people.enrol("truc-tinh", "Trực ban tỉnh", "", OFFICER, organisation=province, now=now)
    of_commune = people.enrol("truc-xa", "Trực ban xã", "", OFFICER, organisation=commune, now=now)
    people.give_role(of_commune, commune, KEEPER, now=now)
    _train([(first, Skill.MONEY_TRACING), (first, Skill.ENGLISH), (second, Skill.DIGITAL_FORENSICS)], now)
    _train([(of_province, Skill.INCIDENT_RESPONSE)], now)
    for unit, crew in ((centre, [first, second]), (province, [of_province]), (commune, [of_commune])):
        _fill_week(unit, crew, operator, now)
        _tell_facts(unit, now)


def _train(pairs: list[tuple[Officer, Skill]], now: datetime) -> None:
    for officer, skill in pairs:
        duty.give_skill(officer, skill, since=now.astimezone(VIETNAM).date(), now=now)


def _fill_week(unit: Organisation, crew: list[Officer], operator: Officer, now: datetime) -> None:
    """Twelve hours on, by turns, seven days from this morning on; with one in the crew the nights are the gap."""
    if Shift.objects.filter(organisation=unit).exists():
        return
    morning = datetime.combine(now.astimezone(VIETNAM).date(), time(FIRST_SHIFT), VIETNAM)
    for number in range(0, SHIFTS, 3 - len(crew)):
        starts_at = morning + timedelta(hours=number * SHIFT_HOURS)
        ends_at = starts_at + timedelta(hours=SHIFT_HOURS)
        if ends_at > now:
            shift = duty.NewShift(crew[number % len(crew)], max(starts_at, now), ends_at, ShiftKind.PRIMARY)
            duty.plan(operator, unit, shift, now=now)


def _tell_facts(unit: Organisation, now: datetime) -> None:
    """No number of anybody real: an address that leads nowhere (RFC 2606)."""
    facts = queries.facts_of(unit)
    if facts.contacts:
        return
    contact = Contact("email", f"{unit.code}@dien-tap.example", "24/7", "trực ban")
    told = OwnFacts(facts.name, facts.name_en, "T2-T6 07:30-17:00", (contact,), (Item("Máy trạm điều tra số", 2),))
    organisations.change_facts(unit, unit.version, told, actor=organisations.SYSTEM, now=now)
