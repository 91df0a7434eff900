"""Campaigns: the list, one campaign with its whole story, the reports behind each figure, the texts beside each other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import KengError, Said
from keng.base.times import VIETNAM
from keng.desk.fraud.campaigns import actions, facts, queries, reading
from keng.desk.fraud.campaigns.models import Part
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.reports import actions as reports
from keng.desk.ground.keys.queries import store
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.steering.review import localities
from keng.doors.officers import campaign_view as view
from keng.doors.officers.aligned import shown_texts
from keng.doors.officers.frame import officer_of, show, signed_in
from keng.doors.officers.review_view import province_names
from keng.doors.officers.words import shown_entries
from keng.look import growth

GROWING, WATCHED = "growing", "watched"
ORDERS = {
    GROWING: Said("Đang tăng", "Growing"),
    "newest": Said("Mới nhất", "Newest"),
    "largest": Said("Nhiều báo cáo", "Most reports"),
    "costliest": Said("Mất nhiều tiền", "Most money lost"),
    WATCHED: Said("Đang theo dõi", "Watched"),
}
RECENT_DAYS = 3
PAGE = 50
MOST_PAGES = 200
MOST_WORDS = 200
SHOWN_JUDGEMENTS = 30
SHOWN_ENTRIES = 20
CANDIDATES = 4  # measures that are offered next: each is checked as if it were proposed
SHOWN_UNITS = 50
LARGE = 2000  # reports of everybody, from which on the page comes first; values, places and what could be done next, a moment later
TEXTS = 12  # that are opened to see the template: each is a look that its reporter sees


@require_safe
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """The officer's campaigns, those that grow first; or those found by code or name."""
    officer, now = officer_of(request), clock.now()
    rights.require_to_read(officer, "campaigns.list")
    words = request.GET.get("q", "").strip()[:MOST_WORDS]
    order = request.GET.get("xep", GROWING)
    order = order if order in ORDERS else GROWING
    page = _page(request.GET.get("trang", ""))
    since = now.astimezone(VIETNAM).date() - timedelta(days=RECENT_DAYS - 1)
    rows = _found(officer, words, since) if words else _listed(officer, order, page, since)
    context = {
        "rows": rows[:PAGE],
        "order": order,
        "orders": [(code, view.say(said)) for code, said in ORDERS.items()],
        "words": words,
        "days": RECENT_DAYS,
        "older_url": f"?{urlencode({'xep': order, 'trang': page + 1})}" if len(rows) > PAGE and not words else "",
        "newer_url": f"?{urlencode({'xep': order, 'trang': page - 1})}" if page > 1 and not words else "",
        "may_sort": rights.is_allowed(officer, "campaigns.judge"),
    }
    return show(request, "officers/campaigns.html", context)


def _found(officer: Officer, words: str, since: date) -> list[dict[str, Any]]:
    lines = queries.search(officer, words, most=PAGE)
    recent = reading.recent(officer, [one.code for one in lines], since)
    return [view.shown_line(one, recent.get(one.code, 0)) for one in lines]


def _listed(officer: Officer, order: str, page: int, since: date) -> list[dict[str, Any]]:
    after = (page - 1) * PAGE
    if order == WATCHED:
        watched = queries.watched(officer)[after : after + PAGE + 1]
        recent = reading.recent(officer, [one.line.code for one in watched], since)
        return [{**view.shown_line(one.line, recent.get(one.line.code, 0)), "news": one.new_reports} for one in watched]
    if order == GROWING:
        found = reading.growing(officer, since, after=after, most=PAGE + 1)
        if found or after:
            return [view.shown_line(one, recent) for one, recent in found]
        order = "newest"  # nothing grows: those that grew last
    lines = queries.campaigns(officer, order=order, after=after, most=PAGE + 1)
    recent = reading.recent(officer, [one.code for one in lines], since)
    return [view.shown_line(one, recent.get(one.code, 0)) for one in lines]


@require_safe
@signed_in
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign: its story, values, places, money, measures, judgements, and what could be done next. No text is opened."""
    officer, now = officer_of(request), clock.now()
    head = queries.open_campaign(officer, code)
    if head.code != code:
        return redirect("officers:campaign", code=head.code)
    found = queries.get_campaign(officer, head)
    return show(request, "officers/campaign.html", campaign_context(officer, head, found, now))


def campaign_context(officer: Officer, head: Part, found: facts.Facts, now: datetime) -> dict[str, Any]:
    """All that the page of a campaign shows; of a large one some parts come a moment later."""
    code = found.code
    measures = reading.measures_on(officer, head)
    judged = queries.history_of(officer, head, most=SHOWN_JUDGEMENTS)
    is_large = head.all_reports > LARGE
    return {
        "campaign": _shown(found),
        "money": view.money_strip(found, reading.held_on(officer, head, now)),
        "growth": _growth(officer, head, found, view.marks_of(measures, judged), now),
        "story": view.story(found, measures, judged),
        **({} if is_large else values_context(officer, head, found.reports)),
        **({} if is_large else places_context(officer, head)),
        "measures": [view.shown_measure_row(one, now) for one in measures],
        "more_measures": len(measures) == reading.MOST_MEASURES,
        "judged": view.shown_judgements(judged),
        "is_large": is_large,
        **({} if is_large else next_context(officer, head, now)),
        "entries": shown_entries(officer, ledger.entries_on(f"campaign:{code}")[:SHOWN_ENTRIES]),
        "may": _may(officer),
        "rows_url": view.rows_url(code),
        "texts": TEXTS,
        "purposes": purposes(officer),
    }


@require_safe
@signed_in
def campaign_values(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the page that says which values join its reports."""
    officer = officer_of(request)
    head = queries.open_campaign(officer, code)
    return render(request, "officers/campaign_values.html", values_context(officer, head, None))


@require_safe
@signed_in
def campaign_next(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the page that says what could be done next."""
    officer, now = officer_of(request), clock.now()
    head = queries.open_campaign(officer, code)
    context = {"campaign": {"code": head.code}, "may": _may(officer), **next_context(officer, head, now)}
    return render(request, "officers/campaign_next.html", context)


@require_safe
@signed_in
def campaign_places(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the page that says where its reports are."""
    officer = officer_of(request)
    return render(
        request, "officers/campaign_places.html", places_context(officer, queries.open_campaign(officer, code))
    )


def next_context(officer: Officer, head: Part, now: datetime) -> dict[str, Any]:
    """Joins and splits that are suggested, and measures that could be proposed."""
    suggested = queries.suggestions_of(officer, head) if rights.is_allowed(officer, "campaigns.judge") else []
    return {
        "suggestions": [view.shown_suggestion(head.code, one) for one in suggested],
        "candidates": _candidates(officer, head, now),
    }


def _may(officer: Officer) -> dict[str, bool]:
    verbs = {"judge": "campaigns.judge", "name": "campaigns.name", "watch": "campaigns.watch", "look": "reports.look"}
    return {name: rights.is_allowed(officer, verb) for name, verb in verbs.items()}


def _growth(
    officer: Officer, head: Part, found: facts.Facts, marks: list[growth.Mark], now: datetime
) -> dict[str, Any]:
    """By the hour for a campaign of two days or less that is not too large to be counted so, else by days or weeks."""
    if found.reports <= reading.MOST_BY_HOUR and growth.step_for(found.first_at, now) == growth.HOUR:
        hours = reading.hours_of(officer, head)
        return view.shown_hours(found.code, hours, marks, now)
    return view.shown_growth(found.code, queries.growth_of(officer, head), marks, now)


def _shown(found: facts.Facts) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": view.named(found.name, found.name_en),
        "name_vi": found.name,
        "name_en": found.name_en,
        "advice": view.named(found.advice, found.advice_en),
        "advice_vi": found.advice,
        "advice_en": found.advice_en,
        "reports": found.reports,
        "first_at": found.first_at,
        "last_at": found.last_at,
        "judged": found.judged,
        "watched": found.watched,
        "parts": found.parts,
    }


def _candidates(officer: Officer, head: Part, now: datetime) -> list[dict[str, Any]]:
    """What could be proposed next. On what one report alone tells only a hold of its own loss: a number may be its reporter's."""
    if not rights.is_allowed(officer, "measures.propose"):
        return []
    named = queries.values_of(officer, head)
    told = {(one.kind, one.value) for one in named if one.reports >= view.FEWEST_NAMED}
    found = queries.next_measures(officer, head, now=now, most=CANDIDATES)
    return [
        view.shown_candidate(one)
        for one in found
        if one.kind == Kind.HOLD_FUNDS or (one.object_kind, one.object_value) in told
    ]


def values_context(officer: Officer, head: Part, reports: int | None) -> dict[str, Any]:
    """The values that its reports name and which go together. `reports`: how many the officer sees, if that is known."""
    return {"graph": view.shown_graph(head.code, queries.graph_of(officer, head, reports=reports))}


def places_context(officer: Officer, head: Part) -> dict[str, Any]:
    """Whose reports they are: the units, and the same on the map of today's provinces."""
    found = queries.localities_of(officer, head)
    on = localities.maps()[-1]
    province_of = {
        one.code: _province(one.place_code, one.place_on, on) for one in found if one.place_code and one.place_on
    }
    return {
        "localities": [
            {"name": one.name or _("Chưa đơn vị nào nhận"), "reports": one.reports, "lost": one.lost}
            for one in found[:SHOWN_UNITS]
        ],
        "more_units": max(len(found) - SHOWN_UNITS, 0),
        "map": view.shown_map(found, province_names(on), province_of),
    }


@cache
def _province(place_code: str, place_on: date, on: localities.Map) -> str:
    """The province of map `on` in which a place of that day lies."""
    spot = localities.spot_of(place_code, localities.map_on(place_on).code)
    return next(iter(localities.provinces_of(spot, on)), view.NOWHERE)


@require_safe
@signed_in
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The reports of a campaign: all, of some days, or those that name a value; from here some are taken out."""
    officer = officer_of(request)
    found = queries.get_campaign(officer, code)
    asked = reading.Asked(
        kind=request.GET.get("loai", "")[:16],
        value=request.GET.get("gia_tri", "")[:2100],
        first=_day(request.GET.get("tu", "")),
        last=_day(request.GET.get("den", "")),
        hour=_moment(request.GET.get("gio", "")),
        before=_moment(request.GET.get("truoc", "")),
    )
    members = reading.rows(officer, found.code, asked)
    told = {name: request.GET.get(name, "") for name in ("loai", "gia_tri", "tu", "den", "gio")}
    older = members.older.isoformat() if members.older else ""
    context = {
        "campaign": _shown(found),
        "rows": [view.shown_member(one) for one in members.rows],
        "value": {"kind": asked.kind, "value": asked.value, "said": view.value_said(asked.kind, asked.value)}
        if asked.value
        else None,
        "first": asked.first,
        "last": asked.last,
        "hour": asked.hour,
        "older_url": view.rows_url(found.code, **told, truoc=older) if older else "",
        "is_later_page": asked.before is not None,
        "can_take_out": rights.is_allowed(officer, "campaigns.judge") and len(members.rows) < found.reports,
    }
    return show(request, "officers/campaign_rows.html", context)


@require_POST
@signed_in
def texts(request: HttpRequest, code: str) -> HttpResponse:
    """The newest texts beside each other, opened for a stated purpose: each is a look that its reporter sees."""
    officer, now = officer_of(request), clock.now()
    head = queries.open_campaign(officer, code)
    found = queries.get_campaign(officer, head)
    purpose = request.POST.get("purpose", "")
    try:
        opened = actions.read_texts(officer, found.code, purpose, store(), now=now, most=TEXTS)
    except KengError as error:
        if error.code != "no_purpose":
            raise
        context = {
            **campaign_context(officer, head, found, now),
            "notice": _fault(error),
            "language_url": _url(found.code),
        }
        return show(request, "officers/campaign.html", context, 422)
    context = {
        "campaign": _shown(found),
        "purpose": reports.PURPOSES[purpose].in_language(get_language() or "vi"),
        "language_url": _url(found.code),
        "texts": shown_texts(opened),
    }
    return show(request, "officers/campaign_texts.html", context)


def purposes(officer: Officer) -> list[tuple[str, str]]:
    """What an officer may look for: those who act, to decide or to reply; others to audit."""
    codes = ("triage", "reply") if rights.is_allowed(officer, "reports.write") else ("audit",)
    language = get_language() or "vi"
    return [(code, reports.PURPOSES[code].in_language(language)) for code in codes]


def _fault(error: KengError) -> dict[str, str]:
    return {"text": error.said.in_language(get_language() or "vi"), "tone": "urgent"}


def _url(code: str) -> str:
    return reverse("officers:campaign", args=[code])


def _page(typed: str) -> int:
    return min(int(typed), MOST_PAGES) if typed.isascii() and typed.isdigit() and len(typed) < 6 and int(typed) else 1


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _moment(typed: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.tzinfo else None
