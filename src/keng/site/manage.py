"""Django's own chores (`keng-django migrate`, `makemigrations`, ...)."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> int:
    """Run one of Django's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keng.site.settings")
    os.environ.setdefault("KENG_CHORE", "1")
    execute_from_command_line(sys.argv)
    return 0
