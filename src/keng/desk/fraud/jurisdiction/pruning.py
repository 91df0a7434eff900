"""What officers wrote about a report as it was handed on goes with the report; between which units it went stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from keng.desk.fraud.jurisdiction.models import Handover


def empty_words(report_id: UUID) -> int:
    """Nothing where reasons stood. How many handovers the report had."""
    return empty(Handover.objects.filter(report=report_id))


def of_the_erased(before: datetime) -> QuerySet[Handover]:
    """Handovers with words of reports erased before that moment: written since, for an offer may outlive its report."""
    return Handover.objects.filter(report__erased_at__lte=before).exclude(reason="", answer="")


def empty(rows: QuerySet[Handover]) -> int:
    return rows.update(reason="", answer="")
