from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from keng.desk.fraud.measures.models import Measure
    from keng.desk.fraud.reports.models import Report


class MeasuresConfig(AppConfig):
    name = "keng.desk.fraud.measures"
    label = "measures"

    def ready(self) -> None:
        """Hear of new owners; reviews close themselves when their measure is over."""
        from keng.desk.fraud.measures.listeners import on_over
        from keng.desk.fraud.reports.listeners import on_owner

        on_owner(_follow)
        on_over(_close_review)


def _follow(report: Report) -> None:
    from keng.desk.fraud.measures.owners import follow

    follow(report)


def _close_review(measure: Measure, now: datetime) -> None:
    from keng.desk.fraud.measures.reviewing import close

    close(measure, now)
