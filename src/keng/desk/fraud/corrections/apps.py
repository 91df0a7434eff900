from __future__ import annotations

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    name = "keng.desk.fraud.corrections"
    label = "corrections"

    def ready(self) -> None:
        """Tell of its kind of task; what that needs is loaded when a task of it is done."""
        from keng.desk.ground.jobs import kinds

        kinds.announce("verdicts.replay", "keng.desk.fraud.corrections.replaying")
