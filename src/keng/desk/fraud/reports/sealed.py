"""Opening what is sealed with a report's key. Who may ask is decided by the action or query that calls."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from keng.base import sealing
from keng.base.errors import ConflictError, Said
from keng.desk.fraud.reports.models import Message, Picture, Report, ReportKey, SharedOriginal
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.keys.actions import SealedKind

ERASED = Said(
    "Nội dung báo cáo này đã được xoá vĩnh viễn, không ai đọc lại được.",
    "The content of this report was erased for good; nobody can read it again.",
)


@dataclass(frozen=True, slots=True)
class SealedReport:
    """A report whose key is at hand, or was destroyed (None): then nothing is left to read."""

    report: Report
    key: bytes | None = field(repr=False)

    def original(self) -> bytes:
        """The submission as it came. Raises ConflictError `erased`."""
        if self.key is None:
            raise ConflictError("erased", ERASED)
        own = sealing.unseal(self.key, label(self.report, "original"), bytes(self.report.original))
        shared = self.report.shared
        return sealing.unseal(own, shared_label(shared), bytes(shared.sealed)) if shared else own

    def text(self) -> str:
        """The message that was reported; empty once it is erased."""
        if self.key is None:
            return ""
        return str(json.loads(self.original()).get("text") or "")

    def sender(self) -> str:
        """Who wrote to the reporter, as told; empty if not told, or once it is erased."""
        if self.key is None:
            return ""
        return str(json.loads(self.original()).get("sender") or "")[:200]

    def picture(self, picture: Picture) -> bytes:
        """A picture as it came. Only the confined process looks into it. Raises ConflictError `erased`."""
        if self.key is None:
            raise ConflictError("erased", ERASED)
        return sealing.unseal(self.key, label(self.report, f"picture:{picture.pk}"), bytes(picture.original))

    def preview(self, picture: Picture) -> bytes:
        """What was drawn anew from a picture; empty if there is none, or once it is erased."""
        if picture.preview is None or self.key is None:
            return b""
        return sealing.unseal(self.key, label(self.report, f"preview:{picture.pk}"), bytes(picture.preview))

    def message(self, message: Message) -> str:
        """One line of the talk; empty once it is erased."""
        if self.key is None:
            return ""
        return sealing.unseal(self.key, label(self.report, "message"), bytes(message.text)).decode()


def unlock(report: Report, keys: KeyStore) -> SealedReport:
    """The report with its key, which the store's key unseals; without one if it was erased."""
    if report.erased_at:
        return SealedReport(report, None)
    row = report.key
    wrapping = keys.secret_by_id(row.sealed_by)
    return SealedReport(report, sealing.unseal(wrapping, label(report, "key"), bytes(row.sealed)))


def label(report: Report, part: str) -> str:
    """The place that a sealed value belongs to."""
    return f"report:{report.pk}:{part}"


def shared_label(shared: SharedOriginal) -> str:
    """The place of an original that several reports share."""
    return f"shared:{shared.made_at.isoformat()}"


KEYS = SealedKind(ReportKey, "sealed_by", "sealed", lambda row: f"report:{row.report_id}:key")
SHARED_KEYS = SealedKind(SharedOriginal, "sealed_by", "sealed_key", shared_label)
