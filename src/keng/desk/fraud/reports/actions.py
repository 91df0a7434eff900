"""What can be done to a report: receive it, look at it, write to and fro, close it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef

from keng.base import identifiers, sealing
from keng.base.errors import ConflictError, InputError, Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.reports import arriving, listeners, pruning, reading
from keng.desk.fraud.reports.models import ErasedWhy, Loss, Message, Report, ReportKey
from keng.desk.fraud.reports.origin import Origin
from keng.desk.fraud.reports.scope import within
from keng.desk.fraud.reports.sealed import ERASED, SealedReport, label, unlock
from keng.desk.fraud.reports.submission import check_text, read_submission
from keng.desk.fraud.verdicts import pruning as verdicts
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.plainly import rows_with
from keng.vietnam import rules

PURPOSES = {
    "triage": Said("Xem để quyết định giữ tiền", "To decide on holding money"),
    "reply": Said("Xem để trả lời người báo", "To answer the reporter"),
    "audit": Said("Kiểm tra công việc", "To audit the work"),
    "evaluate": Said("Đo và sửa máy đọc tin", "To measure and correct the machine that reads"),
}
RETRY_KEY_LENGTHS = range(16, 129)
MAX_REASON = 300

RETRY_KEY_LENGTH = Said(
    "Idempotency-Key phải dài 16 đến 128 ký tự.", "An Idempotency-Key must be 16 to 128 characters long."
)
RETRY_OTHER_BODY = Said(
    "Idempotency-Key này đã dùng cho một báo cáo có nội dung khác.",
    "This Idempotency-Key was used for a report with another body.",
)
RETRY_TOO_LATE = Said(
    "Báo cáo này đã nhận từ lâu; mã biên nhận không nói lại được nữa.",
    "This report was received long ago; its receipt can no longer be told again.",
)
MAX_MESSAGE = 4000  # characters
LONG_MESSAGE = Said("Tin quá dài: nhiều nhất 4.000 ký tự.", "The message is too long: 4,000 characters at most.")
TOO_MANY_MESSAGES = Said(
    "Báo cáo này đã có nhiều tin của bạn. Hãy chờ cán bộ trả lời; chuyện mới thì báo lại từ đầu.",
    "This report holds many messages of yours already. Wait for the answer; for something new make a new report.",
)
NO_RECEIPT = Said("Không có báo cáo nào mang mã biên nhận này.", "No report has this receipt code.")
NO_REPORT = Said("Không có báo cáo này.", "There is no such report.")
NO_PURPOSE = Said("Hãy nêu mục đích xem.", "State a purpose for looking.")
NO_REASON = Said("Hãy nêu lý do.", "Give a reason.")
ALREADY_CLOSED = Said("Báo cáo này đã đóng.", "This report is already closed.")
NOT_CLOSED = Said("Báo cáo này đang mở, hoặc đã xoá nội dung.", "This report is open, or its content is erased.")


@dataclass(frozen=True, slots=True)
class Received:
    """What the reporter is told. `receipt` is shown now and cannot be told again; `sha256` proves what was kept."""

    report: Report
    receipt: str
    sha256: str
    is_new: bool


def receive(
    original: bytes, keys: KeyStore, *, retry_key: str | None, now: datetime, origin: Origin | None = None
) -> Received:
    """Keep a report as it came and what was found in it, in one transaction; the same retry key and body give the first receipt.

    Returns when it is on disk. Reports that wait at the same moment may share the transaction (`arriving.keep`).

    `original` is the JSON of docs/openapi (operation report_create); `origin` is how it came, if through a door. The same
    bytes many times within minutes are kept once, which the sender cannot tell.

    Raises InputError, ConflictError `retry_other_body`.
    """
    submission = read_submission(original, now=now)
    receipt, retry_hash = _receipt_for(original, keys, retry_key, now)
    digest = hashlib.sha256(original).digest()
    found, judged = reading.read_indicators(submission, now), reading.judge(submission)
    sent = arriving.Sent(original, digest, submission, found, origin, judged)
    kept = arriving.keep(arriving.make_ready(sent, receipt, retry_hash, keys, now))
    if not kept.is_new:
        receipt = _first_receipt(kept.report, digest, keys, retry_key or "", original, now)
    return Received(kept.report, receipt, digest.hex(), kept.is_new)


@transaction.atomic
def look(officer: Officer, report_id: UUID, purpose: str, keys: KeyStore, *, now: datetime) -> SealedReport:
    """Open a report for an officer with a stated purpose. The look itself is an entry that the reporter sees."""
    report = get_report_for(officer, "reports.look", report_id)
    if purpose not in PURPOSES:
        raise InputError("no_purpose", NO_PURPOSE, field="purpose")
    opened = unlock(report, keys)
    ledger.record(
        actor=officer.actor,
        verb="reports.look",
        subject=report.subject,
        about=report.subject,
        data={"purpose": purpose},
        at=now,
    )
    return opened


@transaction.atomic
def write_to_reporter(officer: Officer, report_id: UUID, text: str, keys: KeyStore, *, now: datetime) -> None:
    """An officer's message, which the reporter reads on the tracking page."""
    report = get_report_for(officer, "reports.write", report_id)
    _write(report, officer, text, keys, now)


@transaction.atomic
def write_from_reporter(receipt: str, text: str, keys: KeyStore, *, now: datetime) -> None:
    """The reporter's message to the desk: bounded in number and length, so that a receipt is no place to leave things.

    Raises InputError `long_message`, ConflictError `too_many_messages`.
    """
    if len(text) > MAX_MESSAGE:
        raise InputError("long_message", LONG_MESSAGE, field="text")
    report = Report.objects.select_for_update().get(pk=report_of(receipt).pk)
    most = rules.limit("reports.messages", day_in_vietnam(now)).value
    if report.messages.filter(officer=None).count() >= most:
        raise ConflictError("too_many_messages", TOO_MANY_MESSAGES, field="text")
    _write(report, None, text, keys, now)


@transaction.atomic
def close(officer: Officer, report_id: UUID, reason: str, *, now: datetime) -> None:
    """Take a report out of the queue for a reason that the reporter reads. Raises ConflictError `already_closed`."""
    report = get_report_for(officer, "reports.close", report_id)
    if not reason.strip():
        raise InputError("no_reason", NO_REASON, field="reason")
    changed = Report.objects.filter(pk=report.pk, closed_at=None).update(
        closed_at=now, closed_reason=reason[:MAX_REASON]
    )
    if changed != 1:
        raise ConflictError("already_closed", ALREADY_CLOSED)
    ledger.record(
        actor=officer.actor, verb="reports.close", subject=report.subject, about=report.subject, data={}, at=now
    )


@transaction.atomic
def reopen(officer: Officer, report_id: UUID, *, now: datetime) -> None:
    """Undo `close`: the report waits again as it did. Raises ConflictError `not_closed` for one that is open, or erased."""
    report = get_report_for(officer, "reports.reopen", report_id)
    closed = Report.objects.filter(pk=report.pk, closed_at__isnull=False, erased_at=None)
    if closed.update(closed_at=None, closed_reason="") != 1:
        raise ConflictError("not_closed", NOT_CLOSED)
    ledger.record(
        actor=officer.actor, verb="reports.reopen", subject=report.subject, about=report.subject, data={}, at=now
    )


@transaction.atomic
def erase(report_id: UUID, why: ErasedWhy, *, actor: str, now: datetime) -> dict[str, int] | None:
    """Destroy the report's key and everything that tells of its writer; figures and ledger stay. Returns what went, by kind.

    None if it was erased before. Whether it may be erased is for the caller to check, in this transaction.
    """
    report = Report.objects.select_for_update().filter(pk=report_id, erased_at=None).first()
    if report is None:
        return None
    gone = {"messages": report.messages.update(text=b""), **pruning.delete_finds(report)}
    ReportKey.objects.filter(report=report).delete()
    verdicts.forget_places(report.pk)
    Loss.objects.filter(pk=report.pk).update(to_account="", from_account=None)
    Report.objects.filter(pk=report.pk).update(
        original=b"",
        original_sha256=bytes(32),  # of a text that somebody might guess: it would confirm the guess
        shared=None,
        source=None,
        wave=None,
        place_code="",
        written_at=None,
        closed_at=report.closed_at or now,
        closed_reason="",
        erased_at=now,
        erased_why=why,
    )
    pruning.lock_away_unshared(report.shared_id)
    ledger.record(
        actor=actor,
        verb="reports.erase",
        subject=report.subject,
        about=report.subject,
        data={"why": str(why), **gone},
        at=now,
    )
    return gone


def report_of(receipt: str) -> Report:
    """The report of a receipt as typed by a person. Raises InputError `no_receipt`."""
    tidy = identifiers.read_receipt(receipt)
    found = rows_with(Report, "receipt_hash", identifiers.receipt_hash(tidy)) if tidy else []
    if not found:
        raise InputError("no_receipt", NO_RECEIPT, field="receipt")
    return found[0]


def get_report(report_id: UUID | None) -> Report:
    """The report of that id. Raises InputError `no_report`."""
    report = Report.objects.filter(pk=report_id).first() if report_id else None
    if report is None:
        raise InputError("no_report", NO_REPORT)
    return report


def get_report_for(officer: Officer, verb: str, report_id: UUID | None, *, locked: bool = False) -> Report:
    """The report, if the officer may do `verb` to it; locked against other actions if asked.

    Raises RefusedError `not_allowed` for a role that never may, InputError `no_report` for one that there is not and one of
    another unit alike.
    """
    rights.require(officer, verb)
    rows = Report.objects.select_for_update(of=("self",), no_key=True) if locked else Report.objects
    report = (
        rows.select_related("owner", "loss").filter(within(officer, verb), pk=report_id).first() if report_id else None
    )
    if report is None:
        raise InputError("no_report", NO_REPORT)
    return report


def set_owner(report: Report, owner: Organisation) -> None:
    """Write down whose the report is now; part of an action of jurisdiction, which records it."""
    report.owner = owner
    report.save(update_fields=["owner"])
    jobs.follow_owner(report.pk, owner)
    listeners.tell(report)


def note_hold(report_id: UUID) -> None:
    """The report waits for no first decision on a hold any more; part of the action of measures that asks for one."""
    Report.objects.filter(pk=report_id).update(to_hold=None)


def wait_for_hold(report_id: UUID) -> None:
    """The report waits for a first decision on a hold again, for its whole loss; part of the action that takes the asking back."""
    Report.objects.filter(pk=report_id, loss__isnull=False).update(
        to_hold=Loss.objects.filter(report=OuterRef("pk")).values("amount")
    )


def _receipt_for(original: bytes, keys: KeyStore, retry_key: str | None, now: datetime) -> tuple[str, bytes | None]:
    if retry_key is None:
        return identifiers.new_receipt(), None
    if len(retry_key) not in RETRY_KEY_LENGTHS:
        raise InputError("bad_retry_key", RETRY_KEY_LENGTH, field="Idempotency-Key")
    _, secret = keys.secret(Purpose.RECEIPTS, now)
    receipt = identifiers.receipt_from(secret, retry_key.encode(), original)
    return receipt, hashlib.sha256(retry_key.encode()).digest()


def _first_receipt(
    report: Report, digest: bytes, keys: KeyStore, retry_key: str, original: bytes, now: datetime
) -> str:
    """The receipt that this idempotency key brought before, whichever live key gave it. Raises ConflictError."""
    if report.erased_at:
        raise ConflictError("erased", ERASED, field="Idempotency-Key")
    if bytes(report.original_sha256) != digest:
        raise ConflictError("retry_other_body", RETRY_OTHER_BODY, field="Idempotency-Key")
    for secret in keys.secrets(Purpose.RECEIPTS, now):
        receipt = identifiers.receipt_from(secret, retry_key.encode(), original)
        if identifiers.receipt_hash(receipt) == bytes(report.receipt_hash):
            return receipt
    raise ConflictError("retry_too_late", RETRY_TOO_LATE, field="Idempotency-Key")


def _write(report: Report, officer: Officer | None, text: str, keys: KeyStore, now: datetime) -> None:
    check_text(text)
    message = Message(report=report, officer=officer, at=now)
    opened = unlock(report, keys)
    if opened.key is None:
        raise ConflictError("erased", ERASED)
    message.text = sealing.seal(opened.key, label(report, "message"), text.encode())
    message.save(force_insert=True)
    ledger.record(
        actor=officer.actor if officer else "reporter",
        verb="reports.write",
        subject=report.subject,
        about=report.subject,
        data={},
        at=now,
    )
