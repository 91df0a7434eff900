"""What every officers' page has: somebody signed in, the places to go, and what the last action did."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from keng.base.errors import KengError, RefusedError, Said
from keng.desk.fraud.erasure import queries as erasures
from keng.desk.fraud.registers import queries as registers
from keng.desk.ground.counting import count_each
from keng.desk.ground.jobs import queries as jobs
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer, Role

NOT_IN = Said(
    "Hãy vào làm việc trước: phiên của bạn chưa bắt đầu hoặc đã hết.",
    "Sign in first: your session has not begun or is over.",
)
ASKED_ELSEWHERE = ("not_allowed", "proof_needed")  # told by a page of their own

IN_THE_BAR = 8  # places; what a row of 1280 pixels holds
DAILY = ("queue", "measures", "campaigns", "search", "partners", "review")  # never aside
LEADERS = ("registers.list",)  # what is shown to who leads alone

_COUNTED = "_counts_of_the_bar"

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Let only officers through; nothing of these pages is kept by a cache."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *arguments: Any, **keywords: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            raise RefusedError("not_signed_in", NOT_IN)
        return view(request, *arguments, **keywords)

    return guarded


def officer_of(request: HttpRequest) -> Officer:
    """Who is signed in."""
    assert isinstance(request.user, Officer)  # noqa: S101 - `signed_in` let nobody else through
    return request.user


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page in the officers' frame."""
    officer = officer_of(request)
    held = rights.first_role(officer)
    said = list(messages.get_messages(request))
    notice = {"text": str(said[-1]), "tone": "urgent" if said[-1].level >= messages.ERROR else "good"} if said else None
    frame = {
        "officer": {
            "display_name": officer.display_name,
            "unit": held.unit_name if held else officer.unit_name,
            "role": Role(held.role).label if held else officer.get_role_display(),
        },
        **in_the_bar(navigation(request, officer)),
        "notice": notice,
    }
    return render(request, template, {**frame, **context}, status=status)


def navigation(request: HttpRequest, officer: Officer) -> list[dict[str, Any]]:
    """The places that this officer may go to."""
    asked, guessed, *stuck = officer.__dict__.pop(_COUNTED, None) or count_each(*_counted(officer))
    places = [
        ("measures.list", "officers:queue", _("Hàng chờ"), "1", None),
        ("measures.list", "officers:measures", _("Lệnh"), "2", None),
        ("campaigns.list", "officers:campaigns", _("Chiến dịch"), "-", None),
        ("followup.list", "officers:followups", _("Sau đối chiếu"), ",", None),
        ("reports.list", "officers:search", _("Tìm"), "3", None),
        ("jurisdiction.answer", "officers:incoming", _("Chờ nhận"), "4", None),
        ("erasure.list", "officers:erasures", _("Yêu cầu xoá"), "5", asked or None),
        ("outbox.list", "officers:dead_letters", _("Thư kẹt"), "6", sum(stuck) or None),
        ("partners.list", "officers:partners", pgettext("bar", "Đối tác"), "7", None),
        ("organisations.list", "officers:organisations", _("Đơn vị"), "8", None),
        ("rules.list", "officers:rules", _("Quy định"), "9", None),
        ("ledger.list", "officers:ledger", _("Sổ ghi"), "0", None),
        ("review.read", "officers:review", _("Tổng kết"), "=", None),
        ("models.read", "officers:machine", _("Máy đọc"), ".", None),
        ("registers.list", "officers:registers", _("Bộ hồ sơ"), ";", guessed or None),
    ]
    return [
        {"url": _url(name), "label": label, "key": key, "current": request.path == _url(name), "count": count}
        for verb, name, label, key, count in places
        if rights.is_allowed(officer, verb) and (verb not in LEADERS or rights.leads(officer, verb))
    ]


@cache
def _url(name: str) -> str:
    return reverse(name)


def in_the_bar(places: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """`nav` and `aside`: if the places are many, those of each day, where one is and what counts something stay in sight."""
    if len(places) <= IN_THE_BAR:
        return {"nav": places, "aside": []}
    daily = {_url(f"officers:{name}") for name in DAILY}
    seen = [place["url"] in daily or place["current"] or bool(place["count"]) for place in places]
    return {
        "nav": [place for place, is_seen in zip(places, seen, strict=True) if is_seen],
        "aside": [place for place, is_seen in zip(places, seen, strict=True) if not is_seen],
    }


def count_beside_bar(officer: Officer, *rows: QuerySet[Any]) -> list[int]:
    """How many rows each of these has. What the bar of the page counts is asked by the same query, and kept for it."""
    of_bar = _counted(officer)
    counts = count_each(*of_bar, *rows)
    officer.__dict__[_COUNTED] = counts[: len(of_bar)]
    return counts[len(of_bar) :]


def _counted(officer: Officer) -> list[QuerySet[Any] | None]:
    """What the bar counts: requests for erasure, guessing at registers, dead letters and tasks."""
    dead = jobs.dead(officer) if rights.is_allowed(officer, "outbox.list") else (None, None)
    asked = erasures.open_ones(officer) if rights.is_allowed(officer, "erasure.list") else None
    return [asked, registers.open_guessing(officer), *dead]


def attempt(request: HttpRequest, done: str, act: Callable[[], object]) -> bool:
    """Do it and say so, or say in the reader's language why it was refused. What the role may never do stays an error, and
    what needs a fresh proof leads to where one gives it."""
    try:
        act()
    except KengError as error:
        if error.code in ASKED_ELSEWHERE:
            raise
        messages.error(request, error.said.in_language(get_language() or "vi"))
        return False
    messages.success(request, done)
    return True


def home_of(officer: Officer) -> HttpResponse:
    """Where a role begins its work."""
    if rights.is_allowed(officer, "measures.list"):
        return redirect("officers:queue")
    held = rights.first_role(officer)
    if held is not None and held.role == Role.PARTNER:
        return redirect("partner_desk:home")
    if held is None or rights.is_allowed(officer, "outbox.list"):
        return redirect("officers:dead_letters")
    return redirect("officers:organisation", code=held.path.strip("/").rpartition("/")[2])
