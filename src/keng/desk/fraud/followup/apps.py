from __future__ import annotations

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "keng.desk.fraud.followup"
    label = "followup"
