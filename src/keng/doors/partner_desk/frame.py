"""What every page of the partners' desk has: the clerk, their partners, the places to go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from keng.base import clock
from keng.desk.fraud.measures import clerks
from keng.desk.ground.partners.models import Partner
from keng.doors.officers import frame
from keng.doors.officers.frame import attempt, officer_of, signed_in

__all__ = ["attempt", "officer_of", "partners_of", "show", "signed_in"]


def partners_of(request: HttpRequest) -> list[Partner]:
    """The partners whose clerk is signed in. Raises RefusedError for everybody else."""
    return clerks.partners_of(officer_of(request), now=clock.now())


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page in the desk's frame, with the places of a clerk."""
    return frame.show(request, template, {"nav": navigation(request), "aside": [], **context}, status=status)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The places of this desk."""
    places = [
        ("partner_desk:home", _("Yêu cầu"), "1"),
        ("partner_desk:files", _("Bằng tệp"), "2"),
        ("partner_desk:history", _("Đã trả lời"), "3"),
        ("partner_desk:registers", _("Bộ hồ sơ"), "4"),
        ("partner_desk:question", _("Hỏi một người"), "5"),
        ("partner_desk:followups", _("Sau đối chiếu"), "6"),
        ("partner_desk:lists", _("Danh sách nghi ngờ"), "7"),
    ]
    return [
        {"url": reverse(name), "label": label, "key": key, "current": request.path == reverse(name), "count": None}
        for name, label, key in places
    ]
