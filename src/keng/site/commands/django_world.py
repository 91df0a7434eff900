"""Entering Django's world from a command."""

from __future__ import annotations

import os

import django


def enter() -> None:
    """Set Django up by the environment's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keng.site.settings")
    django.setup()
