"""Campaigns: the list, one campaign with its whole story, the reports behind each figure, the texts beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import KengError, Said
from keng.base.times import VIETNAM
from keng.desk.fraud.campaigns import actions, facts, queries, reading
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
    found = queries.get_campaign(officer, code)
    if found.code != code:
        return redirect("officers:campaign", code=found.code)
    return show(request, "officers/campaign.html", campaign_context(officer, found, now))


def campaign_context(officer: Officer, found: facts.Facts, now: datetime) -> dict[str, Any]:
    """All that the page of a campaign shows."""
    code = found.code
    measures = reading.measures_on(officer, code)
    judged = queries.history_of(officer, code, most=SHOWN_JUDGEMENTS)
    may_judge = rights.is_allowed(officer, "campaigns.judge")
    graph = queries.graph_of(officer, code)
    return {
        "campaign": _shown(found),
        "money": view.money_strip(found, reading.held_on(officer, code, now)),
        "growth": _growth(officer, found, view.marks_of(measures, judged), now),
        "story": view.story(found, measures, judged),
        "graph": view.shown_graph(code, graph),
        **_places(queries.localities_of(officer, code)),
        "measures": [view.shown_measure_row(one, now) for one in measures],
        "judged": view.shown_judgements(judged),
        "suggestions": [view.shown_suggestion(code, one) for one in queries.suggestions_of(officer, code)]
        if may_judge
        else [],
        "candidates": _candidates(officer, code, graph, now),
        "entries": shown_entries(officer, ledger.entries_on(f"campaign:{code}")[:SHOWN_ENTRIES]),
        "may": {
            "judge": may_judge,
            "name": rights.is_allowed(officer, "campaigns.name"),
            "watch": rights.is_allowed(officer, "campaigns.watch"),
            "look": rights.is_allowed(officer, "reports.look"),
        },
        "rows_url": view.rows_url(code),
        "texts": TEXTS,
        "purposes": purposes(officer),
    }


def _growth(officer: Officer, found: facts.Facts, marks: list[growth.Mark], now: datetime) -> dict[str, Any]:
    """By the hour for a campaign of two days or less that is not too large to be counted so, else by days or weeks."""
    if found.reports <= reading.MOST_BY_HOUR and growth.step_for(found.first_at, now) == growth.HOUR:
        hours = reading.hours_of(officer, found.code)
        return view.shown_hours(found.code, hours, marks, now)
    return view.shown_growth(found.code, queries.growth_of(officer, found.code), marks, now)


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


def _candidates(officer: Officer, code: str, graph: facts.Graph, now: datetime) -> list[dict[str, Any]]:
    """What could be proposed next. On what one report alone tells only a hold of its own loss: a number may be its reporter's."""
    if not rights.is_allowed(officer, "measures.propose"):
        return []
    told = {(one.kind, one.value) for one in graph.nodes if one.reports >= view.FEWEST_NAMED}
    found = queries.next_measures(officer, code, now=now, most=CANDIDATES)
    return [
        view.shown_candidate(one)
        for one in found
        if one.kind == Kind.HOLD_FUNDS or (one.object_kind, one.object_value) in told
    ]


def _places(found: Sequence[facts.Locality]) -> dict[str, Any]:
    """Whose reports they are: the units, and the same on the map of today's provinces."""
    on = localities.maps()[-1]
    provinces = province_names(on)
    spots = {unit.code: localities.spot_of_owner(unit) for unit in reading.units(one.code for one in found if one.code)}
    province_of = {unit: next(iter(localities.provinces_of(spot, on)), view.NOWHERE) for unit, spot in spots.items()}
    return {
        "localities": [
            {"name": one.name or _("Chưa đơn vị nào nhận"), "reports": one.reports, "lost": one.lost} for one in found
        ],
        "map": view.shown_map(found, provinces, province_of),
    }


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
    found = queries.get_campaign(officer, code)
    purpose = request.POST.get("purpose", "")
    try:
        opened = actions.read_texts(officer, found.code, purpose, store(), now=now, most=TEXTS)
    except KengError as error:
        if error.code != "no_purpose":
            raise
        context = {**campaign_context(officer, found, now), "notice": _fault(error), "language_url": _url(found.code)}
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
