"""Coming in by a one-use link, and leaving."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from keng.base import clock
from keng.desk.ground.people import actions, queries
from keng.desk.ground.signin import visits
from keng.desk.ground.signin.models import Way
from keng.doors.officers.frame import home_of
from keng.doors.signin.visiting import come_in
from keng.doors.signin.visiting import leave as end_visit


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Show whom the link is for; a press of the button spends it. Only with the demo on, only from loopback."""
    if not (settings.KENG_DEMO and is_loopback(request.META.get("REMOTE_ADDR", ""))):
        raise Http404
    if request.method == "POST":
        now = clock.now()
        officer = actions.enter(token, now=now)
        come_in(request, visits.begin(officer, Way.LINK, now=now))
        return home_of(officer)
    found = queries.open_link(token, now=clock.now())
    who = (
        {
            "display_name": found.officer.display_name,
            "role": found.officer.get_role_display(),
            "unit": found.officer.unit_name,
        }
        if found
        else None
    )
    return render(
        request, "officers/enter.html", {"token": token, "who": who, "until": found.expires_at if found else None}
    )


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session."""
    end_visit(request)
    return redirect("public:home")


def is_loopback(address: str) -> bool:
    """True if the other end is this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
