from __future__ import annotations

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "keng.desk.fraud.measures"
    label = "measures"

    def ready(self) -> None:
        """Hear of new owners."""
        from keng.desk.fraud.measures import owners
        from keng.desk.fraud.reports import listeners

        listeners.on_new_owner(owners.follow)
