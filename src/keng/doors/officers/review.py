"""The review of a period: each figure with the one before, on the map of either era, onto its rows; as a file."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from keng.base import clock
from keng.base.errors import InputError
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.measures.kinds import SAID, Kind
from keng.desk.fraud.measures.models import Measure, Request, RequestState
from keng.desk.fraud.reports.models import Channel, Report
from keng.desk.ground.people.models import Officer
from keng.desk.steering.review import figures, localities, queries
from keng.desk.steering.review.facts import fact
from keng.desk.steering.review.figures import Figure, Take, When
from keng.desk.steering.review.localities import NOWHERE, Map
from keng.desk.steering.review.periods import day_of
from keng.desk.steering.review.queries import FEWEST, Review, Value
from keng.doors.officers import review_view as view
from keng.doors.officers.frame import officer_of, show, signed_in
from keng.doors.officers.measure_view import CHIPS, REQUEST_CHIPS
from keng.doors.officers.review_view import Asked, say
from keng.look.maps import Cell, drawn

PAGE_ROWS = 200
MOST_PAGES = 10_000
CSV_HEADINGS = (
    "figure", "name", "unit", "from", "to", "map", "province_code", "province", "value", "of_it_estimated", "value_before",
    "definition", "definition_version", "definition_since",
)  # fmt: skip


@require_safe
@signed_in
def review(request: HttpRequest) -> HttpResponse:
    """Every figure of a period, and the chosen one by province on the map of the chosen day."""
    officer, now = officer_of(request), clock.now()
    asked = view.asked(request, today=day_of(now))
    here = queries.read(officer, asked.period, now=now)
    before = queries.read(officer, asked.period.before, now=now)
    both = _Both(officer, asked, here, before, now)
    if request.GET.get("format") == "csv":
        return _as_csv(both)
    context = {
        **_frame(asked, now),
        "groups": _groups(both),
        "rows": both.rows(),
        "whole": view.value_said(asked.figure, both.total(asked.figure)[0].value),
        "map": both.map(),
        "maps": _maps(asked, day_of(now)),
        "is_estimate": any(value.is_estimate for value in both.places(asked.figure)[0].values()),
        "definitions": [view.definition_of(one) for one in figures.table().values()],
    }
    return show(request, "officers/review.html", context)


@require_safe
@signed_in
def rows(request: HttpRequest) -> HttpResponse:
    """The rows behind a figure: all of the period, of a province of the chosen map, or of one commune as told."""
    officer, now = officer_of(request), clock.now()
    asked = view.asked(request, today=day_of(now))
    where, place, said = _where(request, asked)
    if not asked.figure.fact:
        raise InputError("no_figure", figures.UNKNOWN, field="so")
    found = queries.rows(officer, asked.figure, asked.period, where=where, place=place, now=now)
    value = queries.value_of(asked.figure, found)
    page = _page(request)
    shown = list(_with_parents(found)[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
    context = {
        **_frame(asked, now),
        "where": said,
        "value": view.value_said(asked.figure, value.value),
        "count": value.n,
        "is_count": asked.figure.take is Take.COUNT,
        "shared": _shared(officer, asked, where, now),
        "kind": fact(asked.figure.fact).model._meta.model_name,
        "rows": [_row(one, asked.figure, now) for one in shown],
        "older": _same(request, trang=str(page + 1)) if page * PAGE_ROWS < value.n else "",
        "newer": _same(request, trang=str(page - 1)) if page > 1 else "",
    }
    return show(request, "officers/review_rows.html", context)


@require_safe
@signed_in
def place(request: HttpRequest, code: str) -> HttpResponse:
    """A province: every figure of it, and the chosen one by commune."""
    officer, now = officer_of(request), clock.now()
    asked = view.asked(request, today=day_of(now))
    name = view.province_names(asked.map).get(code)
    if name is None:
        raise InputError("no_place", localities.NO_PLACE, field="code")
    here = queries.read(officer, asked.period, now=now)
    before = queries.read(officer, asked.period.before, now=now)
    both = _Both(officer, asked, here, before, now, only=code)
    lines = queries.communes(officer, asked.figure, asked.period, code, asked.map, now=now) if asked.figure.fact else []
    value = both.places(asked.figure)[0].get(code, Value(0, 0))
    context = {
        **_frame(asked, now),
        "province": name,
        "groups": _groups(both, code),
        "whole": view.value_said(asked.figure, value.value),
        "estimate": view.estimate_said(asked.figure, value),
        "communes": [_commune(line, asked) for line in lines],
        "fewest": FEWEST,
        "definitions": [view.definition_of(one) for one in figures.table().values()],
    }
    return show(request, "officers/review_place.html", context)


class _Both:
    """A period and the one before it, read for somebody; each figure by province once."""

    def __init__(
        self, officer: Officer, asked: Asked, here: Review, before: Review, now: datetime, *, only: str = ""
    ) -> None:
        self.asked, self.only = asked, only
        self.reviews = (here, before)
        self.own = queries.own_provinces(officer, asked.map, now=now)
        self.hours = tuple(queries.uncovered(officer, one, now=now) for one in (asked.period, asked.period.before))
        self.names = view.province_names(asked.map)

    def total(self, figure: Figure) -> tuple[Value, Value]:
        """Of the whole, or of the one province that is looked at."""
        if self.only:
            here, before = self.places(figure)
            return self._of(figure, here.get(self.only)), self._of(figure, before.get(self.only))
        if view.is_of_units(figure):
            sums = [sum(hours for _unit, hours in told.values()) if told else None for told in self.hours]
            return Value(sums[0], 0), Value(sums[1], 0)
        here, before = (one.total(figure) for one in self.reviews)
        return here, Value(None, 0) if figure.when is When.NOW else before

    def places(self, figure: Figure) -> tuple[dict[str, Value], dict[str, Value]]:
        """By province, now and before."""
        if view.is_of_units(figure):
            on_today = self.asked.map.end is None
            here, before = (
                {code: Value(hours, 0) for code, (_unit, hours) in told.items()} if on_today else {}
                for told in self.hours
            )
            return here, before
        here, before = (one.by_province(figure, self.asked.map) for one in self.reviews)
        return here, {} if figure.when is When.NOW else before

    def rows(self) -> list[dict[str, Any]]:
        """A line for each province that is the reader's or has anything, in Vietnamese order; without a place last."""
        figure = self.asked.figure
        here, before = self.places(figure)
        names = {**self.names, **({NOWHERE: view.nowhere_said()} if NOWHERE in here or NOWHERE in before else {})}
        return [
            {
                "code": code,
                "name": name,
                "url": self.url(code),
                "rows_url": self.rows_url(code) if code in here and here[code].n else "",
                "value": view.value_said(figure, self._of(figure, here.get(code)).value),
                "estimate": view.estimate_said(figure, here[code]) if code in here else "",
                "before": view.value_said(figure, self._of(figure, before.get(code), is_before=True).value),
            }
            for code, name in names.items()
            if self.is_mine(code) or code in here or code in before
        ]

    def map(self) -> dict[str, Any]:
        """What the map draws."""
        figure = self.asked.figure
        here = self.places(figure)[0]
        cells = {}
        for code, name in self.names.items():
            value = self._of(figure, here.get(code)).value if self.is_mine(code) or code in here else None
            told = f"{name}: {view.value_said(figure, value)}" if value is not None else name
            url = self.url(code) if value is not None else ""
            cells[code] = Cell(name, value, view.short_said(figure, value), told, url)
        return drawn(self.asked.map.code, cells, lambda value: view.short_said(figure, value))

    def is_mine(self, code: str) -> bool:
        """Whether a blank there means nothing was counted, rather than nothing is the reader's."""
        return code != NOWHERE and (self.own is None or code in self.own)

    def url(self, code: str) -> str:
        """Where a province leads: its roster's gaps for hours, its table for all else."""
        if view.is_of_units(self.asked.figure):
            unit = self.hours[0].get(code)
            return reverse("officers:gaps", kwargs={"code": unit[0]}) if unit else ""
        return view.province_url(self.asked, code) if code else ""

    def rows_url(self, code: str) -> str:
        """The rows behind a province's figure."""
        figure = self.asked.figure
        return view.rows_url(self.asked, figure, noi=code or "-") if figure.fact else ""

    def _of(self, figure: Figure, found: Value | None, *, is_before: bool = False) -> Value:
        if found is not None:
            return found
        unknown = not figure.fact or figure.take is Take.MEAN or (is_before and figure.when is When.NOW)
        return Value(None if unknown else 0, 0)


def _frame(asked: Asked, now: datetime) -> dict[str, Any]:
    """What every page of the review has: the form, the way to the periods beside it, its own address."""
    before, after = asked.period.before, asked.period.after
    return {
        "asked": asked,
        "figure": view.definition_of(asked.figure),
        "period": view.period_said(asked.period),
        "period_before": view.period_said(before),
        "is_running": view.is_running(asked.period, now),
        "is_now": asked.figure.when is When.NOW,
        "map_name": view.map_said(asked.map),
        "before_url": asked.of(before).query() if before.is_within_reach else "",
        "after_url": asked.of(after).query() if after.is_within_reach else "",
        "here_url": reverse("officers:review") + asked.query(),
        "csv_url": asked.query(format="csv"),
        "language_query": asked.query(),
        "lengths": [(one.value, say(said)) for one, said in view.LENGTHS.items()],
        "figures": [(one.code, say(one.said)) for one in figures.table().values() if one.is_recorded],
        "made_at": now,
    }


def _groups(both: _Both, code: str = "") -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for figure in figures.table().values():
        here, before = both.total(figure)
        where = {"noi": code} if code else {}
        has_rows = bool(figure.fact) and here.n > 0
        groups.setdefault(figure.group, []).append({
            "code": figure.code,
            "name": say(figure.said),
            "value": view.value_said(figure, here.value),
            "estimate": view.estimate_said(figure, here),
            "before": view.value_said(figure, before.value) if figure.when is not When.NOW else "",
            "change": view.change_said(here, before),
            "rows_url": view.rows_url(both.asked, figure, **where) if has_rows else "",
            "map_url": both.asked.query(so=figure.code) if figure.is_recorded else "",
            "is_chosen": figure.code == both.asked.figure.code,
            "version": figure.version,
        })  # fmt: skip
    return [{"name": say(view.GROUPS[group]), "figures": found} for group, found in groups.items()]


def _maps(asked: Asked, today: date) -> list[dict[str, Any]]:
    """The maps that there are, the newest first; one chooses by a day on which it stood."""
    return [
        {
            "name": view.map_said(one),
            "url": asked.query(moc=str(min(one.days[1], today))),
            "is_chosen": one == asked.map,
        }
        for one in reversed(localities.maps())
    ]


def _where(request: HttpRequest, asked: Asked) -> tuple[tuple[str, Map] | None, tuple[str, Map] | None, str]:
    """The province or the commune that is asked about, and its name. Raises InputError `no_place`, `no_map`."""
    province, commune = request.GET.get("noi", ""), request.GET.get("xa", "")
    if commune:
        its = localities.map_of_code(request.GET.get("thoi", ""))
        unit = localities.unit_of(commune, its)
        if unit is None:
            raise InputError("no_place", localities.NO_PLACE, field="xa")
        return None, (commune, its), unit.full_name
    if province == "-":
        return (NOWHERE, asked.map), None, view.nowhere_said()
    if not province:
        return None, None, ""
    names = view.province_names(asked.map)
    if province not in names:
        raise InputError("no_place", localities.NO_PLACE, field="noi")
    return (province, asked.map), None, names[province]


def _shared(officer: Officer, asked: Asked, where: tuple[str, Map] | None, now: datetime) -> str:
    """What of a province's figure is no row of its own for certain, but its share of rows of a larger one."""
    if where is None or asked.map.end is None:
        return ""
    values = queries.read(officer, asked.period, now=now).by_province(asked.figure, asked.map)
    value = values.get(where[0], Value(0, 0))
    return view.estimate_said(asked.figure, value)


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("trang", "")
    return min(max(int(asked), 1), MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1


def _same(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _with_parents(found: Any) -> Any:
    if found.model is Report:
        return found.select_related("loss", "owner").defer("original")
    if found.model is Measure:
        return found.select_related("report__owner").defer("report__original")
    return found.select_related("measure__report__owner", "partner").defer("measure__report__original")


def _row(row: Any, figure: Figure, now: datetime) -> dict[str, Any]:
    """A line of codes, times and amounts; nothing of what a report says, no object, no person."""
    report = {Report: lambda: row, Measure: lambda: row.report, Request: lambda: row.measure.report}[type(row)]()
    at = getattr(row, fact(figure.fact).at or "answer_by")
    told = {"report": report.code, "unit": report.owner.name if report.owner else "", "at": at}
    if isinstance(row, Report):
        loss = getattr(row, "loss", None)
        return {**told, "channel": Channel(row.channel).label, "amount": loss.amount if loss else None,
                "state": "erased" if row.erased_at else "closed" if row.closed_at else "open"}  # fmt: skip
    if isinstance(row, Measure):
        return {**told, "measure": row.code, "kind": say(SAID[Kind(row.kind)]), "amount": row.amount,
                "state": CHIPS[measures.state_now(row, now)], "is_wrong": bool(row.wrong)}  # fmt: skip
    is_hold = row.measure.amount is not None and row.state in (RequestState.EXECUTED, RequestState.PART)
    took = row.answered_at - row.asked_at if row.answered_at else None
    return {**told, "measure": row.measure.code, "kind": say(SAID[Kind(row.measure.kind)]), "partner": row.partner.name,
            "amount": row.held_amount or None, "took": took, "answer_by": row.answer_by,
            "state": str(row.state) if is_hold else REQUEST_CHIPS[RequestState(row.state)]}  # fmt: skip


def _commune(line: queries.Commune, asked: Asked) -> dict[str, Any]:
    url = view.rows_url(asked, asked.figure, xa=line.code, thoi=line.map) if line.unit is not None else ""
    return {
        "name": view.commune_said(line, FEWEST),
        "value": view.value_said(asked.figure, line.value.value),
        "rows_url": url,
        "map": view.map_said(localities.map_of_code(line.map)) if line.map else "",
    }


def _as_csv(both: _Both) -> HttpResponse:
    """Every figure, whole (no province) and by province of the chosen map; with definition and version on each line."""
    text, asked = io.StringIO(), both.asked
    writer = csv.writer(text)
    writer.writerow(CSV_HEADINGS)
    for figure in figures.table().values():
        whole = both.total(figure)
        here, before = both.places(figure)
        lines = [("", "", *whole), *((code or "-", both.names.get(code, view.nowhere_said()), here.get(code), before.get(code))
                 for code in sorted({*here, *before}))]  # fmt: skip
        for code, name, value, earlier in lines:
            writer.writerow([
                figure.code, say(figure.said), figure.unit, asked.period.first, asked.period.last, asked.map.code, code, name,
                _cell(value), value.estimated if value and value.is_estimate else "", _cell(earlier),
                say(figure.definition), figure.version, figure.since,
            ])  # fmt: skip
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = f"keng-tong-ket-{asked.period.first:%Y%m%d}-{asked.period.last:%Y%m%d}-{asked.map.code}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(value: Value | None) -> str:
    return "" if value is None or value.value is None else str(value.value)
