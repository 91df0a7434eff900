"""The villages and residential groups of a commune."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError, KengError, Said
from keng.desk.ground.organisations.models import Organisation, OrganisationKind
from keng.desk.ground.people import rights
from keng.desk.ground.places import actions, queries
from keng.desk.ground.places.models import Village
from keng.doors.officers.frame import attempt, officer_of, signed_in
from keng.doors.officers.frame import show as show_page
from keng.doors.officers.organisations import organisation_of, shown, today

NO_LIST = Said("Chỉ đơn vị cấp xã có danh sách thôn.", "Only units of communes have a list of villages.")


class LinesForm(forms.Form):
    """One village a line."""

    lines = forms.CharField(
        label=gettext_lazy("Thôn, tổ dân phố cần thêm"),
        max_length=60_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "Mỗi dòng một tên, như: Thôn Đông, Bản Mường, Tổ dân phố số 5. Dán nhiều dòng một lần được."
        ),
    )
    since = forms.DateField(
        label=gettext_lazy("Có từ ngày"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


@require_safe
@signed_in
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The list, and the box to add to it."""
    return _page(request, organisation_of(request, code), LinesForm(initial={"since": today()}))


@require_POST
@signed_in
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Add every line, or none and say which lines are not right."""
    officer, commune = officer_of(request), organisation_of(request, code)
    rights.require(officer, "villages.add", on=commune)
    form, wrong = LinesForm(request.POST), []
    if form.is_valid():
        data = form.cleaned_data
        try:
            added = actions.add(officer, commune, data["lines"], data["since"], now=clock.now())
        except KengError as error:
            if error.code in ("not_allowed", "not_a_commune"):
                raise
            form.add_error(error.field, error.said.in_language(get_language() or "vi"))
            wrong = error.lines if isinstance(error, actions.LinesError) else []
        else:
            said = ngettext("Đã thêm %(n)d dòng.", "Đã thêm %(n)d dòng.", len(added)) % {"n": len(added)}
            attempt(request, said, lambda: None)
            return redirect("officers:villages", code=commune.code)
    return _page(request, commune, form, wrong=wrong, status=422)


@require_POST
@signed_in
def end(request: HttpRequest, ident: int) -> HttpResponse:
    """End a village today."""
    officer = officer_of(request)
    village = Village.objects.filter(pk=ident).select_related("commune").first()
    reason = request.POST.get("reason", "")
    attempt(request, _("Đã ghi kết thúc."), lambda: actions.end(officer, ident, today(), reason, now=clock.now()))
    if village is None:
        raise rights.refusal()
    return redirect("officers:villages", code=village.commune.code)


def _page(
    request: HttpRequest,
    commune: Organisation,
    form: LinesForm,
    *,
    wrong: list[actions.WrongLine] | None = None,
    status: int = 200,
) -> HttpResponse:
    officer, language = officer_of(request), get_language() or "vi"
    standing, ended = queries.villages_of(officer, commune)
    if commune.kind != OrganisationKind.COMMUNE:
        raise InputError("no_organisation", NO_LIST)
    is_open = commune.valid_to is None
    context = {
        "organisation": shown(commune),
        "villages": [_row(one, commune) for one in standing],
        "ended": [_row(one, commune) for one in ended],
        "form": form if is_open and rights.is_allowed(officer, "villages.add", on=commune) else None,
        "wrong": [one.said.in_language(language) for one in wrong or ()],
        "can_end": is_open and rights.is_allowed(officer, "villages.end", on=commune),
        "language_url": reverse("officers:villages", args=[commune.code]) if status != 200 else "",
    }
    return show_page(request, "officers/villages.html", context, status=status)


def _row(village: Village, commune: Organisation) -> dict[str, Any]:
    since: date = village.valid_from
    return {
        "ident": village.pk,
        "name": village.name,
        "kind": village.get_kind_display(),
        "since": since,
        "until": village.valid_to,
        "by": village.added_by.display_name,
        "at": village.added_at,
        "ended_by": village.ended_by.display_name if village.ended_by else "",
        "reason": village.end_reason,
        "of": village.commune.name if village.commune_id != commune.pk else "",
    }
