"""What a partner's clerk does at the web desk: answer a request, ask the desk about it, send a filled sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng.base.errors import ConflictError, InputError, KengError, Said
from keng.desk.fraud.measures import answers, refusals
from keng.desk.fraud.measures.checks import without_controls
from keng.desk.fraud.measures.models import Answer, FilledSheet, Question, Request
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

LONGEST_TEXT = 500
LONGEST_KEY = 64

NO_TEXT = Said("Hãy viết nội dung.", "Please write something.")
NO_QUESTION = Said("Không có câu hỏi này.", "There is no such question.")
REPLIED_ALREADY = Said("Câu hỏi này đã được trả lời.", "This question was answered already.")
TAKEN = Said("Đã nhận.", "Taken.")
SAME = Said("Dòng này đã nhận trước đây; không có gì thay đổi.", "This row was taken before; nothing changed.")
NOT_COUNTED = Said(
    "Dòng này đã gửi trước đây và không được tính ({code}).", "This row was sent before and did not count ({code})."
)


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row of a sheet, read. `row` is its number in the file."""

    row: int
    request_id: UUID
    told: answers.Told


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row: `taken`, `same` (taken before) or `bad`; a fault's column, and words."""

    row: int
    outcome: str
    measure: str
    column: str
    vi: str
    en: str


def partners_of(officer: Officer, *, now: datetime) -> list[Partner]:
    """The partners whose clerk this is. Raises RefusedError `not_allowed` if there is none."""
    found = partners.of_organisations(rights.may_on(officer, "requests.list", now=now))
    if not found:
        raise rights.refusal()
    return found


def get_own(officer: Officer, request_id: UUID, verb: str, *, now: datetime) -> Request:
    """A request to one of the clerk's partners. Another's is refused like one that is not there."""
    rows = Request.objects.filter(pk=request_id, partner__organisation__in=rights.may_on(officer, verb, now=now))
    rows = rows.select_related("measure__report__loss", "partner__organisation").prefetch_related("measure__notices")
    found = rows.first()
    if found is None:
        raise rights.refusal()
    rights.require(officer, verb, on=found.partner.organisation, now=now)
    return found


def answer(officer: Officer, request_id: UUID, key: str, told: answers.Told, *, now: datetime) -> Request:
    """Record a clerk's answer. A second click changes nothing: ConflictError `webhook_id_seen`. Raises as `answers.take`."""
    request = get_own(officer, request_id, "requests.answer", now=now)
    message_id = f"desk:{_key(key)}"
    return answers.take(request.partner, message_id, request_id, told, now=now, actor=officer.actor)


@transaction.atomic
def ask_desk(officer: Officer, request_id: UUID, key: str, text: str, *, now: datetime) -> Question:
    """Ask the desk about a request. The same form again gives the same question. Raises InputError `no_text`."""
    request = get_own(officer, request_id, "requests.ask", now=now)
    question, is_new = Question.objects.get_or_create(
        key=f"{request.pk.hex[:24]}:{_key(key)[:36]}",
        defaults={"request": request, "text": _text(text), "asked_by": officer, "asked_at": now},
    )
    if is_new:
        _record("measures.question", officer, request, now)
    return question


@transaction.atomic
def reply(officer: Officer, question_id: int, text: str, *, now: datetime) -> Question:
    """An officer replies to a clerk's question, once.

    Raises InputError `no_question` (also of another unit's), `no_text`; ConflictError `replied_already`.
    """
    question = _question_for(officer, question_id, now)
    waiting = Question.objects.filter(pk=question_id, replied_at=None)
    if waiting.update(reply=_text(text), replied_by=officer, replied_at=now) != 1:
        raise ConflictError("replied_already", REPLIED_ALREADY)
    _record("measures.reply", officer, question.request, now)
    return question


def measure_code_of(officer: Officer, question_id: int, *, now: datetime) -> str:
    """The code of the measure that a question is about. Raises InputError `no_question`."""
    return _question_for(officer, question_id, now).request.measure.code


def take_rows(partner: Partner, rows: Sequence[FilledRow], *, now: datetime, actor: str = "") -> list[RowOutcome]:
    """Take each row of a sheet by itself; a bad one does not hold the good ones up. A row that came before changes nothing."""
    incoming = [answers.Incoming(_message_id(row), row.request_id, row.told) for row in rows]
    outcomes = answers.take_all(partner, incoming, now=now, actor=actor)
    own = Request.objects.filter(partner=partner, pk__in={row.request_id for row in rows})
    codes = dict(own.values_list("pk", "measure__code"))
    before = _outcomes_of(
        partner, [one.message_id for one, outcome in zip(incoming, outcomes, strict=True) if _is_seen(outcome)]
    )
    return [
        _row_outcome(row, outcome, codes.get(row.request_id, ""), before.get(one.message_id, ""))
        for row, one, outcome in zip(rows, incoming, outcomes, strict=True)
    ]


@transaction.atomic
def keep_sheet(
    officer: Officer, partner: Partner, name: str, content: bytes, rows: list[RowOutcome], *, now: datetime
) -> FilledSheet:
    """Keep what became of a clerk's file, so that the result can be opened and downloaded again."""
    rights.require(officer, "requests.answer", on=partner.organisation, now=now)
    sheet = FilledSheet.objects.create(
        partner=partner,
        sent_by=officer,
        sent_at=now,
        name=without_controls(name)[:200] or "-",
        sha256=hashlib.sha256(content).digest(),
        rows=[asdict(row) for row in rows],
    )
    counts = {one: sum(row.outcome == one for row in rows) for one in ("taken", "same", "bad")}
    subject, data = f"partner:{partner.pk}", {"sheet": str(sheet.pk), **counts}
    ledger.record(actor=officer.actor, verb="measures.take_sheet", subject=subject, data=data, at=now)
    return sheet


def get_sheet(officer: Officer, sheet_id: UUID, *, now: datetime) -> FilledSheet:
    """A sheet of one of the clerk's partners; another's is refused like one that is not there."""
    own = rights.may_on(officer, "requests.list", now=now)
    found = FilledSheet.objects.filter(pk=sheet_id, partner__organisation__in=own).select_related("partner").first()
    if found is None:
        raise rights.refusal()
    return found


def _question_for(officer: Officer, question_id: int, now: datetime) -> Question:
    """The question, if it is about a measure of the officer's units."""
    rights.require(officer, "requests.reply", now=now)
    mine = Question.objects.filter(within(officer, "requests.reply", at="request__measure__report__"), pk=question_id)
    question = mine.select_related("request__measure").first()
    if question is None:
        raise InputError("no_question", NO_QUESTION)
    return question


def _row_outcome(row: FilledRow, outcome: Request | KengError, code: str, before: str) -> RowOutcome:
    """`before`: what became of the same row when it came first."""
    if isinstance(outcome, Request):
        return _outcome(row, "taken", code, TAKEN)
    if _is_seen(outcome):
        return _came_before(row, code, before)
    return _outcome(row, "bad", code, said_to_clerk(outcome.said), outcome.field or "")


def _came_before(row: FilledRow, code: str, before: str) -> RowOutcome:
    """A row whose first coming did not count is told so again; else somebody would think that it stands."""
    if before == "counted":
        return _outcome(row, "same", code, SAME)
    return _outcome(row, "bad", code, REFUSED_BEFORE.get(before, NOT_COUNTED.filled(code=before)))


def _is_seen(outcome: Request | KengError) -> bool:
    return isinstance(outcome, KengError) and outcome.code == "webhook_id_seen"


def _outcomes_of(partner: Partner, message_ids: list[str]) -> dict[str, str]:
    rows = Answer.objects.filter(partner=partner, message_id__in=message_ids) if message_ids else Answer.objects.none()
    return dict(rows.values_list("message_id", "outcome"))


def _outcome(row: FilledRow, outcome: str, code: str, said: Said, column: str = "") -> RowOutcome:
    return RowOutcome(row.row, outcome, code, column, said.vi, said.en)


REFUSED_BEFORE = {
    "no_such_request": refusals.NO_REQUEST,
    "already_answered": refusals.ANSWERED_ALREADY,
    "bad_answer": Said(
        "Dòng này vẫn như lần gửi trước và chưa đúng: số tiền, lý do hoặc ghi chú không khớp với kết quả.",
        "This row is as it was sent before and is still wrong: amount, reason or note do not fit the result.",
    ),
}
IN_WORDS = {
    refusals.BAD_HELD: Said(
        "Số tiền không khớp: làm đủ là đúng số được yêu cầu, một phần là lớn hơn 0 và nhỏ hơn số đó.",
        "The amount does not fit: in full is the whole amount, in part is above 0 and below it.",
    ),
    refusals.NO_HELD: Said("Chỉ lệnh giữ tiền mới có số tiền.", "Only a hold of funds has an amount."),
    refusals.PART_NEEDS_NOTE: Said(
        "Làm được một phần thì ghi rõ đã làm gì, chưa làm gì.", "In part: say what was done and what was not."
    ),
    refusals.BAD_REFUSAL: Said(
        "Hãy chọn một lý do hợp với việc này; lý do khác thì viết thêm ghi chú.",
        "Choose a reason that fits the action; another reason needs a note.",
    ),
    refusals.BAD_STATUS: Said("Hãy chọn một kết quả trong danh sách.", "Choose a result of the list."),
}
"""What the API says of its fields, as a clerk reads it."""


def said_to_clerk(said: Said) -> Said:
    """A refusal without the names of the API's fields."""
    return IN_WORDS.get(said, said)


def _message_id(row: FilledRow) -> str:
    """Of what the row says, wherever it stands: the same answer in another file is still the same answer."""
    told = row.told
    said = (row.request_id, told.status, told.held_amount, told.reason, told.note, told.reference, told.version)
    return f"file:{hashlib.sha256(repr(tuple(map(str, said))).encode()).hexdigest()[:60]}"


def _key(key: str) -> str:
    told = "".join(sign for sign in key if sign.isascii() and (sign.isalnum() or sign == "-"))[:LONGEST_KEY]
    if not told:
        raise InputError("no_text", NO_TEXT, field="key")
    return told


def _text(text: str) -> str:
    told = without_controls(text).strip()
    if not told:
        raise InputError("no_text", NO_TEXT, field="text")
    return told[:LONGEST_TEXT]


def _record(verb: str, officer: Officer, request: Request, now: datetime) -> None:
    about = f"report:{request.measure.report_id}"
    data: dict[str, object] = {"partner": request.partner_id}
    ledger.record(actor=officer.actor, verb=verb, subject=request.subject, about=about, data=data, at=now)
