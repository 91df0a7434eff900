from __future__ import annotations

from django.apps import AppConfig


class LooksConfig(AppConfig):
    name = "keng.desk.ground.looks"
    label = "looks"

    def ready(self) -> None:
        from keng.desk.ground.ledger import queries as ledger
        from keng.desk.ground.looks.queries import withheld_entries

        ledger.screen_with(withheld_entries)
