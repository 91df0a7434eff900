"""One report: look, hold, confirm, decline, release, write, close. Each button is one action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from csp.constants import NONE
from csp.decorators import csp
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import KengError
from keng.base.times import shown
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures import queries as measure_queries
from keng.desk.fraud.measures import queue as queue_of
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import pictures, sightings
from keng.desk.fraud.reports import queries as report_queries
from keng.desk.fraud.reports.models import Report
from keng.desk.fraud.reports.sealed import SealedReport
from keng.desk.fraud.reports.submission import check_text
from keng.desk.ground.keys.queries import store
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.looks import shown_looks
from keng.doors.money_field import read_money
from keng.doors.officers.appeals import shown_appeals
from keng.doors.officers.campaign_view import campaign_of
from keng.doors.officers.frame import attempt, officer_of, signed_in
from keng.doors.officers.frame import show as show_page
from keng.doors.officers.measure_view import shown_measure, wrong_choices
from keng.doors.officers.proposing import ProposalForm, basis_choices, bound_form, proposal_context
from keng.doors.officers.verdicts import shown_verdict
from keng.doors.officers.words import shown_entries
from keng.doors.segments import cut
from keng.vietnam import rules

URGENT, PROPOSE = "urgent", "propose"
MAX_MESSAGE = 4000  # characters


class HoldForm(forms.Form):
    """An amount on one of the accounts that the report names."""

    account = forms.ChoiceField(label=gettext_lazy("Tài khoản"))
    amount = forms.CharField(label=gettext_lazy("Số tiền giữ"), max_length=40)
    basis = forms.ChoiceField(label=gettext_lazy("Căn cứ"), choices=partial(basis_choices, Kind.HOLD_FUNDS))
    reason = forms.CharField(label=gettext_lazy("Lý do"), max_length=500)

    def __init__(self, *arguments: Any, accounts: tuple[str, ...], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["account"].choices = [
            (one, f"{report_queries.bank_name(one) or '?'} {one.partition(':')[2]}") for one in accounts
        ]
        if len(accounts) == 1:
            self.fields["account"].widget = forms.HiddenInput()
            self.fields["account"].initial = accounts[0]

    def clean_amount(self) -> int:
        amount = read_money(self.cleaned_data["amount"])
        if not amount:
            raise forms.ValidationError(_("Số tiền không đọc được."))
        return amount


class SayForm(forms.Form):
    """A message to the reporter, refused for the reasons that the report itself would give."""

    text = forms.CharField(
        max_length=MAX_MESSAGE, strip=False, error_messages={"required": gettext_lazy("Bạn chưa viết gì.")}
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, auto_id="id_say_%s", **keywords)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            check_text(text)
        except KengError as error:
            raise forms.ValidationError(error.said.in_language(get_language() or "vi")) from error
        return text


@require_safe
@signed_in
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The whole report. Opening it is a look, which the reporter sees."""
    return _page(request, _report(request, "reports.look", code), None)


@require_safe
@signed_in
def live(request: HttpRequest, code: str) -> HttpResponse:
    """The part that stays fresh. Nothing sealed is opened for it."""
    report = _report(request, "reports.list", code)
    facts = report_queries.named_of(report).loss
    return render(request, "officers/report_live.html", _live_context(officer_of(request), report, facts, clock.now()))


@require_safe
@signed_in
@csp({"default-src": [NONE], "sandbox": True})
def picture(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A picture as Kẻng drew it anew, never the original. It is a look like any other."""
    officer, report = officer_of(request), _report(request, "reports.look", code)
    purpose = request.GET.get("purpose", "")
    preview = pictures.look_at_picture(officer, report.pk, number, purpose, store(), now=clock.now())
    response = HttpResponse(preview, content_type="image/webp")
    response.headers["Content-Disposition"] = f'inline; filename="{report.code}-{number}.webp"'
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_POST
@signed_in
def hold(request: HttpRequest, code: str) -> HttpResponse:
    """Send an urgent hold, or propose one for a second officer."""
    verb = "measures.propose" if request.POST.get("way") == PROPOSE else "measures.hold_urgently"
    officer, report = officer_of(request), _report(request, verb, code)
    facts = report_queries.named_of(report).loss
    form = HoldForm(request.POST, accounts=facts.accounts if facts else ())
    if not form.is_valid():
        return _page(request, report, form, status=422)
    data = form.cleaned_data
    asked = Proposal.hold(report.pk, data["account"], data["amount"], data["basis"], data["reason"])
    if request.POST.get("way") == PROPOSE:
        act, done = measures.propose, _("Đã đề nghị giữ tiền. Chưa gửi gì trước khi người thứ hai duyệt.")
    else:
        act, done = measures.hold_urgently, _("Đã gửi yêu cầu giữ tiền.")
    attempt(request, done, lambda: act(officer, asked, now=clock.now()))
    return redirect("officers:report", code=report.code)


@require_POST
@signed_in
def propose(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Propose a measure other than an urgent hold; a second officer decides before anything goes out."""
    officer, report = officer_of(request), _report(request, "measures.propose", code)
    form = bound_form(report, kind, request.POST)
    if not form.is_valid():
        return _page(request, report, None, broken=form, status=422)
    asked = form.proposal(report.pk)
    done = _("Đã đề nghị. Chưa gửi gì trước khi người thứ hai duyệt.")
    attempt(request, done, lambda: measures.propose(officer, asked, now=clock.now()))
    return redirect("officers:report", code=report.code)


@require_POST
@signed_in
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """The second officer agrees."""
    return _decide(
        request,
        "measures.approve",
        code,
        _("Đã xác nhận."),
        lambda officer, row, _r, now: measures.approve(officer, row.pk, now=now),
    )


@require_POST
@signed_in
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """The second officer does not agree."""
    return _decide(
        request,
        "measures.decline",
        code,
        _("Đã ghi: không đồng ý."),
        lambda officer, row, reason, now: measures.decline(officer, row.pk, reason, now=now),
    )


@require_POST
@signed_in
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Whoever proposed takes it back before anybody decided."""
    return _decide(
        request,
        "measures.withdraw",
        code,
        _("Đã rút lại đề nghị."),
        lambda officer, row, reason, now: measures.withdraw(officer, row.pk, reason, now=now),
    )


@require_POST
@signed_in
def release(request: HttpRequest, code: str) -> HttpResponse:
    """End a measure before its time; `wrong` says why it was wrong, if it was."""
    wrong = request.POST.get("wrong", "")
    return _decide(
        request,
        "measures.lift",
        code,
        _("Đã báo mọi đối tác gỡ lệnh."),
        lambda officer, row, reason, now: measures.lift(officer, row.pk, reason, wrong=wrong, now=now),
    )


@require_POST
@signed_in
def say(request: HttpRequest, code: str) -> HttpResponse:
    """Write to the reporter."""
    officer, report = officer_of(request), _report(request, "reports.write", code)
    form = SayForm(request.POST)
    if not form.is_valid():
        return _page(request, report, None, say_form=form, status=422)
    text = form.cleaned_data["text"]
    attempt(
        request,
        _("Đã gửi cho người báo."),
        lambda: reports.write_to_reporter(officer, report.pk, text, store(), now=clock.now()),
    )
    return redirect("officers:report", code=report.code)


@require_POST
@signed_in
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Take the report out of the queue, with a reason that the reporter reads."""
    officer, report = officer_of(request), _report(request, "reports.close", code)
    reason = request.POST.get("reason", "")
    attempt(request, _("Đã đóng báo cáo."), lambda: reports.close(officer, report.pk, reason, now=clock.now()))
    return redirect("officers:report", code=report.code)


@require_POST
@signed_in
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Put a closed report back into the queue."""
    officer, report = officer_of(request), _report(request, "reports.reopen", code)
    attempt(request, _("Đã mở lại báo cáo."), lambda: reports.reopen(officer, report.pk, now=clock.now()))
    return redirect("officers:report", code=report.code)


def _report(request: HttpRequest, verb: str, code: str) -> Report:
    return report_queries.get_by_code(officer_of(request), verb, code)


def _decide(
    request: HttpRequest, verb: str, code: str, done: str, act: Callable[[Officer, Measure, str, datetime], object]
) -> HttpResponse:
    officer = officer_of(request)
    measure = measure_queries.get_by_code(officer, verb, code)
    attempt(request, done, lambda: act(officer, measure, request.POST.get("reason", ""), clock.now()))
    if request.POST.get("back") == "measure":
        return redirect("officers:measure", code=measure.code)
    return redirect("officers:report", code=measure.report.code)


def _page(
    request: HttpRequest,
    report: Report,
    form: HoldForm | None,
    *,
    say_form: SayForm | None = None,
    broken: ProposalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    officer, now = officer_of(request), clock.now()
    purpose = "triage" if rights.is_allowed(officer, "reports.write", on=report.owner) else "audit"
    opened = reports.look(officer, report.pk, purpose, store(), now=now)
    named = report_queries.named_of(report)
    live_part = _live_context(officer, report, named.loss, now)
    context = {
        **live_part,
        "decide_first": form is None and any(one["can_decide"] for one in live_part["measures"]),
        **_open_context(opened, purpose),
        **_hold_context(officer, report, named, form, now),
        **proposal_context(officer, report, named, broken),
        "verdict": shown_verdict(officer, opened, now),
        "appeals": shown_appeals(officer, report),
        "campaign": campaign_of(officer, report),
        "classes": wrong_choices(get_language() or "vi"),
        **_frame_context(officer, report, now),
        "say_form": say_form,
        "language_url": reverse("officers:report", args=[report.code]) if request.method == "POST" else "",
    }
    return show_page(request, "officers/report.html", context, status)


def _frame_context(officer: Officer, report: Report, now: datetime) -> dict[str, Any]:
    """What this officer may do with the report as a whole, and its neighbours among the decisions that wait for this officer.

    From a report that waits for nothing of theirs, as after their own decision, the next is the first of the queue.
    """
    places = queue_of.places(officer, now=now)
    codes = list(dict.fromkeys(place.code for place in places if not place.is_of(officer)))
    here = codes.index(report.code) if report.code in codes else -1
    before, after = (codes[here - 1] if here > 0 else None), next(iter(codes[here + 1 :]), None)
    may_close = rights.is_allowed(officer, "reports.close", on=report.owner)
    return {
        "can_say": report.erased_at is None and rights.is_allowed(officer, "reports.write", on=report.owner),
        "can_close": report.closed_at is None and may_close,
        "can_reopen": report.closed_at is not None and report.erased_at is None and may_close,
        "owner": report.owner.name_in(get_language() or "vi") if report.owner else "",
        "can_hand_over": any(
            rights.is_allowed(officer, verb, on=report.owner) for verb in ("jurisdiction.offer", "jurisdiction.assign")
        ),
        "prev_url": reverse("officers:report", args=[before]) if before else "",
        "next_url": reverse("officers:report", args=[after]) if after else "",
    }


def _open_context(opened: SealedReport, purpose: str) -> dict[str, Any]:
    report = opened.report
    language = get_language() or "vi"
    indicators = report_queries.indicators_of(report)
    found = sightings.elsewhere(report)
    return {
        "report": {
            "code": report.code,
            "received_at": report.received_at,
            "channel": report.get_channel_display(),
            "state": "erased" if report.erased_at else "closed" if report.closed_at else "open",
            "erased_at": report.erased_at,
            "is_later": report.lane > 0,
            "sha256": "" if report.erased_at else bytes(report.original_sha256).hex(),
            "purpose": reports.PURPOSES[purpose].in_language(language),
        },
        "segments": cut(opened.text(), indicators),
        "indicators": [
            {"kind": kind, "value": value, "seen": count.reports, "more": count.more, "url": search_url(value)}
            for (kind, value), count in found.items()
        ],
        "letters": [
            {"side": "citizen" if line.from_reporter else "officer", "who": line.who, "at": line.at, "text": line.text}
            for line in report_queries.lines_of(opened)
        ],
        "own_account": report_queries.own_account(opened),
        "pictures": [
            {
                "number": one.number,
                "state": one.state,
                "kind": one.kind,
                "width": one.width,
                "height": one.height,
                "sha256": one.sha256,
                "url": reverse("officers:picture", args=[report.code, one.number]) + f"?purpose={purpose}",
            }
            for one in report_queries.pictures_of(report)
        ],
        "alike": report_queries.alike(report),
    }


def search_url(value: str) -> str:
    """Where the other reports that name a value are listed."""
    return f"{reverse('officers:search')}?{urlencode({'q': value})}"


def _hold_context(
    officer: Officer, report: Report, named: report_queries.Named, form: HoldForm | None, now: datetime
) -> dict[str, Any]:
    """The form for a hold, or the reason why there is none."""
    facts = named.loss
    if facts is None:
        return {"hold_form": None, "hold_closed": _("Báo cáo này không nói đã mất tiền.")}
    if not rights.is_allowed(officer, "measures.hold_urgently", on=report.owner):
        return {"hold_form": None, "hold_closed": _("Vai trò của bạn chỉ được xem.")}
    if form is not None:
        return {"hold_form": form, "hold_closed": ""}
    try:
        measure_queries.check_can_hold(named, facts)
    except KengError as error:
        return {"hold_form": None, "hold_closed": error.said.in_language(get_language() or "vi")}
    reason = _("Người báo bị lừa chuyển khoản lúc %(when)s") % {"when": shown(facts.sent_at)}
    initial = {"account": facts.to_account, "amount": f"{facts.amount:,}".replace(",", "."), "reason": reason}
    return {
        "hold_form": HoldForm(initial=initial, accounts=facts.accounts),
        "hold_closed": "",
        "urgent_closed": measure_queries.why_not_urgent(officer, now=now),
    }


def _live_context(
    officer: Officer, report: Report, facts: report_queries.LossFacts | None, now: datetime
) -> dict[str, Any]:
    language = get_language() or "vi"
    rows = measure_queries.seen_of_report(officer, report)
    money = measure_queries.money_of(facts.amount if facts else 0, rows, now)
    loss = (
        {
            "lost": facts.amount,
            "savable": round(facts.amount * rules.holdable_share(now - facts.sent_at)),
            "transfer_at": facts.sent_at,
            "to_bank": report_queries.bank_name(facts.to_account),
            "to_account": facts.to_account,
            "asked": money.asked,
            "held": money.held,
            "gone": money.gone,
        }
        if facts
        else None
    )
    return {
        "loss": loss,
        "report": {"code": report.code},
        "measures": sorted(
            (shown_measure(officer, row, now, language) for row in reversed(rows)),
            key=lambda one: not one["can_decide"],
        ),
        "looks": shown_looks(report_queries.looks_of(report)),
        "entries": shown_entries(officer, ledger.entries_about(report.subject, limit=50)),
    }
