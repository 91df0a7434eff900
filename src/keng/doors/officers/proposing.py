"""The forms by which an officer proposes a measure for an object that the report names: one form a kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from keng.base import clock
from keng.base.errors import KengError
from keng.base.times import day_in_vietnam
from keng.desk.fraud.measures.actions import Document, Proposal
from keng.desk.fraud.measures.kinds import OBJECTS, SAID, SCOPES, SCOPES_OF, Kind, Target
from keng.desk.fraud.measures.routing import serving_partners
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules
from keng.vietnam.order import order_key

PROPOSED_HERE = tuple(kind for kind in Kind if kind != Kind.HOLD_FUNDS)
SEPARATOR = "|"  # between the kind and the value of an object, in a form


class ProposalForm(forms.Form):
    """What a second officer will decide on. Fields that a kind does not need are left out."""

    object = forms.ChoiceField(label=gettext_lazy("Đối tượng"))
    basis = forms.ChoiceField(label=gettext_lazy("Căn cứ"))
    scope = forms.MultipleChoiceField(label=gettext_lazy("Dữ liệu cần giữ nguyên"), widget=forms.CheckboxSelectMultiple)
    partners = forms.MultipleChoiceField(
        label=gettext_lazy("Hỏi ai"),
        help_text=gettext_lazy("Không chọn: mọi nơi quản lý đối tượng này."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    document_number = forms.CharField(label=gettext_lazy("Số quyết định"), max_length=100)
    document_date = forms.DateField(
        label=gettext_lazy("Ngày ký"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    document_body = forms.CharField(label=gettext_lazy("Nơi ban hành"), max_length=200)
    reason = forms.CharField(label=gettext_lazy("Lý do"), max_length=500)
    delay_days = forms.IntegerField(
        label=gettext_lazy("Hoãn thông báo (ngày)"),
        help_text=gettext_lazy("Để trống: người bị ảnh hưởng được báo ngay."),
        min_value=1,
        max_value=90,
        required=False,
    )
    delay_reason = forms.CharField(label=gettext_lazy("Vì sao hoãn"), max_length=500, required=False)

    def __init__(self, *arguments: Any, kind: Kind, objects: list[Target], **keywords: Any) -> None:
        super().__init__(*arguments, auto_id=f"id_{kind.value}_%s", **keywords)
        self.kind = kind
        self.fields["object"].choices = [(spelled(one), said(one)) for one in objects]
        self.fields["basis"].choices = basis_choices(kind)
        if kind == Kind.PRESERVE_DATA:
            self.fields["scope"].choices = scope_choices(objects)
            self.fields["partners"].choices = partner_choices(objects)
        else:
            del self.fields["scope"], self.fields["partners"]
        if kind != Kind.RESTRICT_ACCOUNT:
            for name in ("document_number", "document_date", "document_body"):
                self.fields[name].required = False
            if kind != Kind.SUSPEND_DOMAIN:
                for name in ("document_number", "document_date", "document_body"):
                    del self.fields[name]

    def proposal(self, report_id: UUID) -> Proposal:
        """What was asked for. Call it on a valid form only."""
        data = self.cleaned_data
        object_kind, _bar, value = data["object"].partition(SEPARATOR)
        return Proposal(
            report_id,
            self.kind,
            Target(object_kind, value),
            data["basis"],
            data["reason"],
            document=Document(
                data.get("document_number", ""), data.get("document_date"), data.get("document_body", "")
            ),
            scope=tuple(data.get("scope", ())),
            partners=tuple(data.get("partners", ())),
            delay_reason=data["delay_reason"],
            delay_days=data["delay_days"] or 0,
        )


def proposal_context(
    officer: Officer, report: Report, named: reports.Named, broken: ProposalForm | None
) -> dict[str, Any]:
    """The forms that this officer may use for this report: none for an object that the report does not name."""
    if report.closed_at is not None or not rights.is_allowed(officer, "measures.propose"):
        return {"proposal_forms": []}
    language = get_language() or "vi"
    objects = objects_of(named)
    forms_by_kind = {
        kind: broken if broken and broken.kind == kind else ProposalForm(kind=kind, objects=fitting)
        for kind in PROPOSED_HERE
        if (fitting := [one for one in objects if one.kind in OBJECTS[kind]])
    }
    shown = [
        {"kind": kind.value, "label": SAID[kind].in_language(language), "form": form, "open": form is broken}
        for kind, form in forms_by_kind.items()
        if form.fields["basis"].choices
    ]
    return {"proposal_forms": shown}


def bound_form(report: Report, kind: str, data: Mapping[str, Any]) -> ProposalForm:
    """The form as it was sent. Raises Http404 for a kind that is none, or none for this page."""
    if kind not in [*PROPOSED_HERE]:
        raise Http404
    chosen, objects = Kind(kind), objects_of(reports.named_of(report))
    return ProposalForm(data, kind=chosen, objects=[one for one in objects if one.kind in OBJECTS[chosen]])


def objects_of(named: reports.Named) -> list[Target]:
    """What a report names, in the order that it does."""
    return [Target(kind, value) for kind, value in named.objects]


def basis_choices(kind: Kind) -> list[tuple[str, str]]:
    """The bases in force for a kind. One whose source nobody has confirmed says so before anybody rests a measure on it."""
    return [(one.code, _basis_said(one)) for one in rules.bases_for(kind.value, day_in_vietnam(clock.now()))]


def _basis_said(basis: rules.Basis) -> str:
    said = str(basis.said.in_language(get_language() or "vi"))
    return said if basis.confirmed_by else f"{said} ({_('nguồn chưa xác nhận')})"


def scope_choices(objects: list[Target]) -> list[tuple[str, str]]:
    """What of data can be kept about any of these objects."""
    language = get_language() or "vi"
    codes = {code for one in objects for code in SCOPES_OF[one.kind]}
    return [(code, said_.in_language(language)) for code, said_ in SCOPES.items() if code in codes]


def partner_choices(objects: list[Target]) -> list[tuple[str, str]]:
    """Everybody who serves any of these objects. One query."""
    found: dict[str, str] = {}
    known = partners.everyone()
    for one in {_served_as(target): target for target in objects}.values():
        try:
            found |= {partner.pk: partner.name for partner in serving_partners(one, known)}
        except KengError:
            continue
    return sorted(found.items(), key=lambda one: order_key(one[1]))


def _served_as(target: Target) -> str:
    if target.kind in ("phone", "sender"):
        return "carrier"
    return target.value.partition(":")[0] if target.kind in ("account", "social") else target.value


def spelled(target: Target) -> str:
    return f"{target.kind}{SEPARATOR}{target.value}"


def said(target: Target) -> str:
    """An object as an officer reads it."""
    if target.kind == "account":
        bank = reports.bank_name(target.value) or _("chưa rõ ngân hàng")
        return f"{bank} {target.value.partition(':')[2]}"
    return target.value
