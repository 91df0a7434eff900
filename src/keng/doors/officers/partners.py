"""How partners answer: the silent with their age, the table of all, the requests behind each figure; clerks' questions."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError, Said
from keng.desk.fraud.measures import clerks, league, notices, queries
from keng.desk.fraud.measures.answers import REFUSALS
from keng.desk.fraud.measures.kinds import SAID, Kind
from keng.desk.fraud.measures.models import Request, RequestState
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.doors.officers.frame import attempt, officer_of, show, signed_in
from keng.doors.officers.measure_view import REQUEST_CHIPS
from keng.vietnam.order import order_key

DEFAULT_DAYS = 30
CSV_HEADINGS = (
    "partner", "name", "open", "overdue", "overdue_since", "answered", "median_minutes", "p90_minutes", "due", "in_time",
    "share_in_time", "refused", "not_ours",
)  # fmt: skip
FIGURE_WORDS = {
    "open": Said("Đang mở", "Open"),
    "overdue": Said("Quá hạn", "Overdue"),
    "answered": Said("Đã trả lời", "Answered"),
    "due": Said("Đã tới hạn", "Due"),
    "in_time": Said("Đúng hạn", "In time"),
    "refused": Said("Từ chối", "Refused"),
    "not_ours": Said("Không thuộc nơi này", "Not theirs"),
}


@require_safe
@signed_in
def table(request: HttpRequest) -> HttpResponse:
    """Every partner: those that are silent the longest on top."""
    officer, now = officer_of(request), clock.now()
    days, kind = _days(request), _kind(request)
    lines = league.table(days=days, now=now, mine=league.within_units(officer, now), kind=kind)
    listed = _in_order(partners.everyone(), lines)
    if request.GET.get("format") == "csv":
        return _as_csv(listed, now)
    context = {
        "rows": [_row(partner, line, days, kind, now) for partner, line in listed],
        "questions": league.questions_waiting(officer, now=now),
        "can_open": rights.is_allowed(officer, "measures.list"),
        "csv_url": f"?{urlencode({'days': days, 'kind': kind, 'format': 'csv'})}",
        **_choices(days, kind),
    }
    return show(request, "officers/partners.html", context)


@require_safe
@signed_in
def behind(request: HttpRequest, code: str) -> HttpResponse:
    """One partner: its figures by kind of measure, and the requests behind the chosen one."""
    officer, now = officer_of(request), clock.now()
    mine = league.within_units(officer, now)
    partner = partners.find_partner(code)
    if partner is None:
        raise InputError("no_partner", partners.UNKNOWN)
    days, kind = _days(request), _kind(request)
    figure = request.GET.get("figure", "")
    figure = figure if figure in league.FIGURES else "open"
    own = [partner.pk]
    by_kind = league.table(days=days, now=now, mine=mine, partners=own, by=league.BY_KIND)
    found = league.behind(officer, figure, days=days, now=now, kind=kind, partners=own)
    can_open = rights.is_allowed(officer, "measures.list")
    context = {
        "partner": partner,
        "figure": _say(FIGURE_WORDS[figure]),
        "figure_code": figure,
        "kinds": [_row(partner, by_kind[one], days, one, now) for one in Kind if one in by_kind],
        "requests": [_request(row, now, can_open=can_open) for row in found],
        "most": league.MOST_ROWS if len(found) == league.MOST_ROWS else 0,
        "can_open": can_open,
        **_choices(days, kind),
    }
    return show(request, "officers/partner.html", context)


@require_POST
@signed_in
def reply(request: HttpRequest, ident: int) -> HttpResponse:
    """Reply to a clerk's question; back to the measure that it is about."""
    officer, now = officer_of(request), clock.now()
    code = clerks.measure_code_of(officer, ident, now=now)
    text = request.POST.get("reply", "")
    attempt(request, _("Đã trả lời đối tác."), lambda: clerks.reply(officer, ident, text, now=now))
    return redirect("officers:measure", code=code)


def _in_order(everyone: list[Partner], lines: dict[str, league.Line]) -> list[tuple[Partner, league.Line]]:
    """By the age of what is overdue, then by what is open, then by name."""
    pairs = [(partner, lines.get(partner.pk, league.Line(partner.pk))) for partner in everyone]
    far = max((line.oldest for _partner, line in pairs if line.oldest), default=None)
    return sorted(
        pairs,
        key=lambda pair: (pair[1].oldest is None, pair[1].oldest or far or 0, -pair[1].open, order_key(pair[0].name)),
    )


def _row(partner: Partner, line: league.Line, days: int, kind: str, now: datetime) -> dict[str, Any]:
    address = reverse("officers:partner", kwargs={"code": partner.pk})
    urls = {one: f"{address}?{urlencode({'figure': one, 'days': days, 'kind': kind})}" for one in league.FIGURES}
    return {
        "partner": partner,
        "ways": ", ".join(WAY_WORDS[way] for way in partner.ways),
        "kind": _say(SAID[Kind(kind)]) if kind else "",
        "line": line,
        "late_by": now - line.oldest if line.oldest else None,
        "urls": urls,
        "share": None if line.share is None else round(line.share * 100),
    }


WAY_WORDS = {"api": "API", "web": "web", "file": "CSV/XLSX"}


def _request(row: Request, now: datetime, *, can_open: bool) -> dict[str, Any]:
    """Who may not open measures reads no object either."""
    is_late = queries.is_overdue(row, now)
    reason = REFUSALS.get(row.refusal)
    is_hold = row.measure.amount is not None and row.state in (RequestState.EXECUTED, RequestState.PART)
    return {
        "code": row.measure.code,
        "action": _say(SAID[Kind(row.measure.kind)]),
        "object": notices.object_said(row.measure) if can_open else "–",
        "asked_at": row.asked_at,
        "answer_by": row.answer_by,
        "answered_at": row.answered_at,
        "took": row.answered_at - row.asked_at if row.answered_at else None,
        "late_by": now - row.answer_by if is_late else None,
        "state": "late" if is_late else str(row.state) if is_hold else REQUEST_CHIPS[RequestState(row.state)],
        "reason": _say(reason) if reason else "",
    }


def _choices(days: int, kind: str) -> dict[str, Any]:
    return {
        "days": days,
        "periods": league.PERIODS,
        "kind": kind,
        "kind_choices": [(one.value, _say(SAID[one])) for one in Kind],
    }


def _as_csv(listed: list[tuple[Partner, league.Line]], now: datetime) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_HEADINGS)
    for partner, line in listed:
        since = line.oldest.strftime("%Y-%m-%dT%H:%M:%SZ") if line.oldest else ""
        share = "" if line.share is None else f"{line.share:.4f}"
        writer.writerow([
            partner.pk, partner.name, line.open, line.overdue, since, line.answered, _minutes(line.median),
            _minutes(line.p90), line.due, line.in_time, share, line.refused, line.not_ours,
        ])  # fmt: skip
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="keng-doi-tac-{now:%Y%m%d-%H%M}.csv"'
    return response


def _minutes(length: Any) -> str:
    return "" if length is None else f"{length.total_seconds() / 60:.1f}"


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(one) for one in league.PERIODS} else DEFAULT_DAYS


def _kind(request: HttpRequest) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in [*Kind] else ""


def _say(said: Said) -> str:
    return said.in_language(get_language() or "vi")
