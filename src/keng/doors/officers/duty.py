"""The roster of a week, and the hours and places without anybody trained."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import Said
from keng.base.times import VIETNAM
from keng.desk.ground.duty import actions, queries
from keng.desk.ground.duty.models import Shift, ShiftKind, Skill
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, signed_in
from keng.doors.officers.frame import show as show_page
from keng.doors.officers.organisations import organisation_of, shown

WEEK_DAYS = 7
DAY_HOURS = 24
EARLIEST, LATEST = date(2020, 1, 1), date(2100, 1, 1)
WEEKDAYS = [
    Said("Thứ hai", "Monday"),
    Said("Thứ ba", "Tuesday"),
    Said("Thứ tư", "Wednesday"),
    Said("Thứ năm", "Thursday"),
    Said("Thứ sáu", "Friday"),
    Said("Thứ bảy", "Saturday"),
    Said("Chủ nhật", "Sunday"),
]
SHORT = [Said(vi, said.en[:3]) for vi, said in zip(("T2", "T3", "T4", "T5", "T6", "T7", "CN"), WEEKDAYS, strict=True)]
CLOCK_TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class ShiftForm(forms.Form):
    """Who is on duty when. An end that is not after the beginning lies on the next day."""

    officer = forms.ChoiceField(label=gettext_lazy("Ai"))
    kind = forms.ChoiceField(label=gettext_lazy("Trực gì"), choices=ShiftKind.choices)
    day = forms.DateField(label=gettext_lazy("Ngày"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    begins = forms.TimeField(label=gettext_lazy("Từ"), widget=CLOCK_TIME)
    ends = forms.TimeField(label=gettext_lazy("Đến"), widget=CLOCK_TIME)

    def __init__(self, *arguments: Any, officers: list[Officer], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["officer"].choices = [(str(one.pk), one.display_name) for one in officers]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not EARLIEST <= day < LATEST:
            raise forms.ValidationError(_("Ngày này quá xa."))
        return day

    @property
    def times(self) -> tuple[datetime, datetime]:
        """Beginning and end."""
        day, begins, ends = (self.cleaned_data[name] for name in ("day", "begins", "ends"))
        last_day = day if ends > begins else day + timedelta(days=1)
        return datetime.combine(day, begins, VIETNAM), datetime.combine(last_day, ends, VIETNAM)


@require_safe
@signed_in
def roster(request: HttpRequest, code: str) -> HttpResponse:
    """The week's shifts."""
    return _roster_page(request, organisation_of(request, code), None)


@require_POST
@signed_in
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Put somebody on the roster; the form comes back with the next day, for who plans a whole week."""
    officer, organisation = officer_of(request), organisation_of(request, code)
    rights.require(officer, "duty.plan", on=organisation)
    colleagues = people.officers_for(organisation, now=clock.now())
    form = ShiftForm(request.POST, officers=colleagues)
    if not form.is_valid():
        return _roster_page(request, organisation, form, status=422)
    data, (begins, ends) = form.cleaned_data, form.times
    who = next(one for one in colleagues if str(one.pk) == data["officer"])
    new = actions.NewShift(who, begins, ends, data["kind"])
    is_done = attempt(request, _("Đã xếp ca trực."), lambda: actions.plan(officer, organisation, new, now=clock.now()))
    day = data["day"] + timedelta(days=1) if is_done else data["day"]
    kept = {
        "officer": data["officer"],
        "kind": data["kind"],
        "begins": f"{data['begins']:%H:%M}",
        "ends": f"{data['ends']:%H:%M}",
    }
    words = urlencode({"tuan": data["day"].isoformat(), "day": day.isoformat(), **kept})
    return redirect(f"{reverse('officers:roster', args=[organisation.code])}?{words}")


@require_POST
@signed_in
def cancel(request: HttpRequest, ident: int) -> HttpResponse:
    """Take a shift off the roster."""
    officer = officer_of(request)
    shift = Shift.objects.filter(pk=ident).select_related("organisation").first()
    attempt(request, _("Đã bỏ ca trực."), lambda: actions.cancel(officer, ident, now=clock.now()))
    if shift is None:
        raise rights.refusal()
    week = shift.starts_at.astimezone(VIETNAM).date().isoformat()
    return redirect(f"{reverse('officers:roster', args=[shift.organisation.code])}?tuan={week}")


@require_safe
@signed_in
def gaps(request: HttpRequest, code: str) -> HttpResponse:
    """A week by the hour: the unit itself, and all units below; and the places without anybody trained."""
    officer, organisation = officer_of(request), organisation_of(request, code)
    monday = week_of(request.GET.get("tuan", ""))
    asked = request.GET.get("ky-nang", "")
    skill = asked if asked in Skill.values else None
    start = datetime.combine(monday, time.min, VIETNAM)
    cover = queries.coverage(officer, organisation, start, WEEK_DAYS * DAY_HOURS, skill=skill)
    bare = queries.untrained_units(officer, organisation, now=clock.now(), skill=skill)
    context = {
        "organisation": shown(organisation),
        "skill": asked if skill else "",
        "skills": Skill.choices,
        **_week(monday),
        "own": _strip(cover, monday, is_own=True),
        "below_strip": _strip(cover, monday, is_own=False) if cover.below else None,
        "own_gaps": cover.own_gaps,
        "below": cover.below,
        "below_gaps": cover.below_gaps,
        "bare": [shown(one) for one in bare[:MOST_BARE]],
        "bare_count": len(bare),
    }
    return show_page(request, "officers/gaps.html", context)


MOST_BARE = 200


def week_of(written: str) -> date:
    """The Monday of the week of a day as written; of this week if it is none."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = clock.now().astimezone(VIETNAM).date()
    if not EARLIEST <= day < LATEST:
        day = clock.now().astimezone(VIETNAM).date()
    return day - timedelta(days=day.weekday())


def _roster_page(
    request: HttpRequest, organisation: Organisation, form: ShiftForm | None, status: int = 200
) -> HttpResponse:
    officer, now = officer_of(request), clock.now()
    monday = week_of(str(form.data.get("day", "")) if form else request.GET.get("tuan", ""))
    start = datetime.combine(monday, time.min, VIETNAM)
    shifts = queries.roster(officer, organisation, start, start + timedelta(days=WEEK_DAYS))
    may_plan = organisation.valid_to is None and rights.is_allowed(officer, "duty.plan", on=organisation)
    if may_plan and form is None:
        officers = people.officers_for(organisation, now=now)
        names = ("officer", "kind", "day", "begins", "ends")
        initial = {name: request.GET[name] for name in names if name in request.GET}
        form = ShiftForm(
            officers=officers, initial={"day": monday.isoformat(), "begins": "06:00", "ends": "14:00", **initial}
        )
    context = {
        "organisation": shown(organisation),
        **_week(monday),
        "days": [_day(monday + timedelta(days=number), shifts, may_plan, now) for number in range(WEEK_DAYS)],
        "form": form if may_plan else None,
        "language_url": reverse("officers:roster", args=[organisation.code]) if status != 200 else "",
    }
    return show_page(request, "officers/roster.html", context, status=status)


def _week(monday: date) -> dict[str, Any]:
    return {
        "monday": monday,
        "sunday": monday + timedelta(days=WEEK_DAYS - 1),
        "before": (monday - timedelta(days=WEEK_DAYS)).isoformat(),
        "after": (monday + timedelta(days=WEEK_DAYS)).isoformat(),
    }


def _day(day: date, shifts: list[Shift], may_plan: bool, now: datetime) -> dict[str, Any]:
    """The shifts that begin on a day, and those of the night before that last into Monday."""
    is_monday = day.weekday() == 0
    rows = [
        shift
        for shift in shifts
        if (begun := shift.starts_at.astimezone(VIETNAM).date()) == day or (is_monday and begun < day)
    ]
    return {
        "name": WEEKDAYS[day.weekday()].in_language(get_language() or "vi"),
        "day": day,
        "shifts": [
            {
                "ident": shift.pk,
                "who": shift.officer.display_name,
                "kind": shift.get_kind_display(),
                "is_backup": shift.kind == ShiftKind.BACKUP,
                "starts_at": shift.starts_at,
                "ends_at": shift.ends_at,
                "is_over_night": shift.ends_at.astimezone(VIETNAM).date() > shift.starts_at.astimezone(VIETNAM).date(),
                "is_now": shift.starts_at <= now < shift.ends_at,
                "can_cancel": may_plan and shift.ends_at > now,
            }
            for shift in rows
        ],
    }


def _strip(cover: queries.Coverage, monday: date, *, is_own: bool) -> list[dict[str, Any]]:
    """Seven rows of 24 cells {level, label} for look/parts/hours.html."""
    days = []
    for number in range(WEEK_DAYS):
        day = monday + timedelta(days=number)
        hours = cover.hours[number * DAY_HOURS : (number + 1) * DAY_HOURS]
        name = f"{SHORT[day.weekday()].in_language(get_language() or 'vi')} {day:%d/%m}"
        cells = [_own_cell(hour) if is_own else _below_cell(hour, cover.below) for hour in hours]
        days.append({"name": name, "cells": cells})
    return days


def _own_cell(hour: queries.Hour) -> dict[str, str]:
    words = {"full": _("có người"), "part": _("thiếu một phần"), "none": _("không ai")}
    return {"level": hour.own.value, "label": f"{hour.at.astimezone(VIETNAM):%H:%M} {words[hour.own.value]}"}


def _below_cell(hour: queries.Hour, below: int) -> dict[str, str]:
    missing = below - hour.below_full
    level = "full" if not missing else "none" if missing == below else "part"
    words = ngettext("%(n)d đơn vị trống", "%(n)d đơn vị trống", missing) % {"n": missing}
    return {"level": level, "label": f"{hour.at.astimezone(VIETNAM):%H:%M} {words}"}
