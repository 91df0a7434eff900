"""Search by an exact identifier: a receipt, a report's or measure's code, or one indicator. Never by words, never for people."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from keng.base.errors import InputError
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import queries as report_queries
from keng.desk.fraud.reports import sightings
from keng.desk.fraud.reports.models import Channel
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import officer_of, show, signed_in
from keng.engines.extract import extract
from keng.vietnam.banks import banks

PLACE_DIGITS = 18  # a longer number is none that a database takes
LONGEST = 2000  # characters: the longest link
CAMPAIGN = re.compile(r"CD-[0-9A-Z]+", re.I)
CODE = re.compile(r"(TB|BP)-?[0-9A-Z]+", re.I)
CUES = ("", "stk ", "sđt ", "http://")  # what something bare could be, as a reporter would write it


@require_safe
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """The page with its results, or straight to the one report that a code or a receipt names."""
    officer = officer_of(request)
    rights.require_to_read(officer, "reports.list")
    query = request.GET.get("q", "").strip()[:LONGEST]
    if CAMPAIGN.fullmatch(query) and rights.is_allowed(officer, "campaigns.list"):
        return redirect("officers:campaign", code=query.upper())
    code = _report_code(officer, query)
    if code:
        return redirect("officers:report", code=code)
    before = _place(request.GET.get("before", ""))
    found = [_found(officer, kind, value, query, before) for kind, value in _values(query)]
    context = {"query": query, "found": [one for one in found if one["rows"] or one["older_url"]], "read_as": found}
    return show(request, "officers/search.html", context)


def _report_code(officer: Officer, query: str) -> str:
    """The code of the report that a code or a receipt names; empty if it is none."""
    if CODE.fullmatch(query):
        report = report_queries.find_by_code(officer, query)
        return report.code if report else measures.report_code_of(officer, query)
    try:
        report = reports.report_of(query)
        return str(reports.get_report_for(officer, "reports.list", report.pk).code)
    except InputError:
        return ""


def _values(query: str) -> list[sightings.Value]:
    """The indicators that the query can be read as, canonical, each once."""
    if not query:
        return []
    found = [one for cue in CUES for one in extract(cue + query).indicators]
    exact = [("account", query.upper())] if re.fullmatch(r"(\d{6}|\?):\w{3,30}", query) else []
    senders = [("sender", query.upper())] if len(query) <= 11 else []
    read = list(dict.fromkeys([*exact, *((str(one.kind), one.value) for one in found), *senders]))
    return [*read, *(("account", one) for one in sightings.find_named("account", _at_every_bank(read)))]


def _at_every_bank(read: list[sightings.Value]) -> list[str]:
    """An account number without its bank, as it would be at each bank."""
    numbers = [value.removeprefix("?:") for kind, value in read if kind == "account" and value.startswith("?:")]
    return [f"{bank.bin}:{number}" for number in numbers for bank in banks()]


def _place(typed: str) -> int | None:
    """Where a page begins; None for the first."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= PLACE_DIGITS else None


def _found(officer: Officer, kind: str, value: str, query: str, before: int | None) -> dict[str, Any]:
    found = sightings.find_sightings(officer, kind, value, before=before)
    return {
        "kind": kind,
        "value": value,
        "bank": report_queries.bank_name(value) if kind == "account" else "",
        "count": found.count.reports,
        "more": found.count.more,
        "is_later_page": before is not None,
        "older_url": f"?{urlencode({'q': query, 'before': found.older})}" if found.older else "",
        "rows": [
            {
                "code": row.code,
                "url": reverse("officers:report", args=[row.code]),
                "received_at": row.received_at,
                "channel": Channel(row.channel).label,
                "state": "closed" if row.is_closed else "open",
                "amount": row.amount,
            }
            for row in found.rows
        ],
    }
