"""Who may do what, on what: the whole matrix at every place in the tree; and the one-use link."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.ground.organisations import actions as organisations
from keng.desk.ground.organisations import tree
from keng.desk.ground.organisations.actions import NewOrganisation
from keng.desk.ground.organisations.models import POLICE, Organisation
from keng.desk.ground.people import actions, queries, rights
from keng.desk.ground.people.models import Appointment, Officer, Role

EVERYWHERE = {"organisations.read", "upkeep.read"}
OWN_DATA = {"duty.read", "villages.list"}
ALLOWED = {
    "officer": {
        "reports.list", "reports.look", "reports.close", "reports.reopen", "reports.write",
        "verdicts.read", "verdicts.correct", "models.read", "models.replay",
        "measures.list", "measures.hold_urgently",
        "measures.propose", "measures.approve", "measures.decline", "measures.withdraw", "measures.lift", "measures.find_wrong",
        "jurisdiction.offer", "jurisdiction.answer", "jurisdiction.assign",
        "measures.propose_renewal", "measures.approve_renewal", "measures.decline_renewal",
        "measures.let_stand", "campaigns.list", "campaigns.judge", "campaigns.name", "campaigns.watch",
        "followup.list", "followup.begin", "followup.roll_back", "followup.decide", "followup.call", "followup.exempt",
        "followup.answer",
        "signs.list", "signs.look", "signs.propose_live", "signs.approve_live", "signs.withdraw", "lists.take", "lists.give",
        "requests.reply", "review.read", "partners.list", "appeals.read", "appeals.confirm_holder", "appeals.decide",
        "erasure.list", "erasure.decide", "erasure.hold", "looks.list", "ledger.list", "outbox.list", "rules.list",
        "registers.list", "registers.review", "registers.put_in_effect", "registers.roll_back", "registers.settle",
        "signin.manage_own", "organisations.list", *EVERYWHERE, *OWN_DATA,
    },
    "auditor": {
        "registers.list", "followup.list",
        "review.read", "partners.list", "reports.list", "reports.look", "measures.list", "appeals.read", "erasure.list",
        "campaigns.list", "campaigns.watch", "verdicts.read", "models.read", "signs.list",
        "looks.list", "looks.withhold", "ledger.list", "outbox.list", "rules.list", "signin.manage_own", "organisations.list",
        *EVERYWHERE, *OWN_DATA,
    },
    "operator": {
        "partners.list", "ledger.list", "outbox.list", "outbox.retry", "outbox.retry_all", "outbox.drop", "tasks.retry",
        "tasks.drop", "signs.list", "verdicts.read", "models.read", "models.replay", "models.put_live",
        "batches.retry_failed", "batches.cancel", "rules.list", "signin.manage_own", "organisations.list", "people.appoint",
        "people.end_appointment", "duty.plan", "duty.cancel", "duty.attest", "duty.withdraw", *EVERYWHERE, *OWN_DATA,
    },
    "keeper": {
        "upkeep.propose", "villages.add", "villages.end", "duty.plan", "duty.cancel", "signin.manage_own", *EVERYWHERE,
        *OWN_DATA,
    },
    "approver": {"upkeep.approve", "upkeep.decline", "signin.manage_own", *EVERYWHERE, *OWN_DATA},
    "partner": {
        "orders.list", "orders.answer", "requests.list", "requests.answer", "requests.ask", "registers.hand_in", "registers.own",
        "registers.ask", "lists.take", "lists.give", "signin.manage_own", *EVERYWHERE,
    },
}  # fmt: skip
PLACES = ("own", "below", "above", "beside", "elsewhere", "nowhere")
TIMES = ("active", "ended", "not yet", "left")


@pytest.fixture
def units(db, clock):
    """A tree: above > own > below, above > beside; elsewhere stands in no tree of theirs. And the same of banks."""
    made = {}
    for tree_name, kinds in (("police", ("department", "province", "commune")), ("bank", ("bank", "bank", "bank"))):

        def add(name, kind, parent=None, prefix=tree_name):
            return organisations.add(
                NewOrganisation(f"{prefix}-{name}", kind, f"{prefix} {name}", parent=parent), now=clock.at
            )

        above = add("above", kinds[0])
        own = add("own", kinds[1], above)
        made[tree_name] = {
            "above": above, "own": own, "below": add("below", kinds[2], own), "beside": add("beside", kinds[1], above),
            "elsewhere": add("elsewhere", kinds[0]), "nowhere": None,
        }  # fmt: skip
    return made


def somebody(role: str, unit: Organisation, clock, when: str = "active") -> Officer:
    """Somebody who holds that role there; their time is over, has not begun, or they have left, if asked."""
    who = Officer.objects.create(
        username=f"{role}-{when}", display_name="Ai", unit_name=unit.name, role=role, is_active=when != "left"
    )
    begun, ended = {"ended": (-2, 0), "not yet": (1, None)}.get(when, (-1, None))
    Appointment.objects.create(
        officer=who, organisation=unit, role=role, made_by="system:setup", valid_from=clock.at + timedelta(hours=begun),
        valid_to=None if ended is None else clock.at + timedelta(hours=ended),
    )  # fmt: skip
    return who


def test_every_verb_of_the_matrix_is_expected_of_somebody():
    assert set(rights.MATRIX) == set().union(*ALLOWED.values())


@pytest.mark.parametrize("when", TIMES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", Role.values)
def test_the_matrix_is_what_it_says_at_every_place_and_time(units, clock, role, place, when):
    """Every verb of the matrix: own and below and, about no unit, in the police tree; nowhere else; only while it is held."""
    here = units["bank" if role == "partner" else "police"]
    who = somebody(role, here["own"], clock, when)
    reaches = place in ("own", "below") or (place == "nowhere" and here["own"].kind in POLICE)

    for verb in rights.MATRIX:
        wanted = when == "active" and reaches and verb in ALLOWED[role]
        assert rights.is_allowed(who, verb, on=here[place]) is wanted, verb
        if wanted:
            rights.require(who, verb, on=here[place])
        else:
            with pytest.raises(RefusedError) as refused:
                rights.require(who, verb, on=here[place])
            assert refused.value.code == "not_allowed"
            assert refused.value.said == (rights.NOT_ACTIVE if when == "left" else rights.NOT_YOURS)


@pytest.mark.parametrize("when", TIMES)
@pytest.mark.parametrize("role", Role.values)
def test_the_set_of_units_is_exactly_those_on_which_the_verb_is_allowed(units, clock, role, when):
    who = somebody(role, units["bank" if role == "partner" else "police"]["own"], clock, when)

    for verb in rights.MATRIX:
        allowed = {row for row in Organisation.objects.all() if rights.is_allowed(who, verb, on=row)}
        assert set(rights.may_on(who, verb)) == allowed, verb


def test_a_role_that_does_not_exist_gives_nothing(units, clock):
    who = somebody("officer", units["police"]["own"], clock)
    who.appointments.all().delete()

    assert [verb for verb in rights.MATRIX if rights.is_allowed(who, verb)] == []


def test_a_role_ends_for_an_officer_who_is_at_work_at_that_moment(cast):
    at_work = Officer.objects.get(pk=cast.first.pk)  # as another process has read them
    rights.require(at_work, "reports.list")

    actions.end_appointment(cast.operator, cast.first.appointments.get(), now=cast.clock.at)

    with pytest.raises(RefusedError):
        rights.require(at_work, "reports.list")


def test_a_role_that_runs_out_ends_by_the_clock(cast):
    until = cast.clock.at + timedelta(hours=1)
    centre = cast.first.appointments.get().organisation
    actions.appoint(cast.operator, cast.first, centre, "keeper", until=until, now=cast.clock.at)
    assert rights.is_allowed(cast.first, "upkeep.propose", on=centre)

    cast.clock.pass_by(hours=1)

    assert not rights.is_allowed(cast.first, "upkeep.propose", on=centre)


def test_a_role_in_a_unit_that_ended_counts_in_its_successor_and_there_alone(units, clock):
    here = units["police"]
    who = somebody("officer", here["own"], clock)

    tree.merge(here["own"], here["beside"], clock.at.date(), now=clock.at)

    for unit in Organisation.objects.filter(code__startswith="police"):
        reached = unit.code in ("police-own", "police-beside", "police-below")
        assert rights.is_allowed(who, "duty.read", on=unit) is reached, unit.code


def test_rights_over_a_whole_country_take_one_query_each(cast, django_assert_num_queries):
    centre = cast.first.appointments.get().organisation
    tree.load(centre, cast.clock.at.date(), now=cast.clock.at, communes=True)
    rights.forget(cast.first)
    everybody = Organisation.objects.count()

    with django_assert_num_queries(2):  # the roles, then the set
        assert rights.may_on(cast.first, "reports.list").count() == everybody > 3000
    with django_assert_num_queries(1):
        rights.require(cast.first, "reports.list", on=centre)
    with django_assert_num_queries(0):
        assert rights.is_allowed(cast.first, "measures.list", on=centre)


# --- appointments


def test_an_officer_of_the_tests_is_appointed_where_they_were_enrolled(cast, entries):
    held = cast.first.appointments.get()

    assert (held.role, held.organisation.name, held.organisation.kind) == ("officer", "Trung tâm", "department")
    assert "people.appoint" in entries(cast.first.actor)


def test_what_pages_call_somebody_follows_the_appointments(cast):
    province = organisations.add(NewOrganisation("tinh", "province", "Công an tỉnh"), now=cast.clock.at)
    who = actions.enrol("ba", "Ba", "", "operator", organisation=province, now=cast.clock.at)
    assert (who.role, who.unit_name) == ("operator", "Công an tỉnh")

    actions.give_role(who, cast.first.appointments.get().organisation, "officer", now=cast.clock.at)

    who.refresh_from_db()
    assert (who.role, who.unit_name) == ("officer", "Trung tâm")


@pytest.mark.parametrize(
    ("kind", "role", "fits"),
    [("bank", "partner", True), ("bank", "keeper", True), ("bank", "approver", True), ("bank", "officer", False),
     ("bank", "operator", False), ("province", "partner", False), ("province", "officer", True), ("province", "boss", False)],
)  # fmt: skip
def test_the_desks_roles_are_among_the_police_and_a_partners_elsewhere(cast, kind, role, fits):
    unit = organisations.add(
        NewOrganisation("unit", kind, "Đơn vị", parent=cast.first.appointments.get().organisation), now=cast.clock.at
    )
    if fits:
        assert actions.appoint(cast.operator, cast.first, unit, role, now=cast.clock.at).role == role
        return
    with pytest.raises(InputError):
        actions.appoint(cast.operator, cast.first, unit, role, now=cast.clock.at)


@pytest.mark.parametrize(("who", "done"), [("operator", False), ("first", True)])
def test_nobody_gives_a_role_to_themself(cast, who, done):
    centre, target = cast.first.appointments.get().organisation, getattr(cast, who)
    if done:
        actions.appoint(cast.operator, target, centre, "keeper", now=cast.clock.at)
    else:
        with pytest.raises(RefusedError):
            actions.appoint(cast.operator, target, centre, "keeper", now=cast.clock.at)
    assert target.appointments.filter(role="keeper").exists() is done


def test_nobody_ends_a_role_of_their_own(cast):
    with pytest.raises(RefusedError):
        actions.end_appointment(cast.operator, cast.operator.appointments.get(), now=cast.clock.at)


def test_a_role_is_given_once_and_ended_once(cast):
    centre = cast.first.appointments.get().organisation
    held = actions.appoint(cast.operator, cast.first, centre, "keeper", now=cast.clock.at)
    with pytest.raises(ConflictError):
        actions.appoint(cast.operator, cast.first, centre, "keeper", now=cast.clock.at)

    actions.end_appointment(cast.operator, held, now=cast.clock.at)
    with pytest.raises(ConflictError):
        actions.end_appointment(cast.operator, held, now=cast.clock.at)
    assert queries.holding(cast.first, now=cast.clock.at).filter(role="keeper").count() == 0


def test_an_officer_of_the_release_before_is_appointed_by_the_migration(cast, settings):
    from importlib import import_module

    from django.apps import apps

    fill = import_module("keng.desk.ground.people.migrations.0003_fill_appointments").fill
    Appointment.objects.all().delete()
    Officer.objects.filter(pk=cast.second.pk).update(unit_name="Phòng Đặc biệt 5")

    fill(apps, None)
    fill(apps, None)

    told = {(row.officer.username, row.role, row.organisation.name) for row in Appointment.objects.all()}
    assert told == {("mot", "officer", "Trung tâm"), ("hai", "officer", "Phòng Đặc biệt 5"), ("kiem", "auditor", "Trung tâm"),
                    ("may", "operator", "Trung tâm")}  # fmt: skip
    assert rights.is_allowed(cast.second, "reports.list")
    assert Organisation.objects.get(name="Phòng Đặc biệt 5") == organisations.add_centre(
        "Phòng Đặc biệt 5", now=cast.clock.at
    )


# --- the one-use link


def test_a_link_lets_one_in_once(cast):
    token = actions.make_entry_link(cast.first, now=cast.clock.at)

    assert actions.enter(token, now=cast.clock.at) == cast.first
    with pytest.raises(RefusedError):
        actions.enter(token, now=cast.clock.at)


def test_a_link_ends_after_twelve_hours(cast):
    token = actions.make_entry_link(cast.first, now=cast.clock.at)

    with pytest.raises(RefusedError):
        actions.enter(token, now=cast.clock.pass_by(hours=12))


def test_a_wrong_link_lets_nobody_in(cast):
    with pytest.raises(RefusedError):
        actions.enter("x" * 32, now=cast.clock.at)


def test_who_leads_needs_no_list_of_units_and_misses_none(units, clock):
    """The condition for the centre names what is outside; for a province it is a list of its own. Both are exact."""
    police = units["police"]
    centre = somebody("officer", police["above"], clock)
    own = somebody("auditor", police["own"], clock)
    everybody = set(Organisation.objects.filter(kind__in=POLICE).values_list("pk", flat=True))

    for who in (centre, own):
        condition = rights.within(who, "reports.list", "pk")
        named = set(Organisation.objects.filter(condition, pk__in=everybody).values_list("pk", flat=True))
        assert named == set(rights.may_on(who, "reports.list").values_list("pk", flat=True)) & everybody

    assert not rights.leads(own, "reports.list")
    assert "SELECT" not in str(rights.within(centre, "reports.list", "pk")) or not rights.leads(centre, "reports.list")
