from __future__ import annotations

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "keng.desk.fraud.followup"
    label = "followup"

    def ready(self) -> None:
        """Tell of its kind of task; what it needs is loaded when one is done."""
        from keng.desk.ground.jobs import kinds

        kinds.announce("followup.steps", "keng.desk.fraud.followup.stepping")
