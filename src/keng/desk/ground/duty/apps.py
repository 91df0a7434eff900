from __future__ import annotations

from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "keng.desk.ground.duty"
    label = "duty"
