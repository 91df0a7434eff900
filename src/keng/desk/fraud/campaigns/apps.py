from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from keng.desk.fraud.reports.models import Report


class CampaignsConfig(AppConfig):
    name = "keng.desk.fraud.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Hear of reports that change their unit."""
        from keng.desk.fraud.reports import listeners

        listeners.on_owner(_count_with_owner)


def _count_with_owner(report: Report) -> None:
    """Loaded when it is needed: the engines behind it would make every process start half a second later."""
    from keng.desk.fraud.campaigns.following import count_with_owner

    count_with_owner(report)
