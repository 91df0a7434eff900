"""What an officer does to campaigns: each button is one action, each judgement can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keng.base import clock
from keng.base.errors import InputError, Said
from keng.desk.fraud.campaigns import actions, reading
from keng.desk.fraud.campaigns.models import Judgement
from keng.desk.fraud.measures import reviewing
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.money_field import read_money
from keng.doors.officers import sitting
from keng.doors.officers.frame import attempt, officer_of, signed_in

NO_KIND = Said("Không có loại lệnh này.", "There is no such kind of measure.")
Judge = Callable[[Officer, str], Judgement]


@require_POST
@signed_in
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """Put another campaign into this one."""
    other = request.POST.get("other", "").strip().upper()
    return _judge(
        request, code, _("Đã gộp."), lambda officer, words: actions.merge(officer, other, code, words, now=clock.now())
    )


@require_POST
@signed_in
def keep_apart(request: HttpRequest, code: str) -> HttpResponse:
    """Say that this campaign and another are two."""
    other = request.POST.get("other", "").strip().upper()
    return _judge(
        request,
        code,
        _("Đã ghi: hai chiến dịch là hai."),
        lambda officer, words: actions.keep_apart(officer, code, other, words, now=clock.now()),
    )


@require_POST
@signed_in
def keep_together(request: HttpRequest, code: str) -> HttpResponse:
    """Say that this campaign is one."""
    return _judge(
        request,
        code,
        _("Đã ghi: chiến dịch này là một."),
        lambda officer, words: actions.keep_together(officer, code, words, now=clock.now()),
    )


@require_POST
@signed_in
def split(request: HttpRequest, code: str) -> HttpResponse:
    """Take reports out into a campaign of their own: those that were ticked, or all that name a value."""
    kind, value = request.POST.get("kind", ""), request.POST.get("value", "")
    chosen = _uuids(request.POST.getlist("report"))

    def act(officer: Officer, words: str) -> Judgement:
        if value:
            return actions.split_value(officer, code, kind, value, words, now=clock.now())
        return actions.split_reports(officer, code, chosen, words, now=clock.now())

    return _judge(request, code, _("Đã tách thành chiến dịch riêng."), act)


@require_POST
@signed_in
def cut(request: HttpRequest, code: str) -> HttpResponse:
    """Take one report, by its own code, out of its campaign."""
    officer = officer_of(request)
    report = reports.get_by_code(officer, "campaigns.judge", code)
    words = request.POST.get("reason", "")
    attempt(request, _("Đã tách báo cáo này ra."), lambda: actions.cut(officer, report.pk, words, now=clock.now()))
    return redirect("officers:report", code=report.code)


@require_POST
@signed_in
def undo(request: HttpRequest, code: str, ident: int) -> HttpResponse:
    """Undo a judgement; `code` is the campaign whose page it was undone on."""
    return _judge(
        request,
        code,
        _("Đã hoàn tác. Lệnh dựa vào đó được đưa ra xem lại."),
        lambda officer, words: actions.undo(officer, ident, words, now=clock.now()),
    )


@require_POST
@signed_in
def name(request: HttpRequest, code: str) -> HttpResponse:
    """Give the campaign a name, and the advice that anybody reads who is about to report the same."""
    told = {field: request.POST.get(field, "").strip() for field in ("name", "advice", "name_en", "advice_en")}
    officer = officer_of(request)
    reading.check(officer, "campaigns.name", code)
    attempt(
        request,
        _("Đã đặt tên. Người sắp báo tin giống thế này sẽ thấy tên và lời khuyên."),
        lambda: actions.name(
            officer,
            code,
            told["name"],
            told["advice"],
            name_en=told["name_en"],
            advice_en=told["advice_en"],
            now=clock.now(),
        ),
    )
    return redirect("officers:campaign", code=code)


@require_POST
@signed_in
def watch(request: HttpRequest, code: str) -> HttpResponse:
    """Hear of this campaign, or no more."""
    officer = officer_of(request)
    reading.check(officer, "campaigns.watch", code)
    if request.POST.get("way") == "off":
        attempt(request, _("Thôi theo dõi."), lambda: actions.unwatch(officer, code, now=clock.now()))
    else:
        attempt(request, _("Đang theo dõi."), lambda: actions.watch(officer, code, now=clock.now()))
    return redirect("officers:campaign", code=code)


@require_POST
@signed_in
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a measure from the campaign, pinned to what it rests on; a second officer decides before anything goes out."""
    officer, told = officer_of(request), request.POST
    rights.require(officer, "measures.propose")
    reading.check(officer, "campaigns.list", code)
    urgent = told.get("kind") == Kind.HOLD_FUNDS and told.get("way") == "urgent"
    act = actions.hold_urgently if urgent else actions.propose_measure
    done = _("Đã gửi yêu cầu giữ tiền.") if urgent else _("Đã đề nghị. Chưa gửi gì trước khi người thứ hai duyệt.")
    attempt(request, done, lambda: act(officer, code, _proposal(officer, told), now=clock.now()))
    return redirect("officers:campaign", code=code)


def _proposal(officer: Officer, told: Mapping[str, str]) -> Proposal:
    """What the form of a candidate asks for. Raises InputError `no_report`, `no_kind`."""
    report = reports.get_by_code(officer, "measures.propose", told.get("report", ""))
    kind, target = told.get("kind", ""), Target(told.get("object_kind", ""), told.get("object", ""))
    if kind not in [*Kind]:
        raise InputError("no_kind", NO_KIND, field="kind")
    if kind == Kind.HOLD_FUNDS:
        amount = read_money(told.get("amount", "")) or 0
        return Proposal.hold(report.pk, target.value, amount, told.get("basis", ""), told.get("reason", ""))
    return Proposal(report.pk, Kind(kind), target, told.get("basis", ""), told.get("reason", ""))


@require_POST
@signed_in
def let_stand(request: HttpRequest, ident: UUID) -> HttpResponse:
    """A measure whose ground was undone stands all the same."""
    officer = officer_of(request)
    reason = request.POST.get("reason", "")
    attempt(request, _("Đã ghi: lệnh vẫn đứng."), lambda: reviewing.let_stand(officer, ident, reason, now=clock.now()))
    code = request.POST.get("measure", "")
    return redirect("officers:measure", code=code) if code else redirect("officers:queue")


def _judge(request: HttpRequest, code: str, done: str, act: Judge) -> HttpResponse:
    """Do it; then back to the campaign, or to the sitting that it was done in, which remembers what it can undo."""
    officer = officer_of(request)
    reading.check(officer, "campaigns.judge", code)
    words = request.POST.get("reason", "").strip()
    in_sitting = request.POST.get("back") == sitting.BACK

    def judge() -> None:
        judgement = act(officer, words)
        if in_sitting:
            sitting.remember(request, judgement.pk)

    attempt(request, done, judge)
    return redirect("officers:sitting") if in_sitting else redirect("officers:campaign", code=code)


def _uuids(typed: list[str]) -> list[UUID]:
    found = []
    for one in typed:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
