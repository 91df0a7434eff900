from __future__ import annotations

from django.apps import AppConfig


class AppealsConfig(AppConfig):
    name = "keng.desk.fraud.appeals"
    label = "appeals"
