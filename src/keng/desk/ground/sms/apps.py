from __future__ import annotations

from django.apps import AppConfig


class SmsConfig(AppConfig):
    name = "keng.desk.ground.sms"
    label = "sms"
