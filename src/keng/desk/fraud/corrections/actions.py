"""What an officer can say of a verdict: that it is right, or what it should be; and take that back. Nothing else moves by it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng.base.errors import ConflictError, InputError, Said
from keng.desk.fraud.corrections.calls import calls
from keng.desk.fraud.corrections.models import Correction
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.actions import get_report_for
from keng.desk.fraud.reports.models import Report
from keng.desk.fraud.reports.sealed import ERASED, unlock
from keng.desk.fraud.verdicts.judging import Judged
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people.models import Officer

RIGHT = "right"

NO_CALL = Said("Không có thủ đoạn này trong danh sách.", "The list holds no such trick.")
NOTHING_JUDGED = Said("Báo cáo này không có chữ nào để máy đọc.", "This report holds no word for the machine to judge.")
SAID_ALREADY = Said("Điều này đã được ghi rồi.", "This is what stands already.")
NOTHING_SAID = Said("Chưa ai nhận xét máy ở báo cáo này.", "Nobody has judged the machine on this report.")


@transaction.atomic
def correct(officer: Officer, report_id: UUID, said: str, keys: KeyStore, *, now: datetime) -> Correction:
    """What the report is: a trick's code, `spam`, `true`, or `right` for "as the machine says". It replaces what was said before.

    Raises InputError `no_call`, ConflictError `erased`, `nothing_judged`, `said_already`.
    """
    report = get_report_for(officer, "verdicts.correct", report_id, locked=True)
    judged = _judged(report, keys)
    call = judged.called if said == RIGHT else said
    if call not in calls():
        raise InputError("no_call", NO_CALL, field="said")
    standing = Correction.objects.filter(report=report, undone_at=None)
    if standing.filter(said=call, machine=judged.called, model=judged.model).exists():
        raise ConflictError("said_already", SAID_ALREADY)
    standing.update(undone_at=now)
    made = Correction.objects.create(
        report=report, model=judged.model, machine=judged.called, said=call, officer=officer, at=now
    )
    data = {"model": judged.model, "machine": judged.called, "said": call}
    _record("verdicts.correct", officer, report, now, data)
    return made


@transaction.atomic
def undo(officer: Officer, report_id: UUID, *, now: datetime) -> None:
    """Take back what stands. Raises ConflictError `nothing_said`."""
    report = get_report_for(officer, "verdicts.correct", report_id, locked=True)
    if not Correction.objects.filter(report=report, undone_at=None).update(undone_at=now):
        raise ConflictError("nothing_said", NOTHING_SAID)
    _record("verdicts.undo", officer, report, now, {})


def _judged(report: Report, keys: KeyStore) -> Judged:
    """The verdict that the correction is about. One that was never kept is derived now, by the model that is live."""
    if report.erased_at:
        raise ConflictError("erased", ERASED)
    judged = reports.stored_verdict(report) or reports.judge_opened(unlock(report, keys))
    if judged is None:
        raise ConflictError("nothing_judged", NOTHING_JUDGED)
    return judged


def _record(verb: str, officer: Officer, report: Report, now: datetime, data: dict[str, str]) -> None:
    ledger.record(actor=officer.actor, verb=verb, subject=report.subject, about=report.subject, data={**data}, at=now)
