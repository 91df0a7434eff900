from __future__ import annotations

from django.apps import AppConfig


class SignsConfig(AppConfig):
    name = "keng.desk.fraud.signs"
    label = "signs"
