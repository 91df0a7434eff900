"""A campaign as officers see it: its lines, values, growth, places, reasons in words. Nothing here opens a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from keng.base.errors import Said
from keng.base.times import VIETNAM, shown
from keng.desk.fraud.campaigns import facts, queries, reading
from keng.desk.fraud.measures import notices
from keng.desk.fraud.measures.kinds import SAID, Kind
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.measures.queries import state_now
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Channel, Report
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.steering.review import localities
from keng.doors.officers.measure_view import CHIPS
from keng.doors.officers.proposing import basis_choices
from keng.look import graphs, growth, maps
from keng.look.states import KINDS
from keng.look.templatetags.keng import account, number, phone, social, vnd

FEWEST_NAMED = 2
"""A value that one report alone tells stays on that report's page: it may be the reporter's own."""
SHOWN_MEASURES = 6  # on one value: an account that half a country paid has hundreds
SHORT = 14  # letters of a value that stand under its node
TEXT = "text"
NAMED = re.compile(rf"\b({'|'.join(KINDS)}) (\S+)(?=: )")
"""A value in a sentence of the desk, by its kind's code and as machines write it."""
NOWHERE = localities.NOWHERE


def say(said: Said) -> str:
    """In the reader's language."""
    return said.in_language(_language())


def named(vi: str, en: str, code: str = "") -> str:
    """A name in the reader's language, else in the other; the code of what has none."""
    return (en or vi if _language().startswith("en") else vi or en) or code


def shown_line(line: facts.Line, recent: int | None = None) -> dict[str, Any]:
    """A campaign as a row: `recent` is how many reports came in the last days, None if that was not counted."""
    return {
        "code": line.code,
        "name": named(line.name, line.name_en),
        "url": reverse("officers:campaign", args=[line.code]),
        "reports": line.reports,
        "recent": recent,
        "lost": line.lost,
        "first_at": line.first_at,
        "last_at": line.last_at,
    }


def value_said(kind: str, value: str) -> str:
    """A value as an officer reads it: with its bank, in groups, without what only machines need."""
    match kind:
        case "account":
            bank = reports.bank_name(value)
            return f"{bank} {account(value)}" if bank else account(value)
        case "phone":
            return phone(value)
        case "social":
            return social(value)
    return value


def kind_said(kind: str) -> str:
    """What kind of thing, in words."""
    return str(KINDS.get(kind, kind))


def rows_url(code: str, **asked: str) -> str:
    """Where the reports of a campaign are listed: all, of a day, or those that name a value."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return _rows_path(code) + (f"?{query}" if query else "")


@lru_cache(256)
def _rows_path(code: str) -> str:
    return reverse("officers:campaign_rows", args=[code])


def value_url(code: str, value: facts.Value) -> str:
    """Where the reports are listed that name a value."""
    return rows_url(code, loai=value.kind, gia_tri=value.value)


def told_of_value(value: facts.Value) -> str:
    """A value and in how many reports, as it is read out."""
    told = f"{kind_said(value.kind)} {value_said(value.kind, value.value)}: {_reports_said(value.reports)}"
    return f"{told}. {hub_said(value)}" if value.is_hub else told


def hub_said(value: facts.Value) -> str:
    """Why a value joins nothing; empty if it does."""
    if not value.is_hub:
        return ""
    if value.elsewhere:
        told = ngettext("%(n)d chiến dịch khác cũng nói tới", "%(n)d chiến dịch khác cũng nói tới", value.elsewhere)
        return _("Không nối gì: %(why)s") % {"why": told % {"n": value.elsewhere}}
    return _("Không nối gì: ai cũng nói tới")


def shown_graph(code: str, graph: facts.Graph) -> dict[str, Any]:
    """The graph of values as it is drawn and as it is listed. Values of one report alone are left out."""
    kept = [at for at, one in enumerate(graph.nodes) if one.reports >= FEWEST_NAMED]
    place = {at: number for number, at in enumerate(kept)}
    nodes = [_graph_node(code, graph.nodes[at]) for at in kept]
    lines = [
        graphs.Line(place[one.one], place[one.other], one.reports)
        for one in graph.edges
        if one.one in place and one.other in place
    ]
    drawn = graphs.drawn(nodes, lines)
    listed = [{**node, **shown_value(code, graph.nodes[at])} for node, at in zip(drawn["nodes"], kept, strict=False)]
    return {"drawing": drawn, "values": listed, "looked_at": graph.looked_at}


def shown_value(code: str, value: facts.Value) -> dict[str, Any]:
    """A value with its figures, each leading to its rows."""
    return {
        "kind": value.kind,
        "said": value_said(value.kind, value.value),
        "value": value.value,
        "reports": value.reports,
        "url": value_url(code, value),
        "elsewhere": value.elsewhere,
        "search_url": f"{_search_path()}?{urlencode({'q': value.value})}",
        "hub": hub_said(value),
        "measures": [{"code": one, "url": measure_url(one)} for one in value.measures[:SHOWN_MEASURES]],
        "more_measures": max(len(value.measures) - SHOWN_MEASURES, 0),
    }


def _graph_node(code: str, value: facts.Value) -> graphs.Node:
    said = value_said(value.kind, value.value)
    short = f"…{value.value[-4:]}" if value.kind in ("account", "phone", "wallet") else said
    return graphs.Node(
        kind=value.kind,
        short=short if len(short) <= SHORT else short[: SHORT - 1] + "…",
        told=told_of_value(value),
        count=value.reports,
        url=value_url(code, value),
        hub=hub_said(value),
    )


def shown_growth(code: str, days: Sequence[facts.Day], marks: Iterable[growth.Mark], now: datetime) -> dict[str, Any]:
    """The reports by day (by week, if it took long), each bar leading to its rows; with what was done below."""
    if not days:
        return growth.drawn([], [], growth.DAY)
    first, last = (_begin(day) for day in (days[0].day, max(days[-1].day, now.astimezone(VIETNAM).date())))
    step = max(growth.step_for(first, last), growth.DAY)
    starts = growth.starts(first, last, step)
    counts = [0] * len(starts)
    for day in days:
        at = int((_begin(day.day) - starts[0]) / step)
        if at >= 0:
            counts[at] += day.reports
    bars = [_growth_bar(code, at, count, step) for at, count in zip(starts, counts, strict=True)]
    return growth.drawn(bars, list(marks), step)


def shown_hours(
    code: str, hours: Sequence[tuple[datetime, int]], marks: Iterable[growth.Mark], now: datetime
) -> dict[str, Any]:
    """The same by the hour."""
    if not hours:
        return growth.drawn([], [], growth.HOUR)
    counts = dict(hours)
    bars = [
        growth.Bar(at, count, f"{shown(at)}: {_reports_said(count)}", rows_url(code, gio=at.isoformat()))
        for at in growth.starts(hours[0][0], now, growth.HOUR)
        for count in [counts.get(at, 0)]
    ]
    return growth.drawn(bars, list(marks), growth.HOUR)


def _reports_said(count: int) -> str:
    return ngettext("%(n)s báo cáo", "%(n)s báo cáo", count) % {"n": number(count)}


def _growth_bar(code: str, at: datetime, count: int, step: timedelta) -> growth.Bar:
    last = at + step - growth.DAY
    when = f"{at:%d/%m/%Y}" if step == growth.DAY else f"{at:%d/%m} – {last:%d/%m/%Y}"
    return growth.Bar(
        at, count, f"{when}: {_reports_said(count)}", rows_url(code, tu=f"{at:%Y-%m-%d}", den=f"{last:%Y-%m-%d}")
    )


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def marks_of(measures: Iterable[Measure], judged: Iterable[facts.Judged]) -> list[growth.Mark]:
    """What was done, as it stands under the bars."""
    sent = [
        growth.Mark(one.proposed_at, "measure", f"{shown(one.proposed_at)}: {measure_said(one)}", measure_url(one.code))
        for one in measures
    ]
    said = [
        growth.Mark(one.at, "judgement", f"{shown(one.at)}: {say(one.what)}", f"#judgement-{one.id}")
        for one in judged
        if not one.is_engine
    ]
    return sent + said


def measure_said(measure: Measure) -> str:
    """What a measure does to what."""
    return f"{say(SAID[Kind(measure.kind)])}, {notices.object_said(measure)}"


def shown_measure_row(measure: Measure, now: datetime) -> dict[str, Any]:
    """A measure as a row."""
    return {
        "code": measure.code,
        "url": measure_url(measure.code),
        "kind": say(SAID[Kind(measure.kind)]),
        "object": notices.object_said(measure),
        "amount": measure.amount,
        "state": CHIPS[state_now(measure, now)],
        "at": measure.proposed_at,
        "report": measure.report.code,
    }


@lru_cache(1024)
def measure_url(code: str) -> str:
    """Where a measure is shown."""
    return reverse("officers:measure", args=[code])


@cache
def _search_path() -> str:
    return reverse("officers:search")


def story(line: facts.Facts, measures: Sequence[Measure], judged: Sequence[facts.Judged]) -> list[dict[str, Any]]:
    """What happened, the oldest first: the first report, what was decided, what was judged, the newest report."""
    steps = [{"state": "done", "label": _("Báo cáo đầu tiên"), "at": line.first_at}]
    steps += [
        {"state": "done", "label": measure_said(one), "at": one.proposed_at, "note": one.code} for one in measures
    ]
    steps += [
        {"state": "failed" if one.undone_at else "done", "label": say(one.what), "at": one.at, "note": _story_note(one)}
        for one in judged
        if not one.is_engine
    ]
    if line.reports > 1:
        steps.append({"state": "now", "label": _("Báo cáo mới nhất"), "at": line.last_at})
    return sorted(steps, key=lambda step: step["at"])


def _story_note(one: facts.Judged) -> str:
    return _("%(who)s; đã hoàn tác") % {"who": one.by} if one.undone_at else one.by


def shown_judgements(rows: Sequence[facts.Judged]) -> list[dict[str, Any]]:
    """Judgements with who, why, and whether they can be undone: the newest of those by the key `z`."""
    newest = next((one.id for one in rows if one.can_undo), None)
    return [{**_shown_judged(one), "letter": "z" if one.id == newest else ""} for one in rows]


def _shown_judged(one: facts.Judged) -> dict[str, Any]:
    return {
        "id": one.id,
        "key": str(one.id),
        "what": say(one.what),
        "why": one.why,
        "by": one.by,
        "is_engine": one.is_engine,
        "at": one.at,
        "reports": one.reports,
        "undone_at": one.undone_at,
        "undone_by": one.undone_by,
        "can_undo": one.can_undo,
    }


def shown_suggestion(code: str, one: facts.Suggestion) -> dict[str, Any]:
    """A suggestion with its reasons; `words` is what is written down as the reason if the officer follows it."""
    reasons = [NAMED.sub(_named_in_words, say(reason)) for reason in one.reasons]
    return {
        "what": one.what,
        "code": code,
        "other": one.other,
        "other_name": one.other_name or one.other,
        "other_url": reverse("officers:campaign", args=[one.other]) if one.other else "",
        "other_reports": one.other_reports,
        "reports": one.reports,
        "report_ids": [str(ident) for ident in one.report_ids],
        "reasons": reasons,
        "kind": one.kind,
        "said": value_said(one.kind, one.value) if one.value else "",
        "words": (_("Theo gợi ý: %(why)s") % {"why": "; ".join(reasons)})[:500],
    }


def shown_candidate(one: facts.Candidate) -> dict[str, Any]:
    """A measure that could be proposed, with what speaks for it and against it."""
    evidence = [_in_words(say(said), one.object_kind) for said in one.evidence]
    return {
        "kind": one.kind,
        "label": say(SAID[Kind(one.kind)]),
        "object_kind": one.object_kind,
        "object": one.object_value,
        "said": value_said(one.object_kind, one.object_value),
        "report": one.report_code,
        "report_url": reverse("officers:report", args=[one.report_code]),
        "amount": one.amount,
        "evidence": evidence,
        "against": [_in_words(say(said), one.object_kind) for said in one.against],
        "words": ("; ".join(evidence))[:500],
        "bases": basis_choices(Kind(one.kind)),
    }


def _named_in_words(found: re.Match[str]) -> str:
    return f"{kind_said(found[1]).lower()} {value_said(found[1], found[2])}"


def _in_words(text: str, kind: str) -> str:
    """A sentence that calls a kind by its code, with the word for it."""
    return re.sub(rf"\b{re.escape(kind)}\b", kind_said(kind).lower(), text) if kind else text


def shown_member(one: facts.Member) -> dict[str, Any]:
    """A report of a campaign as a row."""
    return {
        "id": str(one.report_id),
        "code": one.code,
        "url": reverse("officers:report", args=[one.code]),
        "channel": Channel(one.channel).label,
        "received_at": one.received_at,
        "state": "erased" if one.is_erased else "closed" if one.is_closed else "open",
        "amount": one.amount,
        "same_loss": one.same_loss,
        "why": why_said(one),
        "stray": one.stray,
    }


def campaign_of(officer: Officer, report: Report) -> dict[str, Any] | None:
    """The campaign in which a report stands, and why it stands there; None while it is not placed, or who may not know."""
    if not rights.is_allowed(officer, "campaigns.list", on=report.owner):
        return None
    line = queries.campaign_of(officer, report.pk)
    if line is None:
        return None
    member = reading.member(officer, report.pk)
    return {
        **shown_line(line),
        "why": why_said(member) if member else "",
        "with_code": member.with_code if member else "",
        "with_url": reverse("officers:report", args=[member.with_code]) if member and member.with_code else "",
        "stray": bool(member and member.stray),
        "same_loss": bool(member and member.same_loss),
        "can_cut": line.reports > 1 and rights.is_allowed(officer, "campaigns.judge", on=report.owner),
    }


def rests_on(officer: Officer, measure: Measure) -> dict[str, Any] | None:
    """The campaign from which a measure was proposed, and what was judged; None if it rests on its report alone."""
    if not rights.is_allowed(officer, "campaigns.list"):
        return None
    pin = reading.pin_of(officer, measure)
    if pin is None:
        return None
    return {
        "code": pin.code,
        "name": named(pin.name, pin.name_en, pin.code),
        "url": reverse("officers:campaign", args=[pin.code]) if pin.may_open else "",
        "at": pin.at,
        "judged": [
            {"what": say(one.what), "by": one.by, "at": one.at, "undone_at": one.undone_at, "undone_by": one.undone_by}
            for one in pin.judged
        ],
    }


def why_said(one: facts.Member) -> str:
    """Why the engine put a report where it stands."""
    if one.why_kind == TEXT:
        try:
            percent = round(float(one.why_value) * 100)
        except ValueError:
            return _("Lời văn giống nhau")
        return _("Lời văn giống %(p)d %%") % {"p": percent}
    if one.why_kind:
        return _("Cùng nêu %(what)s") % {
            "what": f"{kind_said(one.why_kind).lower()} {value_said(one.why_kind, one.why_value)}"
        }
    return _("Báo cáo đầu tiên") if not one.with_code else _("Máy đặt vào đây")


def shown_map(
    found: Sequence[facts.Locality], provinces: Mapping[str, str], province_of: Mapping[str, str]
) -> dict[str, Any] | None:
    """The map of today's provinces, by whose reports they are; None if none is a province's. `province_of`: by a unit's code."""
    counts: dict[str, int] = {}
    for one in found:
        province = province_of.get(one.code, NOWHERE)
        counts[province] = counts.get(province, 0) + one.reports
    if not set(counts) - {NOWHERE}:
        return None
    cells = {
        code: maps.Cell(name, counts.get(code, 0), str(counts.get(code, "")), f"{name}: {number(counts.get(code, 0))}")
        for code, name in provinces.items()
    }
    return maps.drawn(localities.maps()[-1].code, cells, lambda value: number(int(value)))


def money_strip(line: facts.Facts, held: int) -> dict[str, Any]:
    """The campaign's money: each loss once, and what is held of it now."""
    again = ngettext(
        "%(n)s báo cáo kể lại một khoản đã tính (%(sum)s)",
        "%(n)s báo cáo kể lại một khoản đã tính (%(sum)s)",
        line.told_again,
    )
    return {
        "lost": line.lost,
        "held": held,
        "again": again % {"n": number(line.told_again), "sum": vnd(line.lost_again)} if line.told_again else "",
    }


def _language() -> str:
    return get_language() or "vi"
