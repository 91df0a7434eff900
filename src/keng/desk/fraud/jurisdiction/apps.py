from __future__ import annotations

from django.apps import AppConfig


class JurisdictionConfig(AppConfig):
    name = "keng.desk.fraud.jurisdiction"
    label = "jurisdiction"
