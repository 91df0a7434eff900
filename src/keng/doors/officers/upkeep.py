"""An organisation's own data: propose a change, read a proposal, decide on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keng.base import clock
from keng.base.errors import KengError
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.facts import OwnFacts, read_facts, written_contacts, written_equipment
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.upkeep import actions, queries
from keng.desk.ground.upkeep.models import ProposalState
from keng.doors.officers.frame import attempt, officer_of, signed_in
from keng.doors.officers.frame import show as show_page
from keng.doors.officers.organisations import organisation_of, shown

PARTS = ("name", "name_en", "hours", "contacts", "equipment")
LARGEST_BASE = 2**31 - 1


class FactsForm(forms.Form):
    """All that an organisation says of itself, as its keeper writes it."""

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_BASE)
    name = forms.CharField(label=gettext_lazy("Tên"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Tên tiếng Anh"), max_length=200)
    hours = forms.CharField(
        label=gettext_lazy("Giờ làm việc"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("24/7, hoặc như T2-T6 07:30-17:00; T7 08:00-11:30"),
    )
    contacts = forms.CharField(
        label=gettext_lazy("Đầu mối liên hệ"),
        max_length=12_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Mỗi dòng: loại | số hoặc địa chỉ | giờ | ghi chú. Loại: điện thoại, thư, fax, trang web, bưu chính."
        ),
    )
    equipment = forms.CharField(
        label=gettext_lazy("Trang bị"),
        max_length=12_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Mỗi dòng: tên | số lượng | ghi chú."),
    )
    why = forms.CharField(label=gettext_lazy("Lý do"), max_length=500)
    facts: OwnFacts

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(name in self.errors for name in PARTS):
            try:
                self.facts = read_facts(*(data.get(name, "") for name in PARTS))
            except KengError as error:
                self.add_error(error.field, error.said.in_language(get_language() or "vi"))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Write a proposal; nothing changes before somebody else approves it."""
    officer, organisation = officer_of(request), organisation_of(request, code)
    rights.require(officer, "upkeep.propose", on=organisation)
    if request.method != "POST":
        return _form_page(request, organisation, FactsForm(initial=_as_written(organisation)))
    form = FactsForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.propose(officer, organisation, data["base"], form.facts, data["why"], now=clock.now())
        except KengError as error:
            if error.code == "not_allowed":
                raise
            form.add_error(None, error.said.in_language(get_language() or "vi"))
        else:
            return redirect("officers:proposal", ident=made.pk)
    return _form_page(request, organisation, form, status=422)


@require_safe
@signed_in
def show(request: HttpRequest, ident: UUID) -> HttpResponse:
    """A proposal: what goes, what comes, why, and who decided."""
    officer, proposal = officer_of(request), actions.get_proposal(ident)
    rights.require(officer, "upkeep.read", on=proposal.organisation)
    language = get_language() or "vi"
    is_open = proposal.state == ProposalState.OPEN
    is_mine = proposal.proposed_by_id == officer.pk
    may = is_open and rights.is_allowed(officer, "upkeep.approve", on=proposal.organisation)
    context = {
        "organisation": shown(proposal.organisation),
        "proposal": proposal,
        "changes": [
            {"part": one.part.in_language(language), "gone": one.gone, "new": one.new}
            for one in queries.changes_of(proposal)
        ],
        "is_stale": is_open and proposal.base != proposal.organisation.version,
        "can_decide": may and not is_mine,
        "why_not": _("Người duyệt phải là người khác.") if may and is_mine else "",
    }
    return show_page(request, "officers/proposal.html", context)


@require_POST
@signed_in
def approve(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Put the proposed facts in force."""
    officer = officer_of(request)
    attempt(request, _("Đã duyệt. Dữ liệu mới có hiệu lực."), lambda: actions.approve(officer, ident, now=clock.now()))
    return redirect("officers:proposal", ident=ident)


@require_POST
@signed_in
def decline(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Leave everything as it stands."""
    officer, reason = officer_of(request), request.POST.get("reason", "")
    attempt(request, _("Đã ghi: không duyệt."), lambda: actions.decline(officer, ident, reason, now=clock.now()))
    return redirect("officers:proposal", ident=ident)


def _as_written(organisation: Organisation) -> dict[str, Any]:
    facts = organisations.facts_of(organisation)
    return {
        "base": organisation.version,
        "name": facts.name,
        "name_en": facts.name_en,
        "hours": facts.hours,
        "contacts": written_contacts(facts.contacts),
        "equipment": written_equipment(facts.equipment),
    }


def _form_page(request: HttpRequest, organisation: Organisation, form: FactsForm, status: int = 200) -> HttpResponse:
    url = reverse("officers:propose_changes", args=[organisation.code])
    context = {"organisation": shown(organisation), "form": form, "language_url": url if status != 200 else ""}
    return show_page(request, "officers/propose.html", context, status=status)
