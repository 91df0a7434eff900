"""The reporter's own data: the proofs to take along, and the request that everything be erased. Works without script."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from keng.base import clock
from keng.base.errors import KengError
from keng.base.identifiers import read_receipt
from keng.desk.fraud.erasure import actions
from keng.desk.fraud.reports import actions as reports
from keng.desk.ground.keys.queries import store
from keng.doors.public.erased import own_data
from keng.doors.public.pages import check_encoding
from keng.doors.public.proofs import archive_reply

README = "proofs_readme.txt"


class SureForm(forms.Form):
    """The box that must be ticked before anything is asked for that cannot be undone."""

    sure = forms.BooleanField(
        label=gettext_lazy("Tôi hiểu: xoá rồi thì không ai lấy lại được, kể cả tôi."),
        error_messages={"required": gettext_lazy("Hãy đánh dấu vào ô này nếu bạn chắc chắn.")},
    )


@require_safe
@never_cache
def proofs(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001
    """What the ledger says about this report, proven."""
    report = reports.report_of(code)
    return archive_reply(report.subject, report.code, README, clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def erase(request: HttpRequest, code: str) -> HttpResponse:
    """What erasing means; POST with the ticked box asks for it."""
    report = reports.report_of(code)
    if request.method == "POST":
        check_encoding(request)
    form = SureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.ask(code, store(), now=clock.now())
            return redirect("public:track", code=read_receipt(code))
        except KengError as error:
            form.add_error(None, error.said.in_language(get_language() or "vi"))
    context = {"form": form, "code": read_receipt(code), "own": own_data(report)}
    return render(request, "public/erase.html", context, status=422 if form.errors else 200)
