"""A citizen's own page: sign in, keep receipts, see reports, appeals and who looked, sign out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError, KengError, RefusedError, Said
from keng.desk.fraud.appeals import queries as appeals
from keng.desk.fraud.registers import queries as registers
from keng.desk.fraud.reports import actions as report_actions
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.citizens import actions, queries
from keng.desk.ground.citizens.models import Stay
from keng.desk.ground.keys.queries import store
from keng.doors.citizens import oidc
from keng.doors.citizens.standing import NEXT, SESSION_KEY, stay_of
from keng.doors.looks import shown_looks
from keng.doors.registers import purpose_said
from keng.doors.story import story_told

WAITING = "oidc"
APPEALS = "/khieu-nai/"

NO_PROVIDER = Said(
    "Bản cài đặt này chưa nối với nơi định danh nào. Bạn vẫn báo và theo dõi bằng mã biên nhận.",
    "This installation is connected to no identity provider. You can report, and follow by the receipt code.",
)
NOT_IN = Said("Hãy đăng nhập trước: phiên của bạn đã hết.", "Sign in first: your session is over.")


class ReceiptForm(forms.Form):
    """The receipt of a report or an appeal, as typed."""

    code = forms.CharField(
        label=_("Mã biên nhận"),
        help_text=_("Của một báo cáo hoặc một khiếu nại. Sau khi gắn, không cần mã vẫn xem được ở đây."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Hãy gõ mã biên nhận.")},
    )


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """My page, or the way to it."""
    stay = stay_of(request)
    if stay is None:
        return render(request, "citizens/enter.html", {"is_connected": _provider_or_none() is not None})
    return _page(request, stay, ReceiptForm(), 200)


@require_safe
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Send the citizen to the provider. (A form could not: the page's policy lets forms lead nowhere else.)"""
    address, kept = oidc.begin(_provider(), now=clock.now())
    request.session[WAITING] = {**kept, NEXT: _next_of(request)}
    return redirect(address)


@require_safe
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """The citizen comes back with a code; what was kept for that serves once, whatever comes of it."""
    provider, now = _provider(), clock.now()
    kept = request.session.pop(WAITING, None)
    try:
        stay = actions.enter(oidc.finish(provider, kept, request.GET.dict(), now=now), store(), now=now)
    except KengError as error:
        actions.note_refusal(getattr(error, "why", error.code)[:60], now=now)
        raise
    request.session.cycle_key()
    request.session[SESSION_KEY] = str(stay.pk)
    return redirect(kept.get(NEXT) or "citizens:mine")


@require_POST
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out. An officer's session in the same browser, if there is one, goes on."""
    stay = stay_of(request)
    if stay:
        actions.leave(stay, now=clock.now())
    request.session.pop(SESSION_KEY, None)
    request.session.cycle_key()
    return redirect("public:home")


@require_POST
@never_cache
def keep(request: HttpRequest) -> HttpResponse:
    """Attach the report or appeal of a receipt."""
    stay, form = _stay(request), ReceiptForm(request.POST)
    if form.is_valid():
        try:
            actions.keep(stay.identity, _subject_of(form.cleaned_data["code"]), now=clock.now())
            return redirect("citizens:mine")
        except KengError as error:
            form.add_error("code", error.said.in_language(get_language() or "vi"))
    return _page(request, stay, form, 422)


@require_POST
@never_cache
def let_go(request: HttpRequest) -> HttpResponse:
    """Detach one."""
    actions.let_go(_stay(request).identity, request.POST.get("subject", ""), now=clock.now())
    return redirect("citizens:mine")


def _next_of(request: HttpRequest) -> str:
    """The page of an appeal that the citizen came from; their own page if none."""
    wanted = request.GET.get(NEXT, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(APPEALS)
    return wanted if is_ours else reverse("citizens:mine")


def _subject_of(code: str) -> str:
    """What the receipt is of. Raises InputError `no_receipt`."""
    try:
        return str(report_actions.report_of(code).subject)
    except InputError:
        return f"appeal:{appeals.track(code, store()).id}"


def _stay(request: HttpRequest) -> Stay:
    stay = stay_of(request)
    if stay is None:
        raise RefusedError("not_signed_in", NOT_IN)
    return stay


def _page(request: HttpRequest, stay: Stay, form: ReceiptForm, status: int) -> HttpResponse:
    kept = [subject.partition(":") for subject in queries.kept_by(stay.identity)]
    context: dict[str, Any] = {
        "stay": stay,
        "form": form,
        "reports": [one for kind, _colon, ident in kept if kind == "report" and (one := _report(UUID(ident)))],
        "appeals": [one for kind, _colon, ident in kept if kind == "appeal" and (one := _appeal(UUID(ident)))],
        "asked": _asked(stay.identity.person) if stay.identity.person else None,
        "language_url": reverse("citizens:mine"),
    }
    return render(request, "citizens/mine.html", context, status=status)


def _asked(person: str) -> list[dict[str, Any]]:
    """Who asked about this citizen, and who read their record, as lines of looks."""
    language = get_language() or "vi"
    officer, asked = _("Cán bộ xem hồ sơ mẫu"), {"yes": _("khớp"), "partly": _("khớp một phần"), "no": _("không khớp")}
    return [
        {
            "at": one.at,
            "until": None,
            "times": 1,
            "who": one.who or officer,
            "why": f"{purpose_said(one.purpose, language)}{f' ({asked[one.answer]})' if one.answer else ''}",
        }
        for one in registers.told_to_person(person, now=clock.now())
    ]


def _report(ident: UUID) -> dict[str, Any] | None:
    told = reports.told_to_its_keeper(ident, store(), now=clock.now())
    if told is None:
        return None
    story, language = story_told(told, now=clock.now()), get_language() or "vi"
    steps = [
        {"state": step.state, "label": step.said.in_language(language), "at": step.at, "by": step.by}
        for step in story.steps
    ]
    return {
        "subject": told.report.subject,
        "code": told.report.code,
        "received_at": told.report.received_at,
        "lost": story.money.lost,
        "held": story.money.held,
        "steps": steps,
        "last": steps[-1]["label"],
        "looks": shown_looks(told.looks),
    }


def _appeal(ident: UUID) -> dict[str, Any] | None:
    found = appeals.told_to_its_keeper(ident, store())
    return {"subject": f"appeal:{ident}", "facts": found} if found else None


def _provider_or_none() -> oidc.Provider | None:
    back_to = settings.KENG_ADDRESS + reverse("citizens:back")
    return oidc.read_provider(
        settings.KENG_IDP, settings.KENG_IDP_CLIENT, settings.KENG_IDP_SECRET_FILE, back_to, demo=settings.KENG_DEMO
    )


def _provider() -> oidc.Provider:
    provider = _provider_or_none()
    if provider is None:
        raise RefusedError("no_provider", NO_PROVIDER)
    return provider
