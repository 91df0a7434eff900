"""The tree of organisations, and one organisation: its facts, its people, who is on duty, what is proposed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError, Said
from keng.base.times import VIETNAM
from keng.desk.ground.duty import actions as duty_actions
from keng.desk.ground.duty import queries as duty
from keng.desk.ground.duty.models import Skill
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.organisations import queries
from keng.desk.ground.organisations.hours import in_language, is_open
from keng.desk.ground.organisations.models import ContactKind, Organisation, OrganisationKind
from keng.desk.ground.people import actions as people_actions
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer, Role
from keng.desk.ground.places import queries as villages
from keng.desk.ground.upkeep import queries as upkeep
from keng.doors.officers.frame import attempt, officer_of, signed_in
from keng.doors.officers.frame import show as show_page
from keng.doors.officers.words import shown_entries
from keng.vietnam import places

NO_OFFICER = Said("Không có ai mang tên nội bộ này.", "There is nobody of this internal name.")
HISTORY_ROWS = 20
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AppointForm(forms.Form):
    """Who gets which role, until when."""

    username = forms.CharField(label=gettext_lazy("Tên nội bộ"), max_length=64)
    role = forms.ChoiceField(label=gettext_lazy("Vai trò"))
    until = forms.DateField(label=gettext_lazy("Đến hết ngày"), required=False, widget=DAY)

    def __init__(self, *arguments: Any, organisation: Organisation, **keywords: Any) -> None:
        super().__init__(*arguments, prefix="appoint", **keywords)
        self.fields["role"].choices = [(role.value, role.label) for role in Role if rights.fits(role, organisation)]


class AttestForm(forms.Form):
    """Who has which skill, from when until when."""

    officer = forms.ChoiceField(label=gettext_lazy("Ai"))
    skill = forms.ChoiceField(label=gettext_lazy("Kỹ năng"), choices=Skill.choices)
    since = forms.DateField(label=gettext_lazy("Từ ngày"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("Trước ngày"), required=False, widget=DAY)

    def __init__(self, *arguments: Any, officers: dict[int, Officer], **keywords: Any) -> None:
        super().__init__(*arguments, prefix="attest", **keywords)
        self.fields["officer"].choices = [(pk, officer.display_name) for pk, officer in officers.items()]


@require_safe
@signed_in
def tree(request: HttpRequest) -> HttpResponse:
    """The top of the tree, or what a name finds."""
    officer = officer_of(request)
    rights.require_to_read(officer, "organisations.list")
    typed, day = request.GET.get("q", "").strip(), today()
    found = queries.find(typed, day) if typed else []
    tops = [] if typed else queries.tops(day)
    opened = [
        {**shown(top), "children": [shown(one) for one in queries.children(top, day)]} for top in tops[:MOST_TOPS]
    ]
    groups = [top for top in opened if top["children"]]
    context = {
        "typed": typed,
        "found": [shown(one) for one in found],
        "is_cut": len(found) == queries.MOST_FOUND,
        "groups": groups,
        "rest": [*(top for top in opened if not top["children"]), *(shown(top) for top in tops[MOST_TOPS:])],
    }
    return show_page(request, "officers/organisations.html", context)


MOST_TOPS = 3  # with what is right below them; the others by name


@require_safe
@signed_in
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation."""
    return _page(request, organisation_of(request, code))


@require_POST
@signed_in
def appoint(request: HttpRequest, code: str) -> HttpResponse:
    """Give somebody a role here."""
    officer, organisation = officer_of(request), organisation_of(request, code)
    rights.require(officer, "people.appoint", on=organisation)
    form = AppointForm(request.POST, organisation=organisation)
    if not form.is_valid():
        return _page(request, organisation, appoint_form=form, status=422)
    data = form.cleaned_data

    def act() -> None:
        who = people.find_officer(data["username"])
        if who is None:
            raise InputError("no_officer", NO_OFFICER, field="username")
        until = end_of_day(data["until"])
        people_actions.appoint(officer, who, organisation, data["role"], until=until, now=clock.now())

    attempt(request, _("Đã giao vai trò."), act)
    return redirect("officers:organisation", code=organisation.code)


@require_POST
@signed_in
def end_appointment(request: HttpRequest, ident: int) -> HttpResponse:
    """End a role at once."""
    officer, appointment = officer_of(request), people_actions.get_appointment(ident)
    rights.require(officer, "people.end_appointment", on=appointment.organisation)
    attempt(
        request,
        _("Đã thôi vai trò."),
        lambda: people_actions.end_appointment(officer, appointment, now=clock.now()),
    )
    return redirect("officers:organisation", code=appointment.organisation.code)


@require_POST
@signed_in
def attest(request: HttpRequest, code: str) -> HttpResponse:
    """Attest a skill of somebody who works here."""
    officer, organisation = officer_of(request), organisation_of(request, code)
    rights.require(officer, "duty.attest", on=organisation)
    colleagues = _colleagues(organisation, clock.now())
    form = AttestForm(request.POST, officers=colleagues)
    if not form.is_valid():
        return _page(request, organisation, attest_form=form, status=422)
    data = form.cleaned_data
    attempt(
        request,
        _("Đã ghi nhận kỹ năng."),
        lambda: duty_actions.attest(
            officer,
            organisation,
            colleagues[int(data["officer"])],
            data["skill"],
            since=data["since"],
            until=data["until"],
            now=clock.now(),
        ),
    )
    return redirect("officers:organisation", code=organisation.code)


@require_POST
@signed_in
def withdraw(request: HttpRequest, code: str, ident: int) -> HttpResponse:
    """Withdraw a skill of somebody who works here."""
    officer, organisation = officer_of(request), organisation_of(request, code)
    attempt(
        request,
        _("Đã rút kỹ năng."),
        lambda: duty_actions.withdraw(officer, organisation, ident, now=clock.now()),
    )
    return redirect("officers:organisation", code=organisation.code)


def organisation_of(request: HttpRequest, code: str) -> Organisation:
    """The organisation, for who may read the list of all, or this one. To others one that is not there is refused alike."""
    officer, found = officer_of(request), queries.find_organisation(code)
    if found is None or not rights.is_allowed(officer, "organisations.read", on=found):
        rights.require_to_read(officer, "organisations.list")
    return queries.get_organisation(code)


def shown(organisation: Organisation) -> dict[str, Any]:
    """An organisation as a line of a list."""
    language = get_language() or "vi"
    other = organisation.name if language.startswith("en") else organisation.name_en
    name = organisation.name_in(language)
    return {
        "code": organisation.code,
        "name": name,
        "other_name": other if other != name else "",
        "kind": OrganisationKind(organisation.kind).label,
        "url": reverse("officers:organisation", args=[organisation.code]),
    }


def today() -> date:
    """The day in Vietnam."""
    return clock.now().astimezone(VIETNAM).date()


def end_of_day(day: date | None) -> datetime | None:
    """The first moment of the day after, in Vietnam; None stays None."""
    if day is None or day == date.max:
        return None
    return datetime.combine(day.fromordinal(day.toordinal() + 1), datetime.min.time(), VIETNAM)


def _page(
    request: HttpRequest,
    organisation: Organisation,
    *,
    appoint_form: AppointForm | None = None,
    attest_form: AttestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    officer, now = officer_of(request), clock.now()
    context = {
        "organisation": {**shown(organisation), **_facts(organisation)},
        "trail": [shown(one) for one in queries.above(organisation)],
        "children": [shown(one) for one in queries.children(organisation, today())],
        "language_url": reverse("officers:organisation", args=[organisation.code]) if status != 200 else "",
        **_contacts(organisation, now),
        **_links(officer, organisation),
        **_people(officer, organisation, now),
        **_upkeep(officer, organisation),
    }
    if context["can_appoint"]:
        context["appoint_form"] = appoint_form or AppointForm(organisation=organisation)
    if context.get("can_attest"):
        colleagues = context.pop("colleagues")
        context["attest_form"] = attest_form or AttestForm(officers=colleagues, initial={"since": today()})
    return show_page(request, "officers/organisation.html", context, status=status)


def _facts(organisation: Organisation) -> dict[str, Any]:
    predecessors, successor = queries.chain_of(organisation)
    place = places.find_unit(organisation.place_code, organisation.place_on) if organisation.place_on else None
    return {
        "valid_from": organisation.valid_from,
        "valid_to": organisation.valid_to,
        "hours": in_language(organisation.hours, get_language() or "vi"),
        "place": place.full_name if place else "",
        "place_code": organisation.place_code,
        "place_on": organisation.place_on,
        "predecessors": [shown(one) for one in predecessors],
        "successor": shown(successor) if successor else None,
    }


def _contacts(organisation: Organisation, now: datetime) -> dict[str, Any]:
    facts, language = queries.facts_of(organisation), get_language() or "vi"
    return {
        "contacts": [
            {
                "kind": ContactKind(one.kind).label,
                "value": one.value,
                "hours": in_language(one.hours, language),
                "note": one.note,
                "is_open": is_open(one.hours, now),
            }
            for one in facts.contacts
        ],
        "equipment": facts.equipment,
    }


def _links(officer: Officer, organisation: Organisation) -> dict[str, Any]:
    is_commune = organisation.kind == OrganisationKind.COMMUNE
    may_list = is_commune and rights.is_allowed(officer, "villages.list", on=organisation)
    return {
        "can_see_duty": rights.is_allowed(officer, "duty.read", on=organisation),
        "can_propose": organisation.valid_to is None and rights.is_allowed(officer, "upkeep.propose", on=organisation),
        "can_appoint": organisation.valid_to is None and rights.is_allowed(officer, "people.appoint", on=organisation),
        "can_see_villages": may_list,
        "villages": villages.count_below(organisation) if may_list else {},
    }


def _people(officer: Officer, organisation: Organisation, now: datetime) -> dict[str, Any]:
    if not rights.is_allowed(officer, "duty.read", on=organisation):
        return {}
    rows = people.people_of(organisation, now=now)
    skills = duty.skills_of({row.officer_id for row in rows}, today())
    may_end = rights.is_allowed(officer, "people.end_appointment", on=organisation)
    may_attest = rights.is_allowed(officer, "duty.attest", on=organisation)
    cover = duty.coverage(officer, organisation, now.replace(minute=0, second=0, microsecond=0), 24)
    return {
        "people": [
            {
                "ident": row.pk,
                "name": row.officer.display_name,
                "role": Role(row.role).label,
                "since": row.valid_from,
                "until": row.valid_to,
                "can_end": may_end and row.officer_id != officer.pk,
                "skills": [
                    {"ident": held.pk, "name": Skill(held.skill).label, "until": held.valid_to}
                    for held in (skills.get(row.officer_id, []) if row == _first_row_of(rows, row.officer_id) else [])
                ],
            }
            for row in rows
        ],
        "duty": [
            {"name": shift.officer.display_name, "kind": shift.get_kind_display(), "until": shift.ends_at}
            for shift in duty.on_duty(organisation, now)
        ],
        "own_gaps": cover.own_gaps,
        "below": cover.below,
        "below_gaps": cover.below_gaps,
        "can_attest": may_attest and bool(rows),
        "colleagues": {row.officer_id: row.officer for row in rows},
    }


def _first_row_of(rows: list[Any], officer_id: int) -> Any:
    """Skills belong to the person and are shown once, beside their first role."""
    return next(row for row in rows if row.officer_id == officer_id)


def _colleagues(organisation: Organisation, now: datetime) -> dict[int, Officer]:
    return {row.officer_id: row.officer for row in people.people_of(organisation, now=now)}


def _upkeep(officer: Officer, organisation: Organisation) -> dict[str, Any]:
    if not rights.is_allowed(officer, "upkeep.read", on=organisation):
        return {}
    entries = ledger.entries_on(organisation.subject)[:HISTORY_ROWS]
    return {
        "proposals": [
            {
                "url": reverse("officers:proposal", args=[row.pk]),
                "state": row.state,
                "why": row.why,
                "by": row.proposed_by.display_name,
                "at": row.proposed_at,
                "decided_by": row.decided_by.display_name if row.decided_by else "",
                "decided_at": row.decided_at,
                "reason": row.decided_reason,
            }
            for row in upkeep.proposals_of(officer, organisation)
        ],
        "history": shown_entries(officer, entries) if rights.is_allowed(officer, "ledger.list") else [],
    }
