from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "keng.desk.ground.jobs"
    label = "jobs"
