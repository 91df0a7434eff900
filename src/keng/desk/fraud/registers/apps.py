from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "keng.desk.fraud.registers"
    label = "registers"

    def ready(self) -> None:
        """Tell of its kinds of task; what they need is loaded when one is done."""
        from keng.desk.ground.jobs import kinds

        for name in ("registers.check", "registers.cleanse", "registers.begin"):
            kinds.announce(name, "keng.desk.fraud.registers.running")
