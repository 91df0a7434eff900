"""What every page is given."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from keng.base import clock


def of_every_page(request: HttpRequest) -> dict[str, Any]:
    """Whether this is a demo, the moment by the desk's clock, who is signed in, and whether citizens have pages of their own."""
    return {
        "demo": settings.KENG_DEMO,
        "now": clock.now(),
        "officer": _officer_of(request),
        "has_own_pages": bool(settings.KENG_IDP),
    }


def _officer_of(request: HttpRequest) -> Any:
    """Who is signed in; None while the database is away, so that the page which tells of that can be made."""
    officer = getattr(request, "user", None)
    try:
        return officer if officer is not None and officer.is_authenticated else None
    except DatabaseError:
        return None
