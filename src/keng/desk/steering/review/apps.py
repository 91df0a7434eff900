from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "keng.desk.steering.review"
    label = "review"
