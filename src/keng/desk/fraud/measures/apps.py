from __future__ import annotations

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "keng.desk.fraud.measures"
    label = "measures"

    def ready(self) -> None:
        """Hear of new owners; reviews close themselves when their measure is over."""
        from keng.desk.fraud.measures import (
            owners,
            reviewing,  # noqa: F401 - it registers itself
        )
        from keng.desk.fraud.reports import listeners

        listeners.on_owner(owners.follow)
