from __future__ import annotations

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "keng.desk.fraud.measures"
    label = "measures"

    def ready(self) -> None:
        """Reviews close themselves when their measure is over."""
        from keng.desk.fraud.measures import reviewing  # noqa: F401 - it registers itself
