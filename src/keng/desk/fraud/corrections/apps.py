from __future__ import annotations

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    name = "keng.desk.fraud.corrections"
    label = "corrections"

    def ready(self) -> None:
        from keng.desk.fraud.corrections import replaying  # noqa: F401 - registers its kind of task
