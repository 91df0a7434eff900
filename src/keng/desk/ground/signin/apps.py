from __future__ import annotations

from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "keng.desk.ground.signin"
    label = "signin"
