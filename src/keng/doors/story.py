"""What became of a report, as its own reporter is told: steps with their times, money, what happens next.

Every step is read from a row that an action wrote; nothing here is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from keng.base.errors import Said
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.measures.answers import REFUSALS
from keng.desk.fraud.measures.board import carried
from keng.desk.fraud.measures.kinds import SAID, Kind
from keng.desk.fraud.measures.models import OPEN_STATES, UNANSWERED, Measure, MeasureState, Request, RequestState
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.actions import report_of
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.ahead import Question, asked_ahead
from keng.desk.ground.keys import KeyStore

StepState = Literal["done", "now", "next", "failed"]
MoneyState = Literal["none", "received", "asked", "held", "part", "gone", "released"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened (`at`), or will by a moment (`by`)."""

    state: StepState
    said: Said
    at: datetime | None = None
    by: datetime | None = None
    note: Said | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """`until`: the moment to which the held money is held; `held_at`: when a bank first told that it holds some of it."""

    told: reports.Told
    money: measures.MoneySummary
    money_state: MoneyState
    until: datetime | None
    held_at: datetime | None
    steps: list[Step]


RECEIVED = Said("Kẻng đã nhận báo cáo của bạn", "Kẻng received your report")
LOOKED = Said("Một cán bộ trực đã mở xem", "An officer on duty opened it")
WAITS_FOR_OFFICER = Said("Cán bộ trực sẽ xem báo cáo của bạn", "An officer on duty will look at your report")
ASKED = Said("Đã yêu cầu {bank} giữ {amount} đ", "{bank} was asked to hold {amount} đ")
PROPOSED = Said(
    "Đã đề nghị giữ {amount} đ, chờ người thứ hai duyệt", "A hold of {amount} đ was proposed; a second officer decides"
)
SENDING = Said("Đang gửi yêu cầu tới {bank}", "The request is on its way to {bank}")
DELIVERED = Said("Yêu cầu đã tới {bank}", "The request reached {bank}")
WAITS_FOR_BANK = Said("{bank} trả lời", "{bank} answers")
WORKING = Said("{bank} đã nhận và đang xử lý", "{bank} has it and is working on it")
HELD = Said("{bank} đang giữ {amount} đ", "{bank} holds {amount} đ")
WAS_HELD = Said("{bank} đã giữ {amount} đ", "{bank} held {amount} đ")
HELD_PART = Said("{bank} chỉ còn giữ được {amount} đ", "{bank} could hold only {amount} đ")
REFUSED = Said("{bank} không giữ được tiền: {why}", "{bank} could not hold the money: {why}")
LATE = Said("{bank} chưa trả lời dù đã quá hạn.", "{bank} has not answered although the time is over.")
REMINDED = Said("Kẻng đã nhắc lại.", "Kẻng sent a reminder.")
CONFIRMED = Said("Người thứ hai đã xác nhận lệnh giữ", "A second officer confirmed the hold")
WAITS_FOR_SECOND = Said(
    "Người thứ hai xác nhận; nếu không, lệnh giữ tự hết hiệu lực",
    "A second officer confirms; if not, the hold falls by itself",
)
DECLINED = Said("Người thứ hai không đồng ý giữ tiền", "The second officer did not agree to the hold")
LAPSED = Said("Không ai xác nhận kịp; lệnh giữ đã hết hiệu lực", "Nobody confirmed in time; the hold has fallen")
ENDED = Said("Lệnh giữ đã hết thời hạn", "The hold came to its end")
LIFTED = Said("Lệnh giữ đã được gỡ", "The hold was lifted")
ENDS = Said("Lệnh giữ kết thúc nếu không có quyết định khác", "The hold ends unless another decision comes")
ERASED = Said("Nội dung báo cáo đã được xoá vĩnh viễn", "The report's content was erased for good")
OTHERS = {
    Kind.RESTRICT_ACCOUNT: Said("Đã yêu cầu hạn chế tài khoản", "A restriction of the account was asked for"),
    Kind.BLOCK_NUMBER: Said("Đã yêu cầu các nhà mạng chặn số", "The carriers were asked to block the number"),
    Kind.BLOCK_SENDER: Said(
        "Đã yêu cầu các nhà mạng chặn tên người gửi", "The carriers were asked to block the sender"
    ),
    Kind.SUSPEND_DOMAIN: Said("Đã yêu cầu tạm ngừng tên miền", "A suspension of the domain name was asked for"),
    Kind.TAKE_DOWN_PAGE: Said("Đã yêu cầu gỡ trang", "A take-down of the page was asked for"),
    Kind.PRESERVE_DATA: Said("Đã yêu cầu giữ nguyên dữ liệu", "A preservation of data was asked for"),
}
DONE_BY = Said("{n} nơi đã làm: {what}", "Done at {n}: {what}")
CLOSED = Said("Báo cáo đã đóng", "The report was closed")


def story_of(receipt: str, keys: KeyStore, *, now: datetime) -> Story:
    """The story of the report of this receipt. Raises InputError `no_receipt`."""
    report = report_of(receipt)
    with asked_ahead(*questions_of(report)):
        return story_told(reports.told_of(report, keys, now=now), now=now)


def questions_of(report: Report) -> tuple[Question, ...]:
    """What the story of a report asks of the database."""
    return (*reports.questions_of(report), measures.question_of_report(report.pk))


def story_told(told: reports.Told, *, now: datetime) -> Story:
    """The story of a report that is open before its reporter."""
    rows = [row for row in measures.of_report(told.report.pk) if row.state != MeasureState.WITHDRAWN]
    lost = told.loss.amount if told.loss else 0
    money = measures.money_of(lost, rows, now)
    steps = list(_steps(told, rows, now))
    holds = [row for row in rows if row.kind == Kind.HOLD_FUNDS]
    held = [request for row in holds for request in row.requests.all() if measures.held_now(request, now)]
    until = min((request.until for request in held), default=None)
    held_at = min((request.answered_at for request in held if request.answered_at), default=None)
    return Story(told, money, _money_state(told, holds, money, now), until, held_at, steps)


def _steps(told: reports.Told, rows: list[Measure], now: datetime) -> Iterator[Step]:
    yield Step("done", RECEIVED, at=told.report.received_at)
    if told.looks:
        yield Step("done", LOOKED, at=told.looks[-1].at)
    elif told.loss and not any(row.kind == Kind.HOLD_FUNDS for row in rows) and not told.report.closed_at:
        yield Step("now", WAITS_FOR_OFFICER)
    for measure in rows:
        if measure.kind == Kind.HOLD_FUNDS:
            yield from _measure_steps(measure, now)
        elif measure.sent_at:
            yield from _other_steps(measure, now)
    if told.report.erased_at:
        yield Step("done", ERASED, at=told.report.erased_at)
    elif told.report.closed_at:
        reason = told.report.closed_reason
        yield Step("done", CLOSED, at=told.report.closed_at, note=Said(reason, reason))


def _measure_steps(measure: Measure, now: datetime) -> Iterator[Step]:
    values = {"bank": reports.bank_name(measure.object_value), "amount": _grouped(measure.amount)}
    state = measures.state_now(measure, now)
    if not measure.urgent:
        yield Step("done", PROPOSED.filled(**values), at=measure.proposed_at)
    for request in measure.requests.all():
        yield Step("done", ASKED.filled(**values), at=request.asked_at)
        yield from _request_steps(request, values["bank"], now)
    nothing_to_come = _is_refused(measure)
    yield from (step for step in _decision_steps(measure, state) if step.state != "next" or not nothing_to_come)


def _is_refused(measure: Measure) -> bool:
    """True if every bank that was asked refused: there is nothing left to confirm, or to end."""
    states = {request.state for request in measure.requests.all()}
    return states == {RequestState.REFUSED}


def _other_steps(measure: Measure, now: datetime) -> Iterator[Step]:
    """A measure that holds no money: that it was asked for, and at how many places it is in force now."""
    what = OTHERS[Kind(measure.kind)]
    yield Step("done", what, at=measure.sent_at)
    done = carried(measure, now).done
    if done:
        name = SAID[Kind(measure.kind)]
        yield Step("done", Said(DONE_BY.vi.format(n=done, what=name.vi), DONE_BY.en.format(n=done, what=name.en)))


def _request_steps(request: Request, bank: str, now: datetime) -> Iterator[Step]:
    held = _grouped(request.held_amount)
    if request.delivered_at:
        yield Step("done", DELIVERED.filled(bank=bank), at=request.delivered_at)
    else:
        yield Step("now" if request.state == RequestState.ASKED else "done", SENDING.filled(bank=bank))
    if measures.is_overdue(request, now):
        note = REMINDED if request.reminded_at else None
        yield Step("failed", LATE.filled(bank=bank), at=request.answer_by, note=note)
    elif request.state == RequestState.RECEIVED:
        yield Step("now", WORKING.filled(bank=bank), by=request.answer_by)
    elif request.state in UNANSWERED and now < request.until:
        yield Step("next", WAITS_FOR_BANK.filled(bank=bank), by=request.answer_by)
    elif request.state == RequestState.REFUSED:
        why = REFUSALS[request.refusal]
        said = Said(REFUSED.vi.format(bank=bank, why=why.vi), REFUSED.en.format(bank=bank, why=why.en))
        yield Step("failed", said, at=request.answered_at)
    elif request.held_amount:
        whole = request.held_amount == request.measure.amount
        said = (HELD if whole else HELD_PART) if measures.held_now(request, now) else WAS_HELD
        yield Step("done", said.filled(bank=bank, amount=held), at=request.answered_at)


def _decision_steps(measure: Measure, state: MeasureState) -> Iterator[Step]:
    match state:
        case MeasureState.UNCONFIRMED | MeasureState.PROPOSED:
            yield Step("next", WAITS_FOR_SECOND, by=measure.confirm_by)
        case MeasureState.ACTIVE:
            yield Step("done", CONFIRMED, at=measure.decided_at)
            yield Step("next", ENDS, by=measure.ends_at)
        case MeasureState.DECLINED:
            yield Step("failed", DECLINED, at=measure.decided_at)
        case MeasureState.LAPSED:
            yield Step("failed", LAPSED, at=measure.confirm_by)
        case MeasureState.ENDED:
            yield Step("done", ENDED, at=measure.ends_at)
        case MeasureState.LIFTED:
            yield Step("done", LIFTED, at=measure.closed_at)


def _money_state(told: reports.Told, rows: list[Measure], money: measures.MoneySummary, now: datetime) -> MoneyState:
    if told.loss is None:
        return "none"
    if money.held:
        return "held" if money.held >= money.asked else "part"
    live = [request for measure in rows for request in measure.requests.all() if now < request.until]
    if any(request.state in UNANSWERED for request in live):
        return "asked"
    if any(request.state == RequestState.REFUSED for measure in rows for request in measure.requests.all()):
        return "gone"
    if any(measures.state_now(measure, now) not in OPEN_STATES for measure in rows):
        return "released"
    return "received"


def _grouped(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
