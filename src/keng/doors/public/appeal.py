"""The pages for the person whom an order affects: the statement of reasons, a box for what speaks against it, and the answer."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keng.base import clock
from keng.base.errors import KengError, Said
from keng.base.identifiers import read_receipt
from keng.desk.fraud.appeals import actions, queries
from keng.desk.fraud.appeals.actions import SignIn
from keng.desk.fraud.measures import notices
from keng.desk.fraud.measures import queries as measures
from keng.desk.ground.keys.queries import store
from keng.doors.citizens.standing import assurance_of, sign_in_url
from keng.doors.public.pages import check_encoding
from keng.doors.public.proofs import archive_reply
from keng.vietnam.rules.assurance import NOTHING_VOUCHED

MAX_TEXT = 4000
README = "appeal_proofs_readme.txt"


class AppealForm(forms.Form):
    """What speaks against the order."""

    text = forms.CharField(
        label=gettext_lazy("Vì sao lệnh này không đúng?"),
        help_text=gettext_lazy("Ví dụ: bán hàng gì, cho ai, có giấy tờ gì. Đừng ghi mật khẩu, mã OTP."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MAX_TEXT,
        error_messages={"required": gettext_lazy("Bạn chưa viết gì.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def appeal(request: HttpRequest, code: str) -> HttpResponse:
    """What the order is and on what it rests; POST lodges an appeal against it. Only who has the code comes here."""
    now = clock.now()
    measure = measures.find_open_to_appeal(code, now=now)
    form = _form(request)
    if form.is_valid():
        try:
            text = form.cleaned_data["text"]
            receipt = actions.lodge(measure.code, text, store(), sign_in=sign_in_of(request), now=now)
            return redirect("public:appeal_answer", receipt=receipt)
        except KengError as error:
            form.add_error(None, error.said.in_language(get_language() or "vi"))
    notice = notices.latest(measure)
    said = Said(notice.vi, notice.en) if notice else notices.compose(measure, measures.end_of(measure, now), now)
    context = {
        "form": form,
        "code": measure.code,
        "notice": said.in_language(get_language() or "vi"),
        "notice_at": notice.sent_at if notice else measure.sent_at,
        "sha256": bytes(notice.sha256).hex() if notice else "",
        "over": not measures.is_sent(measure, now),
        "is_signed_in": sign_in_of(request) is not None,
        "sign_in_url": sign_in_url(request.path),
    }
    return render(request, "public/appeal.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def answer(request: HttpRequest, receipt: str) -> HttpResponse:
    """The appeal as lodged, and the decision when there is one."""
    return _answer(request, receipt, AppealForm())


@require_safe
@never_cache
def proofs(request: HttpRequest, receipt: str) -> HttpResponse:  # noqa: ARG001
    """What the ledger says about this appeal, proven: nothing of any report stands in it."""
    found = actions.find_by_receipt(receipt)
    return archive_reply(found.subject, found.measure.code, README, clock.now())


@require_POST
@never_cache
def again(request: HttpRequest, receipt: str) -> HttpResponse:
    """Bring a rejected appeal once more."""
    form = _form(request)
    if form.is_valid():
        try:
            text = form.cleaned_data["text"]
            new = actions.lodge_again(receipt, text, store(), sign_in=sign_in_of(request), now=clock.now())
            return redirect("public:appeal_answer", receipt=new)
        except KengError as error:
            if error.code == "no_receipt":
                raise
            form.add_error(None, error.said.in_language(get_language() or "vi"))
    return _answer(request, receipt, form, status=422)


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """What a provider vouches for of whoever writes. None: nobody signed in, the session is over, or nothing is vouched for."""
    vouched = assurance_of(request)
    if vouched is None or vouched.level == NOTHING_VOUCHED:
        return None
    return SignIn(vouched.issuer, str(vouched.level), vouched.transaction_id)


def _form(request: HttpRequest) -> AppealForm:
    if request.method == "POST":
        check_encoding(request)
    return AppealForm(request.POST if request.method == "POST" else None)


def _answer(request: HttpRequest, receipt: str, form: AppealForm, status: int = 200) -> HttpResponse:
    found = queries.track(receipt, store())
    context = {"receipt": read_receipt(receipt), "appeal": found, "form": form}
    return render(request, "public/appeal_answer.html", context, status=status)
