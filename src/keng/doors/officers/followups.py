"""Follow-ups as officers see them: what waits for a person, cases by state and clock, one case, a batch and its sums."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.followup import actions, notices, orders, queries
from keng.desk.fraud.followup.answers import REFUSALS
from keng.desk.fraud.followup.deciding import took_part
from keng.desk.fraud.followup.models import (
    Action,
    Batch,
    Call,
    CallOutcome,
    Case,
    Level,
    Order,
    OrderState,
    Word,
    WordKind,
    WordState,
)
from keng.desk.fraud.followup.standing import Standing, State, is_only_number, standing
from keng.desk.ground.keys.queries import store
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, show, signed_in
from keng.doors.officers.words import shown_entries, source_said

VERDICTS = {
    "mismatch": Said("Khác thông tin", "Data differ"),
    "malformed": Said("Số định danh hỏng", "Unreadable number"),
    "conflict": Said("Số của người khác", "Somebody else's number"),
    "ambiguous": Said("Chưa rõ là ai", "Not clear who"),
    "not_found": Said("Không tìm thấy ai", "Nobody found"),
    "deceased": Said("Người đã mất", "Deceased"),
    "minor": Said("Chưa đủ tuổi", "Minor"),
    "over_limit": Said("Quá số thuê bao", "Over the limit"),
    "device_change": Said("Đổi máy", "Change of device"),
}
STATES = {
    State.WINDOW: Said("Đang nhắc, chờ sửa", "Told, time to correct"),
    State.STOPPED: Said("Đồng hồ đang dừng", "Clock stands still"),
    State.PERSON: Said("Chờ người quyết định", "Waits for a person"),
    State.CONTACT: Said("Chờ gọi được chủ", "Waits for a call"),
    State.OUT: Said("Dừng một chiều", "One way stopped"),
    State.BOTH: Said("Dừng hai chiều", "Both ways stopped"),
    State.END: Said("Đã chấm dứt", "Ended"),
    State.CORRECTED: Said("Đã sửa", "Corrected"),
    State.GRANTED: Said("Khiếu nại được chấp nhận", "Appeal granted"),
    State.LET_GO: Said("Cho dừng theo dõi", "Let go"),
    State.EXEMPT: Said("Được miễn", "Exempt"),
    State.TAKEN_BACK: Said("Đã rút lại", "Taken back"),
}
EXEMPTIONS = {
    "vneid_level_2": Said("VNeID mức 2 lập bằng chính số này", "VNeID level 2 made with this very number"),
    "machine": Said("Thẻ của máy, không phải của người", "A machine's card, not a person's"),
    "contract": Said("Đã có hợp đồng", "There is a contract"),
    "checked_at_counter": Said("Đã đối chiếu tại quầy", "Checked at the counter"),
}
ACTIONS = {
    Action.NOTICE: Said("Thông báo", "Notice"),
    Action.OUT: Said("Dừng một chiều", "Stop one way"),
    Action.BOTH: Said("Dừng hai chiều", "Stop both ways"),
    Action.END: Said("Chấm dứt", "End"),
    Action.RESTORE: Said("Mở lại", "Restore"),
    Action.CHECK: Said("Xem đã sửa chưa", "Check whether it is corrected"),
}
ANSWERED = {
    OrderState.ASKED: Said("đang gửi", "on its way"),
    OrderState.DELIVERED: Said("đã tới đối tác", "with the partner"),
    OrderState.RECEIVED: Said("đối tác đã nhận", "received"),
    OrderState.EXECUTED: Said("đã làm", "done"),
    OrderState.REFUSED: Said("từ chối", "refused"),
    OrderState.WITHDRAWN: Said("không còn cần", "no longer needed"),
}
WORDS = {
    WordKind.CORRECTED: Said("Báo đã sửa", "Says that it is corrected"),
    WordKind.NOT_MINE: Said("Báo số không phải của mình", "Says that the number is not theirs"),
    WordKind.PERSON: Said("Xin có người xem", "Asks for a person"),
    WordKind.APPEAL: Said("Khiếu nại", "Appeal"),
}
WORD_STATES = {
    WordState.OPEN: Said("chờ trả lời", "waits for an answer"),
    WordState.GRANTED: Said("được chấp nhận", "granted"),
    WordState.REJECTED: Said("không được chấp nhận", "rejected"),
    WordState.MOOT: Said("không còn cần trả lời", "needs no answer any more"),
}
CALLS = {
    CallOutcome.REACHED: Said("Đã nói chuyện với chủ", "Spoke with the holder"),
    CallOutcome.NO_ANSWER: Said("Không ai nghe", "No answer"),
    CallOutcome.OFF: Said("Máy tắt", "Switched off"),
    CallOutcome.OTHER_PERSON: Said("Người khác nghe", "Somebody else answered"),
}
GOES_ON = Said("Cho đi tiếp", "It goes on")
WHAT = {
    "batch": Said("Quyết định cho cả nhóm", "Decide for the group"),
    "person": Said("Chủ xin có người xem", "The holder asks for a person"),
    "appeal": Said("Khiếu nại", "Appeal"),
}


@require_safe
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """What waits for a person, the batches, and cases by state and clock."""
    officer, asked, language = officer_of(request), _asked(request), _language()
    made = queries.batches(officer)
    batches = [(str(one.pk), _name(one)) for one in made]
    context = {
        **_listed(officer, asked, made),
        "live_url": f"{reverse('officers:followups_rows')}?{urlencode(asked)}",
        "number": asked["number"],
        "filters": [
            {"name": "state", "label": _("Tình trạng"), "value": asked["state"], "choices": _choices(STATES, language)},
            {"name": "batch", "label": _("Đợt"), "value": asked["batch"], "choices": batches},
        ],
    }
    return show(request, "officers/followups.html", context)


@require_safe
@signed_in
def rows(request: HttpRequest) -> HttpResponse:
    """The part of the page of follow-ups that stays fresh."""
    officer = officer_of(request)
    context = _listed(officer, _asked(request), queries.batches(officer))
    return render(request, "officers/followups_rows.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip()[:64] for name in ("state", "batch", "number")}


def _listed(officer: Officer, asked: dict[str, str], made: list[Batch]) -> dict[str, Any]:
    now, language = clock.now(), _language()
    found = queries.cases(officer, **asked, now=now)
    return {
        "lines": [_line(line, language) for line in queries.lines(officer, now)],
        "rows": [_row(case, stands, language) for case, stands in found],
        "most": queries.PAGE if len(found) == queries.PAGE else 0,
        "to_call": queries.to_call(officer, now),
        "batches": [_batch_row(one) for one in made],
    }


@require_safe
@signed_in
def batch(request: HttpRequest, ident: UUID) -> HttpResponse:
    """A batch: what its cases add up to, by state and by verdict; what may be done with the whole of it."""
    officer, now, language = officer_of(request), clock.now(), _language()
    row = queries.get_batch(officer, ident)
    lines = [line for line in queries.lines(officer, now) if line.what == "batch" and line.batch.pk == row.pk]
    sums = queries.sums(row, now)
    address = reverse("officers:followups")
    context = {
        "batch": _batch_row(row),
        "back_reason": row.roll_back_reason,
        "back_by": row.rolled_back_by.display_name if row.rolled_back_by else "",
        "sums": [
            {
                "said": STATES[state].in_language(language),
                "count": count,
                "url": f"{address}?batch={row.pk}&state={state}",
            }
            for state, count in sums.items()
            if count
        ],
        "verdicts": [(_verdict(code, language), count) for code, count in queries.sums_by_verdict(row)],
        "late": queries.late_orders(row, now),
        "next_at": queries.first_due(row),
        "lines": [_line(line, language) for line in lines],
        "may_decide": rights.is_allowed(officer, "followup.decide"),
        "may_roll_back": row.rolled_back_at is None and rights.is_allowed(officer, "followup.roll_back"),
        "entries": shown_entries(officer, ledger.entries_on(row.subject)[:20]),
    }
    return show(request, "officers/followup_batch.html", context)


@require_safe
@signed_in
def case(request: HttpRequest, ident: UUID) -> HttpResponse:
    """One case: what, by which rule, its clock, what went out, who called, what the holder said. Opening it is a look."""
    officer, now = officer_of(request), clock.now()
    row = actions.look(officer, ident, now=now)
    return show(request, "officers/followup_case.html", _context(officer, row, now))


@require_safe
@signed_in
def live(request: HttpRequest, ident: UUID) -> HttpResponse:
    """The part of a case's page that stays fresh. Nothing sealed is opened for it, so it is no look."""
    row, now, language = queries.get_case(officer_of(request), ident), clock.now(), _language()
    stands = standing(row, row.batch, now)
    context = {
        "case": _row(row, stands, language),
        **_stands(row, stands, language),
        "has_news": request.GET.get("seen") != queries.newest_of(row),
    }
    return render(request, "officers/followup_case_live.html", context)


@require_POST
@signed_in
def decide(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Let the case go on, or let it go."""
    go_on, reason = request.POST.get("way") == "go_on", request.POST.get("reason", "")
    done = _("Đã quyết định cho đi tiếp; chủ được báo và còn thời hạn.") if go_on else _("Đã cho dừng.")
    return _do(
        request, "decide", ident, done, lambda who, now: actions.decide(who, ident, go_on=go_on, reason=reason, now=now)
    )


@require_POST
@signed_in
def exempt(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Leave the case out, on a ground of its rule."""
    ground, reason = request.POST.get("ground", ""), request.POST.get("reason", "")
    return _do(
        request, "exempt", ident, _("Đã miễn."), lambda who, now: actions.exempt(who, ident, ground, reason, now=now)
    )


@require_POST
@signed_in
def call(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Note a call to the holder."""
    outcome = request.POST.get("outcome", "")
    return _do(
        request, "call", ident, _("Đã ghi lần gọi."), lambda who, now: actions.note_call(who, ident, outcome, now=now)
    )


@require_POST
@signed_in
def answer(request: HttpRequest, ident: UUID, word: UUID) -> HttpResponse:
    """Grant or reject the holder's appeal."""
    grant, reason = request.POST.get("way") == "grant", request.POST.get("reason", "")
    done = _("Đã ghi quyết định về khiếu nại.")
    return _do(
        request,
        "answer",
        ident,
        done,
        lambda who, now: actions.answer_appeal(who, word, grant=grant, reason=reason, now=now),
    )


@require_POST
@signed_in
def decide_batch(request: HttpRequest, ident: UUID) -> HttpResponse:
    """The same decision for all cases of a batch with one verdict whose holders said nothing."""
    officer, now = officer_of(request), clock.now()
    rights.require_to_read(officer, "followup.decide")
    queries.get_batch(officer, ident)
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    go_on = request.POST.get("way") == "go_on"
    attempt(
        request,
        _("Đã quyết định cho cả nhóm."),
        lambda: actions.decide_batch(officer, ident, verdict, go_on=go_on, reason=reason, now=now),
    )
    return redirect("officers:followup_batch", ident=ident)


@require_POST
@signed_in
def roll_back(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Take the whole batch back."""
    officer, reason = officer_of(request), request.POST.get("reason", "")
    rights.require_to_read(officer, "followup.roll_back")
    queries.get_batch(officer, ident)
    done = _("Đã rút lại: từ lúc này không ai bị hạn chế vì đợt này.")
    attempt(request, done, lambda: actions.roll_back(officer, ident, reason, clock.now()))
    return redirect("officers:followup_batch", ident=ident)


def _do(
    request: HttpRequest, verb: str, ident: UUID, done: str, act: Callable[[Officer, datetime], object]
) -> HttpResponse:
    """Whether the officer may comes before whether the case is there: else the answer would tell."""
    officer = officer_of(request)
    rights.require_to_read(officer, f"followup.{verb}")
    queries.get_case(officer, ident)
    attempt(request, done, lambda: act(officer, clock.now()))
    return redirect("officers:followup_case", ident=ident)


def _context(officer: Officer, row: Case, now: datetime) -> dict[str, Any]:
    language, found = _language(), queries.whole(row, store(), now)
    stands, ladder = found.stands, found.ladder
    undecided = stands.is_open and row.needs_person and not row.decision and bool(ladder.restrictions)
    is_second = found.batch.begun_by_id != officer.pk
    return {
        "case": _row(row, stands, language),
        "batch": _batch_row(found.batch),
        "verdict": _verdict(row.verdict, language),
        "wrong": [one.in_language(language) for one in notices.what_is_wrong(ladder, row.reasons)],
        "probability": row.probability,
        "bound": ladder.bound,
        "is_only": is_only_number(row),
        "sims": row.sims,
        **_stands(row, stands, language),
        "live_url": f"{reverse('officers:followup_live', args=[row.pk])}?{urlencode({'seen': queries.newest_of(row)})}",
        "rule": ladder,
        "rule_said": ladder.said.in_language(language),
        "rule_source": source_said(ladder.source),
        "contacted_at": row.contacted_at,
        "tries": ladder.tries,
        "decision": _decision(row, language),
        "orders": [_order(one, row, language) for one in reversed(found.orders)],
        "words": [_word(word, text, officer, row, language) for word, text in found.words],
        "calls": [_call(one, language) for one in found.calls],
        "call_choices": _choices(CALLS, language),
        "exemptions": [(code, EXEMPTIONS[code].in_language(language)) for code in ladder.exemptions],
        "may": {
            "go_on": undecided and is_second and rights.is_allowed(officer, "followup.decide"),
            "let_go": stands.is_open and rights.is_allowed(officer, "followup.decide"),
            "exempt": stands.is_open and rights.is_allowed(officer, "followup.exempt"),
            "call": stands.is_open and rights.is_allowed(officer, "followup.call"),
        },
        "why_not": _("Bạn đã cho đợt này có hiệu lực; người khác phải quyết định.")
        if undecided and not is_second
        else "",
        "entries": shown_entries(officer, ledger.entries_on(row.subject)),
    }


def _stands(row: Case, stands: Standing, language: str) -> dict[str, Any]:
    """What is taken away now, and what comes next."""
    kind = row.batch.kind
    return {
        "takes": takes_said(kind, stands.level, language),
        "next": notices.what_comes(kind, stands).in_language(language) if stands.is_open else "",
        "next_at": stands.step_at,
    }


def takes_said(kind: str, level: Level, language: str) -> str:
    """What is taken away now, in words; empty for nothing."""
    return "" if level is Level.NONE else notices.takes(kind, level).in_language(language)


def _line(line: queries.Line, language: str) -> dict[str, Any]:
    url = (
        reverse("officers:followup_case", args=[line.case.pk])
        if line.case is not None
        else reverse("officers:followup_batch", args=[line.batch.pk])
    )
    return {
        "what": line.what,
        "said": WHAT[line.what].in_language(language),
        "verdict": _verdict(line.verdict, language),
        "code": line.verdict,
        "count": line.count,
        "name": line.case.record if line.case is not None else _name(line.batch),
        "since": line.since,
        "answer_by": line.answer_by,
        "url": url,
        "is_mine": line.is_mine,
    }


def _row(case_row: Case, stands: Standing, language: str) -> dict[str, Any]:
    return {
        "ident": case_row.pk,
        "record": case_row.record,
        "value": case_row.value,
        "is_sim": case_row.value.startswith("+"),
        "verdict": _verdict(case_row.verdict, language),
        "state": STATES[stands.state].in_language(language),
        "is_restricted": stands.level is not Level.NONE,
        "is_open": stands.is_open,
        "step": STATES[State(stands.step.does.value)].in_language(language) if stands.step and stands.step_at else "",
        "step_at": stands.step_at,
        "asked_at": case_row.asked_at,
        "notices": case_row.notices,
        "submitter": case_row.batch.submitter.name,
        "url": reverse("officers:followup_case", args=[case_row.pk]),
    }


def _batch_row(row: Batch) -> dict[str, Any]:
    return {
        "ident": row.pk,
        "name": _name(row),
        "is_sim": row.kind == "sim",
        "submitter": row.submitter.name,
        "cases": row.cases_made,
        "without": row.without_case,
        "begun_at": row.begun_at,
        "begun_by": row.begun_by.display_name if row.begun_by else "",
        "rolled_back_at": row.rolled_back_at,
        "url": reverse("officers:followup_batch", args=[row.pk]),
    }


def _order(order: Order, row: Case, language: str) -> dict[str, Any]:
    text = queries.told(order, row).in_language(language)
    is_check = order.action == Action.CHECK
    return {
        "number": order.number,
        "what": ACTIONS[Action(order.action)].in_language(language),
        "asked": orders.what(row.batch.kind, Action(order.action)).in_language(language),
        "text": "" if is_check else text,
        "sha256": bytes(order.sha256).hex(),
        "made_at": order.made_at,
        "answer_by": order.answer_by if order.answered_at is None else None,
        "state": ANSWERED[OrderState(order.state)].in_language(language),
        "waits": order.state in (OrderState.ASKED, OrderState.DELIVERED, OrderState.RECEIVED),
        "answered_at": order.answered_at,
        "refusal": REFUSALS[order.refusal].in_language(language) if order.refusal else "",
        "note": order.note,
        "reference": order.reference,
    }


def _word(word: Word, text: str, officer: Officer, row: Case, language: str) -> dict[str, Any]:
    is_open = word.kind == WordKind.APPEAL and word.state == WordState.OPEN
    involved = officer.pk in took_part(row)
    return {
        "ident": word.pk,
        "what": WORDS[WordKind(word.kind)].in_language(language),
        "at": word.said_at,
        "text": text,
        "state": "" if word.kind == WordKind.NOT_MINE else WORD_STATES[WordState(word.state)].in_language(language),
        "answer_by": word.answer_by if word.state == WordState.OPEN else None,
        "proof": _("Đã đăng nhập định danh, mức %(level)s") % {"level": word.proof_level}
        if word.proof == "sign_in"
        else _("Có mã trong thông báo"),
        "reason": word.decided_reason,
        "by": word.decided_by.display_name if word.decided_by else "",
        "decided_at": word.decided_at,
        "can_answer": is_open and not involved and rights.is_allowed(officer, "followup.answer"),
        "why_not": _("Người đã tham gia không quyết định khiếu nại này.") if is_open and involved else "",
    }


def _call(one: Call, language: str) -> dict[str, Any]:
    return {
        "at": one.at,
        "by": one.officer.display_name,
        "outcome": CALLS[CallOutcome(one.outcome)].in_language(language),
    }


def _decision(row: Case, language: str) -> dict[str, Any] | None:
    """What a person decided, newest word first: closing it, else letting it go on."""
    if row.closed_by is not None:
        said = STATES[State(row.outcome)].in_language(language)
        return {"said": said, "by": row.closed_by.display_name, "at": row.closed_at, "reason": row.closed_reason}
    if row.decided_by is not None:
        said = GOES_ON.in_language(language)
        return {"said": said, "by": row.decided_by.display_name, "at": row.decided_at, "reason": row.decided_reason}
    return None


def _verdict(code: str, language: str) -> str:
    return VERDICTS[code].in_language(language) if code in VERDICTS else code


def _choices(table: dict[Any, Said], language: str) -> list[tuple[str, str]]:
    return [(str(code), said.in_language(language)) for code, said in table.items()]


def _name(row: Batch) -> str:
    begun = day_in_vietnam(row.begun_at or row.made_at).strftime("%d/%m/%Y")
    return f"{row.submitter.name}, {begun}"


def _language() -> str:
    return get_language() or "vi"
