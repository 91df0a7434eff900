"""Reading requests for erasure, and what forbids to destroy a report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from keng.base.errors import InputError, Said
from keng.desk.fraud.appeals.models import Appeal, AppealState
from keng.desk.fraud.erasure.models import Erasure, ErasureState, LegalHold
from keng.desk.fraud.measures.models import OPEN_STATES, Measure
from keng.desk.fraud.reports.models import Report
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.ahead import Question
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.plainly import question, rows_with

PAGE = 200

MEASURE_OPEN = Said(
    "Còn lệnh đang mở vì báo cáo này; phải chờ lệnh kết thúc.",
    "A measure because of this report is still open; it must end first.",
)
APPEAL_OPEN = Said(
    "Còn khiếu nại chờ quyết định về lệnh của báo cáo này.",
    "An appeal against a measure of this report waits for its decision.",
)
ON_HOLD = Said(
    "Có lệnh lưu giữ của cơ quan có thẩm quyền đối với báo cáo này.",
    "A competent authority's legal hold stands on this report.",
)


def why_kept(report_id: UUID) -> Said | None:
    """Why nothing of this report may be destroyed now; None if it may."""
    if Measure.objects.filter(report_id=report_id, state__in=OPEN_STATES).exists():
        return MEASURE_OPEN
    if Appeal.objects.filter(measure__report_id=report_id, state=AppealState.OPEN).exists():
        return APPEAL_OPEN
    if LegalHold.objects.filter(report_id=report_id, released_at=None).exists():
        return ON_HOLD
    return None


def without_what_is_kept(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Those of the reports of which nothing forbids to destroy them: `why_kept` for many, in one query."""
    measures = Measure.objects.filter(report=OuterRef("pk"), state__in=OPEN_STATES)
    appeals = Appeal.objects.filter(measure__report=OuterRef("pk"), state=AppealState.OPEN)
    holds = LegalHold.objects.filter(report=OuterRef("pk"), released_at=None)
    return reports.exclude(Exists(measures)).exclude(Exists(appeals)).exclude(Exists(holds))


def waiting(officer: Officer) -> list[Erasure]:
    """Open requests, the one due first on top."""
    rights.require_to_read(officer, "erasure.list")
    rows = _mine(officer).filter(state=ErasureState.OPEN).select_related("report")
    return list(rows.order_by("answer_by", "pk")[:PAGE])


def waiting_count(officer: Officer) -> int:
    """How many requests wait for an answer of the officer's units."""
    return open_ones(officer).count()


def open_ones(officer: Officer) -> QuerySet[Erasure]:
    """The requests that wait for an answer of the officer's units, to be counted."""
    return _mine(officer).filter(state=ErasureState.OPEN)


def of_report(officer: Officer, report_id: UUID) -> list[Erasure]:
    """Every request about a report, newest first."""
    rights.require_to_read(officer, "erasure.list")
    return _newest_first(_mine(officer), report_id)


def holds_on(officer: Officer, report_id: UUID) -> list[LegalHold]:
    """The legal holds on a report, standing ones first."""
    rights.require_to_read(officer, "erasure.list")
    rows = LegalHold.objects.filter(within(officer, "erasure.list", at="report__"), report_id=report_id).select_related(
        "placed_by", "released_by"
    )
    return sorted(rows, key=lambda row: (row.released_at is not None, row.placed_at))


def latest_for_reporter(report: Report) -> Erasure | None:
    """The newest request, for the holder of the receipt."""
    return next(iter(rows_with(Erasure, "report", report.pk, order="-asked_at -pk")), None)


def question_for_reporter(report: Report) -> Question:
    """What `latest_for_reporter` asks."""
    return question(Erasure, "report", report.pk, order="-asked_at -pk")


def get_report_code(officer: Officer, erasure_id: UUID) -> str:
    """The code of the report that a request is about, for who may decide on it. Raises InputError `no_erasure`."""
    rights.require_to_read(officer, "erasure.decide")
    rows = Erasure.objects.filter(within(officer, "erasure.decide", at="report__"), pk=erasure_id)
    code = rows.values_list("report__code", flat=True).first()
    if code is None:
        raise InputError("no_erasure", Said("Không có yêu cầu xoá này.", "There is no such request for erasure."))
    return str(code)


def is_late(erasure: Erasure, now: datetime) -> bool:
    """True if the time of the law is over and nobody answered."""
    return erasure.state == ErasureState.OPEN and erasure.answer_by <= now


def _mine(officer: Officer) -> QuerySet[Erasure]:
    return Erasure.objects.filter(within(officer, "erasure.list", at="report__"))


def _newest_first(erasures: QuerySet[Erasure], report_id: UUID) -> list[Erasure]:
    rows = erasures.filter(report_id=report_id).select_related("report", "decided_by")
    return list(rows.order_by("-asked_at", "-pk"))
