"""The Django app that brings templates, style, fonts and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class LookConfig(AppConfig):
    """How Kẻng looks; stores nothing."""

    name = "keng.look"
    label = "look"
