"""The citizen's pages. Nothing is stored before `send`; what was typed travels in the form itself."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keng.base import clock
from keng.base.errors import ConflictError, InputError, Said
from keng.base.identifiers import read_receipt
from keng.base.times import VIETNAM, day_in_vietnam, iso
from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.campaigns import queries as campaigns
from keng.desk.fraud.erasure.queries import question_for_reporter
from keng.desk.fraud.followup import words as followup
from keng.desk.fraud.reports import actions
from keng.desk.fraud.reports.queries import told_of
from keng.desk.ground.ahead import asked_ahead
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import queries as partners
from keng.doors.gate.callers import origin_of
from keng.doors.looks import shown_looks
from keng.doors.public.erased import own_data
from keng.doors.public.forms import MessageForm, MoneyForm, ReceiptForm, StartForm, new_nonce
from keng.doors.public.judging import judgement_of
from keng.doors.public.reading import holds_one_time_code, items_of
from keng.doors.segments import segments_of
from keng.doors.story import Step, Story, questions_of, story_of, story_told
from keng.engines.extract import Extraction, extract
from keng.vietnam import rules

RUNNING = ("received", "asked")  # states of the money in which a minute may still save it
REPLACEMENT = "\ufffd"
BROKEN_FORM = Said(
    "Nội dung gửi lên không phải chữ mã UTF-8. Kẻng không nhận, để khỏi làm sai tin của bạn. Hãy dán lại và gửi lần nữa.",
    "What was sent is not text in UTF-8; Kẻng did not take it, so as not to spoil your message. Paste it and send again.",
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One box, two buttons."""
    return render(request, "public/home.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Read what was pasted and ask what is still missing, prefilled with what was found."""
    if request.method != "POST":
        return redirect("public:home")
    check_encoding(request)
    form = StartForm(request.POST)
    sent = request.POST.get("sent") == "yes"
    if not form.is_valid() and not (sent and not request.POST.get("text", "").strip()):
        return render(request, "public/home.html", {"form": form, "text": request.POST.get("text", "")}, status=422)
    text = request.POST.get("text", "")
    now = clock.now()
    if "nonce" in request.POST:  # the page asked for itself in the other language: keep what was filled in
        return _money_page(request, MoneyForm(initial=request.POST.dict(), now=now), text)
    found = extract(text, at=now)
    return _money_page(request, MoneyForm(initial=_prefilled(text, sent, found, now), now=now), text)


@require_POST
@never_cache
def send(request: HttpRequest) -> HttpResponse:
    """Keep the report and show its receipt."""
    check_encoding(request)
    now = clock.now()
    form = MoneyForm(request.POST, now=now)
    if not form.is_valid():
        return _money_page(request, form, request.POST.get("text", ""), status=422)
    original = json.dumps(_submission(form, now), ensure_ascii=False).encode()
    try:
        received = actions.receive(
            original, store(), retry_key=form.cleaned_data["nonce"], now=now, origin=origin_of(request, now)
        )
    except InputError as error:
        form.add_error(None, error.said.in_language(get_language() or "vi"))
        return _money_page(request, form, request.POST.get("text", ""), status=422)
    return redirect("public:sent", code=received.receipt)


@require_safe
@never_cache
def sent(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt, and what to do now."""
    story = story_of(code, store(), now=clock.now())
    told = story.told
    if told.report.erased_at:
        return redirect("public:track", code=read_receipt(code))
    context = {
        "code": read_receipt(code),
        "received_at": told.report.received_at,
        "sha256": bytes(told.report.original_sha256).hex(),
        "sent": told.loss is not None,
        "bank": _bank(told.own_account),
        "to_bank": _bank(told.loss.to_account if told.loss else ""),
        "steps": [_shown(step) for step in story.steps],
        **pictures_context(story),
    }
    return render(request, "public/sent.html", context)


@require_safe
@never_cache
def track_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the receipt code."""
    if "code" not in request.GET:
        return render(request, "public/track_ask.html")
    form = ReceiptForm(request.GET)
    if form.is_valid():
        try:
            return redirect(_page_of(form.cleaned_data["code"]))
        except InputError as error:
            form.add_error("code", error.said.in_language(get_language() or "vi"))
    return render(request, "public/track_ask.html", {"form": form}, status=404)


def _page_of(typed: str) -> str:
    """The address that a code opens: a report's receipt, an appeal's, a notice's. Raises InputError `no_receipt`."""
    receipt = read_receipt(typed)
    try:
        actions.report_of(receipt or "")
        return reverse("public:track", args=[receipt])
    except InputError:
        return _page_of_another(receipt or "")


def _page_of_another(receipt: str) -> str:
    try:
        appeals.find_by_receipt(receipt)
        return reverse("public:appeal_answer", args=[receipt])
    except InputError as error:
        try:
            followup.find_case(receipt)
        except InputError:
            raise error from None
        return reverse("public:followup", args=[receipt])


@require_safe
@never_cache
def track(request: HttpRequest, code: str) -> HttpResponse:
    """What became of the report."""
    return render(request, "public/track.html", _tracked(code))


@require_safe
@never_cache
def track_live(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the page that changes."""
    return render(request, "public/track_live.html", _tracked(code))


@require_POST
@never_cache
def say(request: HttpRequest, code: str) -> HttpResponse:
    """Write to the desk."""
    check_encoding(request)
    form = MessageForm(request.POST)
    now = clock.now()
    if not form.is_valid():
        return track_page(request, code, 422, form=form)
    try:
        actions.write_from_reporter(code, form.cleaned_data["text"], store(), now=now)
    except ConflictError as error:
        form.add_error("text", error.said.in_language(get_language() or "vi"))
        return track_page(request, code, 409, form=form)
    return redirect(reverse("public:track", args=[code]) + "#letters")


def check_encoding(request: HttpRequest) -> None:
    """Return if the form came in UTF-8. Django puts replacement marks where it did not, and would spoil the original."""
    try:
        body = request.body
    except RawPostDataException:  # a multipart form, which no page of ours sends
        body = b""
    if not body.isascii() and not _is_utf8(body):  # sent raw: Django would read it as Latin-1
        raise InputError("broken_form", BROKEN_FORM)
    has_own_marks = REPLACEMENT.encode() in body or b"%EF%BF%BD" in body.upper()
    if not has_own_marks and any(REPLACEMENT in value for values in request.POST.lists() for value in values[1]):
        raise InputError("broken_form", BROKEN_FORM)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _prefilled(text: str, sent: bool, found: Extraction, now: datetime) -> dict[str, Any]:
    """The money form's first values: only what the text says once and plainly."""
    local = now.astimezone(VIETNAM)
    accounts = {one.value for one in found.indicators if one.kind == "account"}
    amounts = {money.amount for money in found.money if money.currency == "VND"}
    bank, _colon, number = accounts.pop().partition(":") if len(accounts) == 1 else ("", "", "")
    return {
        "text": text,
        "sent": "yes" if sent else "no",
        "nonce": new_nonce(),
        "to_bank": "" if bank == "?" else bank,
        "to_account": number,
        "amount": f"{amounts.pop():,}".replace(",", ".") if len(amounts) == 1 else "",
        "day": local.date(),
        "time": local.time(),
    }


def _money_page(request: HttpRequest, form: MoneyForm, text: str, status: int = 200) -> HttpResponse:
    found = extract(text, at=clock.now())
    is_sent = (form.data.get("sent") if form.is_bound else form.initial.get("sent")) == "yes"
    context = {
        "form": form,
        "sent": is_sent,
        "segments": segments_of(text, found),
        "found": items_of(found),
        "has_code": holds_one_time_code(text),
        "judgement": None if is_sent else judgement_of(text),
        "known": known_tricks(text),
    }
    return render(request, "public/money.html", context, status=status)


def known_tricks(text: str) -> list[dict[str, str]]:
    """Campaigns that officers named and that say the same: their names and advice alone, never what anybody reported."""
    if not text.strip():
        return []
    english = (get_language() or "vi").startswith("en")
    return [
        {"name": one.name_en or one.name, "advice": one.advice_en or one.advice}
        if english
        else {"name": one.name or one.name_en, "advice": one.advice or one.advice_en}
        for one in campaigns.known(text)
    ]


def _submission(form: MoneyForm, now: datetime) -> dict[str, Any]:
    """The report as the API would get it, with the answers as they were written beside what was read from them."""
    data = form.cleaned_data
    told: dict[str, Any] = {"channel": "web", "text": data["text"], "at": iso(now)}
    if data["place"]:
        told["place"] = data["place"]
    if data["sent"] == "yes":
        told["loss"] = {
            "sent": True,
            "amount": data["amount_read"],
            "to_account": data["to_account_read"],
            "from_account": data["from_account_read"],
            "at": iso(data["sent_at"]),
        }
        told["written"] = {name: form.data.get(name, "") for name in ("amount", "to_account", "day", "time")}
    return told


def _tracked(code: str) -> dict[str, Any]:
    """What became of the report of a receipt, for its page. Three queries, five with a measure. Raises InputError `no_receipt`."""
    report, now = actions.report_of(code), clock.now()
    with asked_ahead(*questions_of(report), question_for_reporter(report)):
        return _track_context(code, story_told(told_of(report, store(), now=now), now=now))


def _track_context(code: str, story: Story) -> dict[str, Any]:
    language = get_language() or "vi"
    money = story.money
    erased = story.told.report.erased_at is not None
    state = _state_of(story)
    coming = next((step for step in story.steps if step.state in ("now", "next")), None)
    return {
        "code": read_receipt(code),
        "closed": erased,
        "own": own_data(story.told.report),
        "money": {
            "state": state,
            "lost": money.lost or None,
            "asked": money.asked,
            "held": money.held,
            "gone": money.gone,
            "until": story.until,
        },
        "since": story.told.report.received_at if state in RUNNING else None,
        "took": story.held_at - story.told.report.received_at if story.held_at else None,
        "steps": [_shown(step) for step in story.steps],
        "next": {"state": coming.state, "text": coming.said.in_language(language), "by": coming.by} if coming else None,
        "todo": [] if erased else _todo(story, state),
        "letters": [
            {"side": "citizen" if line.from_reporter else "officer", "who": line.who, "at": line.at, "text": line.text}
            for line in story.told.lines
        ],
        "looks": shown_looks(story.told.looks),
        **pictures_context(story),
    }


def pictures_context(story: Story) -> dict[str, Any]:
    """The pictures of a report as its holder sees them: that they came, never what they show."""
    most = rules.limit("reports.pictures", day_in_vietnam(clock.now())).value
    return {"pictures": story.told.pictures, "pictures_left": max(most - len(story.told.pictures), 0)}


def track_page(request: HttpRequest, code: str, status: int = 200, **more: Any) -> HttpResponse:
    """The tracking page, after a form on it failed."""
    here = reverse("public:track", args=[code])
    context = {**_tracked(code), "language_url": here, **more}
    return render(request, "public/track.html", context, status=status)


def _state_of(story: Story) -> str:
    """The state of the money, or that nothing more comes of a report which no bank was asked about."""
    report = story.told.report
    if story.money_state not in ("none", "received") or not (report.erased_at or report.closed_at):
        return story.money_state
    return "erased" if report.erased_at else "closed"


def _todo(story: Story, state: str) -> list[dict[str, str]]:
    loss = story.told.loss
    if loss is None:
        return [{"text": _("Đừng chuyển tiền, đừng bấm đường link, đừng đọc mã OTP cho ai."), "phone": ""}]
    todo = []
    bank, own = _bank(loss.to_account), _bank(story.told.own_account)
    if state in RUNNING:
        asked = _("Gọi ngân hàng của bạn, xin giữ lại khoản vừa chuyển.")
        on_card = _("Số in ở mặt sau thẻ.")
        phone = own["phone"] if own else ""
        todo.append({"text": asked if phone else f"{asked} {on_card}", "phone": phone})
    if state in RUNNING and bank:
        todo.append(
            {
                "text": _(
                    "Gọi cả ngân hàng nhận tiền (%(bank)s), nói số báo cáo %(code)s. Đừng đọc mã biên nhận cho ai."
                )
                % {"bank": bank["name"], "code": story.told.report.code},
                "phone": bank["phone"],
            }
        )
    todo.append({"text": _("Giữ lại tin nhắn, biên lai chuyển tiền; đừng xoá gì."), "phone": ""})
    todo.append({"text": _("Ai hứa lấy lại tiền và đòi phí là kẻ lừa. Kẻng không bao giờ đòi tiền."), "phone": ""})
    return todo


def _bank(account: str) -> dict[str, str] | None:
    partner = partners.find_partner(account.partition(":")[0]) if account else None
    return {"name": partner.name, "phone": partner.hotline} if partner else None


def _shown(step: Step) -> dict[str, Any]:
    language = get_language() or "vi"
    note = step.note.in_language(language) if step.note else ""
    return {"state": step.state, "label": step.said.in_language(language), "at": step.at, "by": step.by, "note": note}
