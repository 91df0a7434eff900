from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "keng.desk.fraud.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Hear of reports that change their unit."""
        from keng.desk.fraud.campaigns import following

        following.follow()
