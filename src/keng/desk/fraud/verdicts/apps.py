from __future__ import annotations

from django.apps import AppConfig


class VerdictsConfig(AppConfig):
    name = "keng.desk.fraud.verdicts"
    label = "verdicts"
