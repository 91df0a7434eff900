from __future__ import annotations

from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "keng.desk.ground.gate"
    label = "gate"
