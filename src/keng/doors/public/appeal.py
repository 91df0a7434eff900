"""The account holder's pages: what the order says, a box for what speaks against it, and the answer."""

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
from keng.desk.fraud.appeals import actions, queries
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.keys.queries import store
from keng.doors.public.pages import check_encoding
from keng.vietnam import rules

MAX_TEXT = 4000


class AppealForm(forms.Form):
    """What speaks against the order."""

    text = forms.CharField(
        label=gettext_lazy("Vì sao khoản tiền này không phải tiền lừa đảo?"),
        help_text=gettext_lazy("Ví dụ: bán hàng gì, cho ai, có giấy tờ gì. Đừng ghi mật khẩu, mã OTP."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MAX_TEXT,
        error_messages={"required": gettext_lazy("Bạn chưa viết gì.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def appeal(request: HttpRequest, code: str) -> HttpResponse:
    """What the order is and on what it rests; POST lodges an appeal against it."""
    now = clock.now()
    measure = measures.find_open_to_appeal(code)
    if request.method == "POST":
        check_encoding(request)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            receipt = actions.lodge(measure.code, form.cleaned_data["text"], store(), now=now)
            return redirect("public:appeal_answer", receipt=receipt)
        except KengError as error:
            form.add_error(None, error.said.in_language(get_language() or "vi"))
    language = get_language() or "vi"
    basis = rules.find_basis(measure.basis, measure.proposed_at.date())
    context = {
        "form": form,
        "code": measure.code,
        "amount": measure.amount,
        "bank": reports.bank_name(measure.account),
        "since": measure.proposed_at,
        "until": measure.ends_at or measure.confirm_by,
        "over": not measures.is_sent(measure, now),
        "basis": basis.said.in_language(language) if basis else measure.basis,
        "basis_confirmed": bool(basis and basis.confirmed_by),
    }
    return render(request, "public/appeal.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def answer(request: HttpRequest, receipt: str) -> HttpResponse:
    """The appeal as lodged, and the decision when there is one."""
    found = queries.track(receipt, store())
    return render(request, "public/appeal_answer.html", {"receipt": read_receipt(receipt), "appeal": found})
