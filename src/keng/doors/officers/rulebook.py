"""The rules in force on a day, one rule through time, and which rules governed an entry of the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keng.base import clock
from keng.base.errors import InputError
from keng.base.times import VIETNAM
from keng.desk.fraud.measures import queries as measures
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import rights
from keng.doors.officers.facts import as_kept, facts_in_words
from keng.doors.officers.frame import officer_of, show, signed_in
from keng.doors.officers.words import shown_entries, source_said
from keng.vietnam import calendar, rules
from keng.vietnam.rules.catalogue import TABLES


@require_safe
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Every rule in force on a day (`ngay`, today if it is none), by table, with its source and who confirmed it."""
    rights.require_to_read(officer_of(request), "rules.list")
    today = clock.now().astimezone(VIETNAM).date()
    day = _read_day(request.GET.get("ngay", "")) or today
    found = rules.in_force(day)
    tables = [
        {"title": _said(said), "rules": [shown_rule(rule) for rule in found if rule.table is table]}
        for table, said in TABLES.items()
    ]
    context = {
        "day": day,
        "is_today": day == today,
        "tables": [table for table in tables if table["rules"]],
        "unconfirmed": sum(rule.row.confirmed_by is None for rule in found),
        "days_off": [_shown_day(one) for one in calendar.days_between(date(day.year, 1, 1), date(day.year, 12, 31))],
        "year": day.year,
    }
    return show(request, "officers/rules.html", context)


@require_safe
@signed_in
def one_rule(request: HttpRequest, code: str) -> HttpResponse:
    """Every row that stood under a code, newest first, and how many measures rest on it."""
    officer = officer_of(request)
    rights.require_to_read(officer, "rules.list")
    rows = rules.history(code)
    if not rows:
        raise Http404
    context = {
        "code": code,
        "title": _said(rows[0].row.said),
        "rows": [shown_rule(rule) for rule in rows],
        "measures": measures.count_on_basis(officer, code) if rows[0].table is rules.Table.BASES else None,
    }
    return show(request, "officers/rule.html", context)


@require_safe
@signed_in
def entry(request: HttpRequest, serial: int) -> HttpResponse:
    """One entry of the ledger: what was done, which rules governed it on that day, and its proof."""
    officer = officer_of(request)
    rights.require_to_read(officer, "ledger.list")
    found = ledger.find_entry(serial)
    if found is None:
        raise Http404
    day = found.at_utc.astimezone(VIETNAM).date()
    entry = shown_entries(officer, [found])[0]
    facts = {} if entry["is_hidden"] else found.facts
    context = {
        "entry": entry,
        "facts": facts_in_words(facts, day),
        "as_kept": as_kept(facts),
        "rules": [] if entry["is_hidden"] else [shown_rule(one) for one in rules.governing(found.verb, facts, day)],
        "proof": ledger.find_inclusion_proof(found.id),
    }
    return show(request, "officers/entry.html", context)


def shown_rule(rule: rules.Rule) -> dict[str, Any]:
    """A rule for officers/rule_row.html."""
    row = rule.row
    return {
        "code": row.code,
        "url": reverse("officers:rule", args=[row.code]),
        "text": _said(row.said),
        "figure": _said(rule.figure) if rule.figure else "",
        "source": source_said(row.source),
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "confirmed_by": row.confirmed_by,
        "measure": getattr(row, "measure", ""),
        "ground": getattr(row, "ground", ""),
    }


def _shown_day(day: calendar.Day) -> dict[str, Any]:
    return {
        "day": day.day,
        "name": _said(day.said),
        "what": _("nghỉ") if day.is_off else _("làm bù"),
        "is_computed": day.status is calendar.Status.COMPUTED,
    }


def _read_day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
        calendar.day_of(day)
    except (ValueError, InputError):
        return None
    return day


def _said(said: Any) -> str:
    return str(said.in_language(get_language() or "vi"))
