"""A clerk hands registers in and sees what came of them; asks one question at opening time."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError, KengError, Said
from keng.base.times import VIETNAM, day_in_vietnam
from keng.desk.fraud.registers import actions, asking, handing_in, queries, scope
from keng.desk.fraud.registers.models import FileForm, Register, RegisterState
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners.models import Partner, PartnerKind
from keng.desk.ground.people import rights
from keng.doors import registers as view
from keng.doors.officers.registers import asked_province, rows_context
from keng.doors.partner_desk.frame import attempt, officer_of, show, signed_in
from keng.doors.told import answer_api_error
from keng.vietnam import rules
from keng.vietnam.rules import purposes

KIND_OF = {PartnerKind.CARRIER.value: "sim", PartnerKind.BANK.value: "account"}
NO_FILE = Said("Hãy chọn một tệp CSV hoặc Parquet.", "Choose a CSV or Parquet file.")
BAD_SIZE = Said("Kích thước không đọc được.", "The size cannot be read.")
MOST_FORM = 12 * 2**20  # bytes of a file sent by the plain form


class QuestionForm(forms.Form):
    """What the customer says at the counter."""

    purpose = forms.ChoiceField(label=gettext_lazy("Mục đích"))
    holder_id = forms.CharField(
        label=gettext_lazy("Số định danh"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Họ tên"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    date_of_birth = forms.CharField(
        label=gettext_lazy("Ngày sinh"),
        max_length=10,
        help_text=gettext_lazy("Như 05/03/1990."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, partner: Partner, day: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        found = purposes.purposes_for(asking.USES.get(partner.kind, ""), day)
        self.fields["purpose"].choices = [(one.code, view.say(one.said)) for one in found]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Registers that were handed in, and a form for the next one."""
    officer, now = officer_of(request), clock.now()
    own = scope.partners_of(officer, "registers.own", now=now)
    if request.method == "POST":
        return _take_file(request, now)
    context = {
        "rows": [view.shown(one) for one in queries.of_partners(own)],
        "submitters": [_submitter(one, now) for one in own if one.kind in KIND_OF],
        "part_bytes": handing_in.MOST_PART,
        "most_form": MOST_FORM // 2**20,
    }
    return show(request, "partner_desk/registers.html", context)


@require_POST
@signed_in
def begin(request: HttpRequest) -> HttpResponse:
    """For the page's script: open a register whose parts follow. JSON."""
    return _json(lambda: _told(_open(request, request.POST.get("name", ""), request.POST.get("size", ""), clock.now())))


@require_safe
@signed_in
def standing(request: HttpRequest, code: str) -> HttpResponse:
    """For the page's script: how many bytes are here. JSON."""
    return _json(lambda: _told(scope.get_for_clerk(officer_of(request), "registers.hand_in", code, now=clock.now())))


@require_POST
@signed_in
def part(request: HttpRequest, code: str) -> HttpResponse:
    """For the page's script: one part, its place and hash in the address. JSON."""
    register = scope.get_for_clerk(officer_of(request), "registers.hand_in", code, now=clock.now())
    offset, sha256 = _size(request.GET.get("offset", "")), request.GET.get("sha256", "")
    return _json(lambda: _told(actions.take_part(register.partner, register.pk, offset, request.body, sha256, store())))


@require_POST
@signed_in
def finish(request: HttpRequest, code: str) -> HttpResponse:
    """For the page's script: all parts are here. JSON."""
    officer, now = officer_of(request), clock.now()
    register = scope.get_for_clerk(officer, "registers.hand_in", code, now=now)
    sha256 = request.POST.get("sha256", "")
    return _json(lambda: _told(actions.finish(register.partner, register.pk, sha256, actor=officer.actor, now=now)))


@require_POST
@signed_in
def abandon(request: HttpRequest, code: str) -> HttpResponse:
    """Leave a hand-in that is not whole."""
    officer, now = officer_of(request), clock.now()
    register = scope.get_for_clerk(officer, "registers.hand_in", code, now=now)
    attempt(
        request,
        _("Đã bỏ lần nộp này."),
        lambda: actions.abandon(register.partner, register.pk, actor=officer.actor, now=now),
    )
    return redirect("partner_desk:registers")


@require_safe
@signed_in
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One's own register: progress, faults, results."""
    register = _own(request, code)
    context: dict[str, Any] = {
        "register": view.shown(register),
        "faults": view.faults(register),
        "fault_count": register.fault_count,
    }
    if register.state == RegisterState.CLEANSED and not register.erased_at:
        base = reverse("partner_desk:register_rows", args=[code])
        context["results"] = view.results(register, queries.counts_of(register), base, asked_province(request))
    return show(request, "partner_desk/register.html", context)


@require_safe
@signed_in
def live(request: HttpRequest, code: str) -> HttpResponse:
    """The part of it that stays fresh."""
    return render(request, "look/parts/register_progress.html", {"register": view.shown(_own(request, code))})


@require_safe
@signed_in
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """Its records, narrowed."""
    register = _own(request, code)
    return show(
        request,
        "partner_desk/register_rows.html",
        {"register": view.shown(register), **rows_context(request, register)},
    )


@require_safe
@signed_in
def export(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """All its records as a file."""
    register = _own(request, code)
    return view.export(register, form, queries.rows_of(register), register.records or 0)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def question(request: HttpRequest) -> HttpResponse:
    """One question: yes, no, or partly with the names of fields."""
    officer, now = officer_of(request), clock.now()
    own = [one for one in scope.partners_of(officer, "registers.ask", now=now) if one.kind in asking.USES]
    if not own:
        raise rights.refusal()
    partner, today = own[0], now.astimezone(VIETNAM).date()
    form = QuestionForm(request.POST if request.method == "POST" else None, partner=partner, day=today)
    context: dict[str, Any] = {"form": form, "partner": partner.name, "answer": None, "refused": ""}
    if request.method == "POST" and form.is_valid():
        rights.require(officer, "registers.ask", on=partner.organisation, now=now)
        try:
            found = actions.ask(partner, actions.Question(**form.cleaned_data), store(), actor=officer.actor, now=now)
            context["answer"] = {"code": found.answer, "fields": view.fields_said(found.fields)}
            context["form"] = QuestionForm(
                initial={"purpose": form.cleaned_data["purpose"]}, partner=partner, day=today
            )
        except KengError as error:
            context["refused"] = view.say(error.said)
    begun = datetime.combine(today, datetime.min.time(), VIETNAM)
    context |= {
        "asked": queries.asked_today([partner], begun).get(partner.pk, 0),
        "most": rules.limit("registers.questions", today).value,
    }
    return show(request, "partner_desk/question.html", context, 200 if not form.errors else 422)


def _submitter(partner: Partner, now: datetime) -> dict[str, Any]:
    kind = KIND_OF[partner.kind]
    found = purposes.purposes_for(kind, day_in_vietnam(now))
    return {
        "code": partner.pk,
        "name": partner.name,
        "kind": view.say(view.KINDS[kind]),
        "purposes": [(one.code, view.say(one.said), one.confirmed_by is not None) for one in found],
    }


def _open(request: HttpRequest, name: str, size: str | int, now: datetime) -> Register:
    officer = officer_of(request)
    own = {one.pk: one for one in scope.partners_of(officer, "registers.hand_in", now=now)}
    partner = own.get(request.POST.get("partner", ""))
    if partner is None:
        raise rights.refusal()
    rights.require(officer, "registers.hand_in", on=partner.organisation, now=now)
    form = FileForm.PARQUET if name.lower().endswith(".parquet") else FileForm.CSV
    wanted = actions.Wanted(KIND_OF.get(partner.kind, ""), form, request.POST.get("purpose", ""), _size(size), name)
    return actions.open_register(partner, wanted, store(), actor=officer.actor, now=now)


def _take_file(request: HttpRequest, now: datetime) -> HttpResponse:
    """Without the page's script: the whole file in one form."""
    made: list[Register] = []
    if not attempt(request, _("Đã nhận tệp. Kẻng đang kiểm."), lambda: made.append(_take_whole(request, now))):
        return redirect("partner_desk:registers")
    return redirect("partner_desk:register", code=made[0].code)


def _take_whole(request: HttpRequest, now: datetime) -> Register:
    file = request.FILES.get("file")
    if file is None:
        raise InputError("no_file", NO_FILE, field="file")
    content = file.read()
    register = _open(request, file.name or "", len(content), now)
    for offset in range(0, len(content), handing_in.MOST_PART):
        some = content[offset : offset + handing_in.MOST_PART]
        actions.take_part(register.partner, register.pk, offset, some, hashlib.sha256(some).hexdigest(), store())
    digest = hashlib.sha256(content).hexdigest()
    return actions.finish(register.partner, register.pk, digest, actor=officer_of(request).actor, now=now)


def _own(request: HttpRequest, code: str) -> Register:
    return scope.get_for_clerk(officer_of(request), "registers.own", code, now=clock.now())


def _told(register: Register) -> dict[str, Any]:
    return {
        "code": register.code,
        "size": register.size,
        "received": register.received,
        "state": register.state,
        "url": reverse("partner_desk:register", args=[register.code]),
        "part_url": reverse("partner_desk:register_part", args=[register.code]),
        "finish_url": reverse("partner_desk:register_finish", args=[register.code]),
    }


def _json(act: Any) -> HttpResponse:
    try:
        return JsonResponse(act())
    except KengError as error:
        if error.code == "not_allowed":
            raise
        return answer_api_error(error)


def _size(text: str | int) -> int:
    if isinstance(text, int):
        return text
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise InputError("bad_size", BAD_SIZE, field="size")
    return int(text)
