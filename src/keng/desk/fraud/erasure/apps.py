from __future__ import annotations

from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "keng.desk.fraud.erasure"
    label = "erasure"
