"""What every page is given."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from keng.base import clock


def of_every_page(request: HttpRequest) -> dict[str, Any]:
    """Whether this is a demo, the moment by the desk's clock, and who is signed in."""
    officer = getattr(request, "user", None)
    return {
        "demo": settings.KENG_DEMO,
        "now": clock.now(),
        "officer": officer if officer is not None and officer.is_authenticated else None,
    }
