from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "keng.desk.ground.jobs"
    label = "jobs"

    def ready(self) -> None:
        from keng.desk.ground.jobs import batches  # noqa: F401 - registers its kind of task
