"""Reading appeals for others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keng.base import identifiers, sealing
from keng.base.errors import InputError
from keng.desk.fraud.appeals.actions import NO_APPEAL, label
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports.actions import NO_RECEIPT
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer


@dataclass(frozen=True, slots=True)
class AppealFacts:
    """An appeal with its text open, for whoever may read it."""

    id: UUID
    measure: Measure
    lodged_at: datetime
    text: str
    state: str
    decided_at: datetime | None
    decided_by: str
    decided_reason: str
    took_part: tuple[int | None, int | None]


def of_report(officer: Officer, report_id: UUID, keys: KeyStore) -> list[AppealFacts]:
    """The appeals against a report's measures, oldest first. The look at the report covers them."""
    rights.require(officer, "appeals.read")
    rows = Appeal.objects.filter(measure__report_id=report_id).select_related("measure", "decided_by")
    return [_open(row, keys) for row in rows.order_by("lodged_at")]


def track(receipt: str, keys: KeyStore) -> AppealFacts:
    """What the holder of a receipt may see. Raises InputError `no_receipt`."""
    tidy = identifiers.read_receipt(receipt)
    rows = Appeal.objects.select_related("measure", "decided_by")
    row = rows.filter(receipt_hash=identifiers.receipt_hash(tidy)).first() if tidy else None
    if row is None:
        raise InputError("no_receipt", NO_RECEIPT, field="receipt")
    return _open(row, keys)


def told_to_its_keeper(appeal_id: UUID, keys: KeyStore) -> AppealFacts | None:
    """The same for a citizen who attached the receipt to their identity; None if the appeal is gone."""
    row = Appeal.objects.select_related("measure", "decided_by").filter(pk=appeal_id).first()
    return _open(row, keys) if row else None


def report_code_of(appeal_id: UUID) -> str:
    """The code of the report behind an appeal. Raises InputError `no_appeal`."""
    code = Appeal.objects.filter(pk=appeal_id).values_list("measure__report__code", flat=True).first()
    if code is None:
        raise InputError("no_appeal", NO_APPEAL)
    return str(code)


def _open(row: Appeal, keys: KeyStore) -> AppealFacts:
    return AppealFacts(
        id=row.pk,
        measure=row.measure,
        lodged_at=row.lodged_at,
        text=_text(row, keys),
        state=row.state,
        decided_at=row.decided_at,
        decided_by=row.decided_by.unit_name if row.decided_by else "",
        decided_reason=row.decided_reason,
        took_part=(row.measure.proposed_by_id, row.measure.decided_by_id),
    )


def _text(row: Appeal, keys: KeyStore) -> str:
    """What the holder wrote; empty once its time was over and its key destroyed."""
    if not row.sealed_by:
        return ""
    key = sealing.unseal(keys.secret_by_id(row.sealed_by), label(row, "key"), bytes(row.sealed_key))
    return sealing.unseal(key, label(row, "text"), bytes(row.text)).decode()
