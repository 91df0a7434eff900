"""What was asked, answered and destroyed, as the reporter reads it below the tracking page."""

from __future__ import annotations

from typing import Any

from keng.desk.fraud.erasure import queries
from keng.desk.fraud.reports.models import ErasedWhy, Report


def own_data(report: Report) -> dict[str, Any]:
    """For public/own_data.html: what was asked and answered, and what was destroyed."""
    asked = queries.latest_for_reporter(report)
    return {
        "erased_at": report.erased_at,
        "by_request": report.erased_why == ErasedWhy.REQUEST,
        "proof": bytes(asked.proof).hex() if asked else "",
        "state": asked.state if asked else "",
        "asked_at": asked.asked_at if asked else None,
        "answer_by": asked.answer_by if asked else None,
        "decided_at": asked.decided_at if asked else None,
        "reason": asked.decided_reason if asked else "",
    }
