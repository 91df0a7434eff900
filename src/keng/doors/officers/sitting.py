"""From flood to order: one suggestion after the other, one key each. What was done in a sitting can be undone step by step.

The session keeps what was put off, what was judged and which campaigns had nothing to suggest: numbers and codes, nothing of
any report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.desk.fraud.campaigns import actions, facts, queries, reading
from keng.desk.ground.keys.queries import store
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers import campaign_view as view
from keng.doors.officers.aligned import shown_texts
from keng.doors.officers.frame import attempt, officer_of, show, signed_in

BACK = "sap-xep"
KEPT = "sitting"
MOST_KEPT = 1000  # put off, and judged, that a sitting remembers
VALUES = 10  # of each side
TEXTS = 4  # of each side, if asked for
PURPOSE = "triage"


@require_safe
@signed_in
def sit(request: HttpRequest) -> HttpResponse:
    """The next suggestion that was neither decided nor put off."""
    officer = officer_of(request)
    rights.require_to_read(officer, "campaigns.judge")
    return show(request, "officers/sitting.html", _context(request, officer))


@require_POST
@signed_in
def later(request: HttpRequest) -> HttpResponse:
    """Put a suggestion off for this sitting."""
    rights.require(officer_of(request), "campaigns.judge")
    kept = _kept(request)
    key = request.POST.get("key", "")[:80]
    if key:
        kept["later"] = [*(one for one in kept["later"] if one != key), key][-MOST_KEPT:]
        request.session[KEPT] = kept
    return redirect("officers:sitting")


@require_POST
@signed_in
def again(request: HttpRequest) -> HttpResponse:
    """Take up again what was put off."""
    rights.require(officer_of(request), "campaigns.judge")
    request.session[KEPT] = {**_kept(request), "later": [], "clean": []}
    return redirect("officers:sitting")


@require_POST
@signed_in
def back(request: HttpRequest) -> HttpResponse:
    """Undo the last judgement of this sitting."""
    officer, kept = officer_of(request), _kept(request)
    rights.require(officer, "campaigns.judge")
    if kept["done"]:
        *kept["done"], last = kept["done"]
        words = _("Hoàn tác ngay trong lúc sắp xếp")
        if attempt(request, _("Đã hoàn tác bước trước."), lambda: actions.undo(officer, last, words, now=clock.now())):
            kept["undone"] += 1
        request.session[KEPT] = {**kept, "clean": []}
    return redirect("officers:sitting")


@require_POST
@signed_in
def texts(request: HttpRequest) -> HttpResponse:
    """The same suggestion with the newest texts of both sides beside each other: each is a look that its reporter sees."""
    officer, now = officer_of(request), clock.now()
    rights.require(officer, "campaigns.judge")
    rights.require_to_read(officer, "reports.look")
    context = _context(request, officer)
    if context["suggestion"] and context["suggestion"]["key"] == request.POST.get("key", ""):
        codes = [side["code"] for side in context["sides"]]
        opened = [
            one for code in codes for one in actions.read_texts(officer, code, PURPOSE, store(), now=now, most=TEXTS)
        ]
        context |= {"texts": shown_texts(opened)}
    return show(request, "officers/sitting.html", {**context, "language_url": request.path.removesuffix("loi-van/")})


def remember(request: HttpRequest, judgement: int) -> None:
    """A judgement that this sitting can undo."""
    kept = _kept(request)
    kept["done"] = [*kept["done"], judgement][-MOST_KEPT:]
    request.session[KEPT] = kept


def key_of(code: str, one: facts.Suggestion) -> str:
    """What a suggestion is called while a sitting lasts: both codes, either way round; a split by what it takes out."""
    if one.what == "join":
        return "|".join(sorted((code, one.other)))
    return f"{code}/{one.kind}:{one.value[:40]}" if one.value else f"{code}/{min(map(str, one.report_ids), default='')}"


def _kept(request: HttpRequest) -> dict[str, Any]:
    kept = request.session.get(KEPT) or {}
    lists = {name: list(kept.get(name, ())) for name in ("later", "done", "clean")}
    return {**lists, "undone": int(kept.get("undone", 0))}


def _context(request: HttpRequest, officer: Officer) -> dict[str, Any]:
    kept = _kept(request)
    passed = frozenset(kept["later"])
    found, clean = reading.next_to_sort(officer, lambda code, one: key_of(code, one) not in passed, kept["clean"])
    if clean and found:
        kept["clean"] = [*kept["clean"], *clean][-MOST_KEPT:]
        request.session[KEPT] = kept
    elif kept["clean"] and not found:  # once more from the beginning: what had nothing may have something now
        request.session[KEPT] = {**kept, "clean": []}
    figures = {"done": len(kept["done"]), "later": len(kept["later"]), "undone": kept["undone"], "texts_each": TEXTS}
    if found is None:
        return {"suggestion": None, "sides": [], **figures}
    code, suggestion = found
    sides = [queries.get_campaign(officer, code)]
    if suggestion.what == "join":
        sides.append(queries.get_campaign(officer, suggestion.other))
    return {
        "suggestion": {**view.shown_suggestion(code, suggestion), "key": key_of(code, suggestion)},
        "sides": _sides(officer, sides),
        "may_look": rights.is_allowed(officer, "reports.look"),
        **figures,
    }


def _sides(officer: Officer, sides: Sequence[facts.Facts]) -> list[dict[str, Any]]:
    """Each campaign with its values, those that both name first and marked."""
    values = [queries.values_of(officer, side.code) for side in sides]
    both = set.intersection(*({(one.kind, one.value) for one in own} for own in values)) if len(values) > 1 else set()
    return [
        {
            "code": side.code,
            "name": view.named(side.name, side.name_en, side.code),
            "url": reverse("officers:campaign", args=[side.code]),
            "reports": side.reports,
            "lost": side.lost,
            "first_at": side.first_at,
            "last_at": side.last_at,
            "values": [
                {**view.shown_value(side.code, one), "is_shared": (one.kind, one.value) in both}
                for one in sorted(own, key=lambda one: ((one.kind, one.value) not in both, one.is_hub))[:VALUES]
                if one.reports >= view.FEWEST_NAMED or (one.kind, one.value) in both
            ],
        }
        for side, own in zip(sides, values, strict=True)
    ]
