from __future__ import annotations

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "keng.desk.ground.organisations"
    label = "organisations"

    def ready(self) -> None:
        """Make `field__among` known."""
        from keng.desk.ground.organisations import lookups  # noqa: F401
