"""The page of somebody whose record did not agree: what is wrong, what to bring, by when; and what they can say, at every step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import KengError, Said
from keng.base.identifiers import read_receipt
from keng.desk.fraud.followup import actions, notices, queries
from keng.desk.fraud.followup.looking import looks_of
from keng.desk.fraud.followup.models import Action, Level, Order, Word, WordKind, WordState
from keng.desk.fraud.followup.notices import Cause
from keng.desk.fraud.followup.queries import Followed
from keng.desk.fraud.followup.standing import State
from keng.desk.fraud.followup.words import NOT_MINE
from keng.desk.ground.keys.queries import store
from keng.doors.citizens.standing import sign_in_url
from keng.doors.looks import shown_looks
from keng.doors.officers.words import source_said
from keng.doors.public.appeal import sign_in_of
from keng.doors.public.pages import check_encoding

MAX_TEXT = 4000
WAYS = {
    "corrected": actions.say_corrected,
    "not_mine": actions.say_not_mine,
    "person": actions.ask_for_person,
}
SPOKEN = {
    WordKind.CORRECTED: Said("Bạn báo đã sửa", "You said that it is corrected"),
    WordKind.NOT_MINE: Said("Bạn báo số này không phải của bạn", "You said that the number is not yours"),
    WordKind.PERSON: Said("Bạn muốn có người xem", "You asked for a person to look"),
    WordKind.APPEAL: Said("Bạn khiếu nại", "You appealed"),
}
SENT = {
    Action.NOTICE: Said("Tin nhắn gửi cho bạn", "A text was sent to you"),
    Action.OUT: Said("Dừng một chiều", "One way stopped"),
    Action.BOTH: Said("Dừng hai chiều", "Both ways stopped"),
    Action.END: Said("Hợp đồng chấm dứt", "The contract ended"),
    Action.RESTORE: Said("Mở lại", "Opened again"),
    Action.CHECK: Said("Đang hỏi nơi quản lý xem đã sửa chưa", "Asked whether it is corrected"),
}
ANSWERS = {
    WordState.GRANTED: Said("được chấp nhận", "accepted"),
    WordState.REJECTED: Said("không được chấp nhận", "not accepted"),
    WordState.MOOT: Said("không còn cần trả lời", "no answer needed any more"),
    WordState.OPEN: Said("đang chờ trả lời", "waiting for an answer"),
}


class AppealForm(forms.Form):
    """What speaks against it."""

    text = forms.CharField(
        label=gettext_lazy("Vì sao điều này không đúng?"),
        help_text=gettext_lazy("Ví dụ: giấy tờ nào ghi khác. Đừng ghi mật khẩu, mã OTP."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=MAX_TEXT,
        error_messages={"required": gettext_lazy("Bạn chưa viết gì.")},
    )


@require_safe
@never_cache
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The case as it stands."""
    return _page(request, code, AppealForm())


@require_POST
@never_cache
def say(request: HttpRequest, code: str) -> HttpResponse:
    """Corrected, not mine, or a person please."""
    way = WAYS.get(request.POST.get("way", ""))
    if way is None:
        return redirect("public:followup", code=code)
    try:
        way(code, now=clock.now())
    except KengError as error:
        if error.code == "no_code":
            raise
        return _page(request, code, AppealForm(), fault=error.said, status=409)
    return redirect("public:followup", code=code)


@require_POST
@never_cache
def appeal(request: HttpRequest, code: str) -> HttpResponse:
    """What speaks against it."""
    check_encoding(request)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            actions.appeal(code, form.cleaned_data["text"], store(), sign_in=sign_in_of(request), now=clock.now())
            return redirect("public:followup", code=code)
        except KengError as error:
            if error.code == "no_code":
                raise
            form.add_error(None, error.said.in_language(_language()))
    return _page(request, code, form, status=422)


def _page(
    request: HttpRequest, code: str, form: AppealForm, *, fault: Said | None = None, status: int = 200
) -> HttpResponse:
    found = queries.track(code, store(), clock.now())
    context = {**_context(found, _language()), "code": read_receipt(code), "form": form}
    context["fault"] = fault.in_language(_language()) if fault else ""
    context["is_signed_in"] = sign_in_of(request) is not None
    context["sign_in_url"] = sign_in_url(request.path)
    return render(request, "public/followup.html", context, status=status)


def _context(found: Followed, language: str) -> dict[str, Any]:
    case, batch, stands, row = found.case, found.batch, found.stands, found.ladder
    thing = notices.thing_of(batch.kind, case.value).in_language(language)
    said = {word.kind for word, _text in found.words if word.state == WordState.OPEN}
    opening = Said(
        notices.OPENING[row.why].vi.format(thing=""), notices.OPENING[row.why].en.format(thing="")
    ).in_language(language)
    is_over = not stands.is_open
    return {
        "thing": thing,
        "opening": opening.lstrip(": ").capitalize(),
        "is_over": is_over,
        "closing": notices.CLOSING[Cause(stands.state.value)].in_language(language) if is_over else "",
        "restored": is_over and any(order.action == Action.RESTORE for order in found.orders),
        "wrong": [one.in_language(language) for one in notices.what_is_wrong(row, case.reasons)],
        "takes": "" if stands.level is Level.NONE else notices.takes(batch.kind, stands.level).in_language(language),
        "next": notices.what_comes(batch.kind, stands).in_language(language),
        "always": notices.always(batch.kind).in_language(language),
        "stopped": stands.state is State.STOPPED,
        "is_sim": batch.kind == "sim",
        "steps": _steps(found, language),
        "may": {
            "corrected": not is_over and WordKind.CORRECTED not in said,
            "not_mine": not is_over and batch.kind == "sim" and case.rule != NOT_MINE,
            "person": not is_over and WordKind.PERSON not in said,
            "appeal": not is_over and WordKind.APPEAL not in said,
        },
        "looks": shown_looks(looks_of(case)),
        "rule": row.said.in_language(language),
        "rule_source": source_said(row.source),
        "rule_confirmed": row.confirmed_by,
    }


def _steps(found: Followed, language: str) -> list[dict[str, Any]]:
    """What happened so far, oldest first, for the timeline."""
    steps = [_sent(order, language) for order in found.orders if order.action != Action.CHECK]
    steps += [_spoken(word, language) for word, _text in found.words]
    return sorted(steps, key=lambda step: step["at"])


def _sent(order: Order, language: str) -> dict[str, Any]:
    return {"state": "done", "label": SENT[Action(order.action)].in_language(language), "at": order.made_at}


def _spoken(word: Word, language: str) -> dict[str, Any]:
    waits = word.state == WordState.OPEN and word.kind != WordKind.NOT_MINE
    note = "" if word.kind == WordKind.NOT_MINE else ANSWERS[WordState(word.state)].in_language(language)
    reason = f"{note}: {word.decided_reason}" if word.decided_reason else note
    state = "now" if waits else "done"
    return {
        "state": state,
        "label": SPOKEN[WordKind(word.kind)].in_language(language),
        "at": word.said_at,
        "note": reason,
    }


def _language() -> str:
    return get_language() or "vi"
